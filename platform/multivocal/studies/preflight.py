"""What would go wrong if a study opened now: a checklist of things that stop it and things to know."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from multivocal.llm.models import LanguageModel
from multivocal.studies.definition import StudyBase
from multivocal.studies.stages import kind_of
from multivocal.studies.texts import local_texts, missing_languages

Level = Literal["stop", "note"]


@dataclass(frozen=True)
class Finding:
    """One line of the checklist: ``stop`` keeps the study from opening, ``note`` is good to know."""

    level: Level
    place: str
    message: str


def check_study(definition: StudyBase) -> list[Finding]:
    """Return every finding, those that stop the opening first."""
    found = [
        *_stages(definition), *_consent(definition), *_models(definition), *_budget(definition),
        *_quotas(definition), *_languages(definition), *_people(definition),
    ]  # fmt: skip
    return sorted(found, key=lambda finding: finding.level != "stop")


def _stages(definition: StudyBase) -> Iterator[Finding]:
    for n, stage in enumerate(definition.stages):
        for message in kind_of(stage).check(stage, definition):
            yield Finding("stop", f"stages.{n}", f"{stage.id}: {message}")
        for message in kind_of(stage).notes(stage, definition):
            yield Finding("note", f"stages.{n}", f"{stage.id}: {message}")
    for arm in definition.arms:
        if not definition.stages_for(arm.key):
            yield Finding(
                "stop", "stages", _("People of the arm “{arm}” would see nothing.").format(arm=arm.key)
            )


def _consent(definition: StudyBase) -> Iterator[Finding]:
    kinds = [stage.kind for stage in definition.stages]
    if "consent" not in kinds:
        yield Finding("stop", "stages", _("No stage asks for consent."))
        return
    first = kinds.index("consent")
    if early := [
        s.id for s in definition.stages[:first] if s.kind in {"survey", "conversation", "comparison"}
    ]:
        yield Finding(
            "stop", f"stages.{first}", _("“{stage}” collects answers before consent.").format(stage=early[0])
        )
    if definition.stages[first].arms:
        yield Finding("stop", f"stages.{first}.arms", _("Consent is asked of some arms only."))
    if not definition.contact.email:
        yield Finding("stop", "contact.email", _("There is no address for questions."))
    if definition.withdrawal.days == 0:
        yield Finding("note", "withdrawal.days", _("Nobody can take their answers back after finishing."))
    if not definition.ethics:
        yield Finding("note", "ethics", _("No ethics approval is named."))


def _models(definition: StudyBase) -> Iterator[Finding]:
    if not any(stage.kind == "conversation" for stage in definition.stages):
        return
    rows = {model.name: model for model in LanguageModel.objects.all()}
    if definition.models == "all":
        names = [name for name, model in rows.items() if model.active]
        if not names:
            yield Finding("stop", "models", _("There is no active language model."))
    else:
        names = list(definition.models)
    for name in names:
        model = rows.get(name)
        if model is None:
            yield Finding("stop", "models", _("There is no language model “{name}”.").format(name=name))
        elif not model.active:
            yield Finding(
                "stop", "models", _("The language model “{name}” is switched off.").format(name=name)
            )
        elif not model.key_is_set():
            yield Finding(
                "stop",
                "models",
                _("The language model “{name}” needs the environment variable {variable}.").format(
                    name=name, variable=model.key_variable
                ),
            )
    if used := [name for name in names if name in rows and rows[name].simulated]:
        yield Finding(
            "note", "models", _("Answers of {n} of the models are simulated, and say so.").format(n=len(used))
        )


def _budget(definition: StudyBase) -> Iterator[Finding]:
    talks = any(stage.kind == "conversation" for stage in definition.stages)
    if talks and definition.budget.usd == 0:
        yield Finding("stop", "budget.usd", _("The budget is 0, so no model would ever answer."))
    one = definition.budget.per_person_usd
    if talks and one is not None and one == 0:
        yield Finding(
            "stop", "budget.per_person_usd", _("The budget per person is 0, so no model would answer.")
        )
    if one is not None and definition.participants and one * definition.participants > definition.budget.usd:
        yield Finding(
            "note",
            "budget",
            _("If everybody used their whole budget, it would be ${need}; the study has ${have}.").format(
                need=_money(one * definition.participants), have=_money(definition.budget.usd)
            ),
        )


def _quotas(definition: StudyBase) -> Iterator[Finding]:
    if not definition.quotas:
        return
    places = sum(cell.target for cell in definition.quotas.cells)
    if definition.participants and places < definition.participants:
        yield Finding(
            "stop",
            "quotas.cells",
            _("The quota cells hold {places} people, fewer than the {wanted} wanted.").format(
                places=places, wanted=definition.participants
            ),
        )
    for n, cell in enumerate(definition.quotas.cells):
        if any(not values for values in cell.where.values()):
            yield Finding(
                "stop",
                f"quotas.cells.{n}.where",
                _("Nobody can belong to the cell “{cell}”.").format(cell=cell.key),
            )


# A name or a number reads the same in every language, unless a study gives it in several.
_SAME_EVERYWHERE = {"contact.name", "contact.organisation", "ethics"}


def _languages(definition: StudyBase) -> Iterator[Finding]:
    for place, text in local_texts(definition):
        if isinstance(text, str) and place in _SAME_EVERYWHERE:
            continue
        if missing := missing_languages(text, definition.languages):
            yield Finding(
                "stop", place, _("The text is missing in: {languages}.").format(languages=", ".join(missing))
            )


def _people(definition: StudyBase) -> Iterator[Finding]:
    minutes = sum(stage.minutes for stage in definition.stages)
    if minutes > definition.minutes * 1.25:
        yield Finding(
            "note",
            "minutes",
            _("The stages add up to {sum} minutes; people are told {told}.").format(
                sum=round(minutes), told=definition.minutes
            ),
        )
    if definition.recruitment.source == "prolific" and not definition.recruitment.return_url:
        yield Finding(
            "note", "recruitment.return_url", _("People from Prolific have no way back but the code.")
        )
    if definition.recruitment.source == "prolific" and not definition.pay:
        yield Finding("note", "pay", _("People are not told what they get."))
    if hourly := pay_per_hour(definition):
        yield Finding("note", "pay", _("That is about {hourly} an hour.").format(hourly=hourly))


def pay_per_hour(definition: StudyBase) -> str:
    """Return the pay as an hourly amount, read off the first amount of money in its text; empty where none is."""
    text = definition.pay if isinstance(definition.pay, str) else next(iter(definition.pay.values()))
    found = re.search(r"([£$€])\s?(\d+(?:\.\d{1,2})?)", text)
    if not found:
        return ""
    return f"{found[1]}{_money(Decimal(found[2]) * 60 / definition.minutes)}"


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
