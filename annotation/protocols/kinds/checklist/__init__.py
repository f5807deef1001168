"""Checklist: the same small questions about every answer; some only arise when another is answered with yes."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from annotation.protocols.forms import known, words
from annotation.protocols.orders import by_score
from annotation.protocols.places import strangers
from annotation.protocols.registry import Protocol, ProtocolConfig, Say
from annotation.protocols.shapes import BySlot, ByUnit, Preference, Score, Shown
from multivocal.domain.shapes import LocalText, Shape, unique

Said = Literal["yes", "no", "unsure", "invalid", "na"]


class Unit(Shape):
    """One question; with ``parent`` it arises only when that one is answered with yes."""

    id: str = Field(min_length=1, max_length=100)
    text: LocalText
    parent: str | None = None


class ChecklistConfig(ProtocolConfig):
    """Answer small questions about every answer with yes or no."""

    kind: Literal["checklist"] = "checklist"
    units: tuple[Unit, ...] = Field(
        (), max_length=200, description="The questions where an item has none of its own."
    )
    also: tuple[Literal["unsure", "invalid", "na"], ...] = Field(
        ("unsure",), description="What may be answered besides yes and no."
    )

    @model_validator(mode="after")
    def _consistent(self) -> "ChecklistConfig":
        ids = [unit.id for unit in self.units]
        unique(ids, "question")
        for n, unit in enumerate(self.units):
            if unit.parent is not None and unit.parent not in ids[:n]:
                raise ValueError(f"“{unit.id}” depends on “{unit.parent}”, which does not stand before it")
        return self


class ChecklistResponse(Shape):
    """An answer per slot and question; ``na`` where a question does not arise."""

    answers: BySlot[ByUnit[Said]]


def units_of(config: ChecklistConfig, shown: Shown) -> list[tuple[str, Any, str | None]]:
    """Return (id, text, parent) of each question: the item's own, else the configuration's."""
    if shown.units:
        return [(str(unit["id"]), unit["text"], unit.get("parent")) for unit in shown.units]
    return [(unit.id, unit.text, unit.parent) for unit in config.units]


def _arises(parent: str | None, given: Mapping[str, Any]) -> bool:
    return parent is None or given.get(parent) == "yes"


def check(config: ChecklistConfig, response: ChecklistResponse, shown: Shown) -> Mapping[str, str]:
    """Return what is missing, unknown or answered though it does not arise, at ``A.question``."""
    wrong = strangers(response.answers, shown.slots)
    units = units_of(config, shown)
    ids = {id for id, _text, _parent in units}
    offered = {"yes", "no", *config.also}
    for slot in shown.slots:
        given = response.answers.get(slot, {})
        wrong |= {f"{slot}.{id}": _("this was not asked") for id in given if id not in ids}
        for id, _text, parent in units:
            said = given.get(id)
            if not _arises(parent, given):
                if said != "na":
                    wrong[f"{slot}.{id}"] = _("this does not arise, since the one it depends on is not a yes")
            elif said is None:
                wrong[f"{slot}.{id}"] = _("this is not answered yet")
            elif said not in offered:
                wrong[f"{slot}.{id}"] = _("choose one of the answers on the page")
    return wrong


def share(units: list[tuple[str, Any, str | None]], given: Mapping[str, str]) -> float | None:
    """Return the share of yes; a question below a no counts as no, what is unsure or invalid does not count.

    None where nothing counts.
    """
    parents = {id: parent for id, _text, parent in units}

    def falls(id: str | None) -> bool:
        # Up through what does not arise; a question is left out of the walk once it was met.
        met = set()
        while id is not None and id not in met and given.get(id) == "na":
            met.add(id)
            id = parents.get(id)
        return id is not None and given.get(id) == "no"

    said_yes = sum(given.get(id) == "yes" for id in parents)
    said_no = sum(falls(id) for id in parents)
    return said_yes / (said_yes + said_no) if said_yes + said_no else None


def scores(config: ChecklistConfig, response: ChecklistResponse, shown: Shown) -> Mapping[str, float | None]:
    """Return each answer's share of yes."""
    units = units_of(config, shown)
    return {slot: share(units, response.answers.get(slot, {})) for slot in shown.slots}


def preferences(config: ChecklistConfig, response: ChecklistResponse, shown: Shown) -> tuple[Preference, ...]:
    """Return the pairs by their shares of yes."""
    return by_score(shown.slots, scores(config, response, shown))


def ratings(config: ChecklistConfig, response: ChecklistResponse, shown: Shown) -> tuple[Score, ...]:
    """Return 1 or 0 per question that was answered with yes or no, and the share under ``overall``."""
    rows = [
        Score(slot, id, float(said == "yes"))
        for slot, given in response.answers.items()
        for id, said in given.items()
        if said in ("yes", "no")
    ]
    shares = scores(config, response, shown)
    return (*rows, *(Score(slot, "overall", value) for slot, value in shares.items() if value is not None))


def read(config: ChecklistConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.answers.A.question`` and so on."""
    ids = [id for id, _text, _parent in units_of(config, shown)]
    given = {slot: known({id: words(form, f"answers.{slot}.{id}") for id in ids}) for slot in shown.slots}
    return {"answers": given}


def settle(config: ChecklistConfig, payload: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    """Return the payload with ``na`` where a question that was left out does not arise."""
    answers = payload.get("answers")
    if not isinstance(answers, Mapping):
        return dict(payload)
    units = units_of(config, shown)
    settled = dict(answers)
    for slot, given in answers.items():
        if slot in shown.slots and isinstance(given, Mapping):
            # All at once: what stands below a question that is left out does not arise either.
            missing = [id for id, _text, parent in units if id not in given and not _arises(parent, given)]
            settled[slot] = {**given, **dict.fromkeys(missing, "na")}
    return {**payload, "answers": settled}


def ask(config: ChecklistConfig, shown: Shown, say: Say) -> str:
    """Return the questions and how a model answers them."""
    units = units_of(config, shown)
    listed = "\n".join(
        f"- {id}: {say(text)}" + (f' (only if {parent} is "yes", else "na")' if parent else "")
        for id, text, parent in units
    )
    offered = ["yes", "no", *config.also]
    inner = ", ".join(
        f'"{id}": ' + " | ".join(f'"{s}"' for s in dict.fromkeys([*offered, *(["na"] if parent else [])]))
        for id, _text, parent in units
    )
    form = ", ".join(f'"{slot}": {{{inner}}}' for slot in shown.slots)
    return (
        f"Answer these questions about each response ({', '.join(shown.slots)}):\n{listed}\n"
        f'Answer with JSON and nothing else: {{"answers": {{{form}}}}}'
    )


PROTOCOL = Protocol(
    kind="checklist",
    config=ChecklistConfig,
    response=ChecklistResponse,
    responses=(1, 8),
    template="kinds/checklist/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
    ratings=ratings,
    settle=settle,
)
