"""Which graph is asked for: whose votes, on what, by which arithmetic; read from an address, or refused."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from elicitation.moral_graph.models import Context
from elicitation.moral_graph.snapshots import ESTIMATORS
from elicitation.moral_graph.voting import Filters
from multivocal.errors import Invalid
from multivocal.studies.models import Enrolment, Study

PARAMETERS = ("estimator", "question", "context", "group", "who", "seeds")
WHO = ("people", "all", "simulated")
MOST_GROUPS = 12
"""A trait with more different answers than this (a free text, a date) makes no groups."""


@dataclass(frozen=True)
class Choice:
    """A graph by what goes into it. ``group``: "", ``arm:NAME`` or ``trait:KEY:VALUE``; ``who``: as in ``WHO``."""

    estimator: str = "posterior"
    question: str = ""
    context: str = ""
    group: str = ""
    who: str = "people"
    seeds: bool = False

    def filters(self) -> Filters:
        """Return it as the filters of votes."""
        kind, _colon, name = self.group.partition(":")
        key, _colon, value = name.partition(":")
        return Filters(
            question=self.question, context=self.context, seeds=self.seeds,
            arm=name if kind == "arm" else "",
            trait=key if kind == "trait" else "", trait_value=value if kind == "trait" else "",
            simulated=self.who != "people", imported=self.who != "simulated", people=self.who != "simulated",
        )  # fmt: skip

    def told(self) -> dict[str, Any]:
        """Return it as the parameters of an address."""
        return {name: getattr(self, name) for name in PARAMETERS}


def choice_of(estimator: str, parameters: Mapping[str, Any]) -> Choice:
    """Return what a kept graph was made of."""
    group = f"arm:{parameters['arm']}" if parameters.get("arm") else ""
    if parameters.get("trait"):
        group = f"trait:{parameters['trait']}:{parameters.get('trait_value', '')}"
    who = "all" if parameters.get("simulated") else "people"
    return Choice(
        estimator=estimator, question=parameters.get("question", ""), context=parameters.get("context", ""),
        group=group, who=who if parameters.get("people", True) else "simulated", seeds=bool(parameters.get("seeds")),
    )  # fmt: skip


def read_choice(study: Study, asked: Mapping[str, str], start: Choice | None = None) -> Choice:
    """Return what ``asked`` wants, the rest as in ``start``; refuses (Invalid) what the study does not know."""
    start = start or Choice()
    given = {name: asked[name].strip() for name in PARAMETERS if name in asked}
    allowed: dict[str, list[str]] = {"estimator": list(ESTIMATORS), "who": list(WHO)}
    if given.get("question"):
        allowed["question"] = ["", *questions(study)]
    if given.get("context"):
        allowed["context"] = ["", *Context.objects.filter(study=study).values_list("key", flat=True)]
    if given.get("group"):
        allowed["group"] = ["", *(key for key, _label, _n in groups(study))]
    wrong = {
        name: _("One of: {known}.").format(known=", ".join(filter(None, allowed[name])) or _("none"))
        for name, value in given.items()
        if name in allowed and value not in allowed[name]
    }
    if given.get("seeds", "") not in ("", "0", "1", "on"):
        wrong["seeds"] = _("One of: {known}.").format(known="0, 1")
    if wrong:
        raise Invalid(_("There is no such graph."), fields=wrong)
    seeds = given.pop("seeds", None)
    known = {**start.told(), **given}
    return Choice(**{**known, "seeds": start.seeds if seeds is None else seeds in ("1", "on")})


def questions(study: Study) -> list[str]:
    """Return the keys of the questions that situations belong to."""
    found = Context.objects.filter(study=study).values_list("questions", flat=True)
    return sorted({key for keys in found for key in keys})


def groups(study: Study) -> list[tuple[str, str, int]]:
    """Return the groups people can be told apart by: (key, words, people in it), arms first."""
    people = Enrolment.objects.filter(study=study, preview=False).exclude(status=Enrolment.Status.WITHDRAWN)
    counts: Counter[tuple[str, str, str]] = Counter()
    for arm, traits in people.values_list("arm", "traits"):
        if arm:
            counts["arm", arm, ""] += 1
        for key, value in (traits or {}).items():
            if isinstance(value, str) and value:
                counts["trait", key, value] += 1
    answers = Counter((kind, key) for kind, key, _value in counts if kind == "trait")
    return [
        (f"arm:{key}", key, n) if kind == "arm" else (f"trait:{key}:{value}", f"{key}: {value}", n)
        for (kind, key, value), n in sorted(counts.items())
        if kind == "arm" or 1 < answers[kind, key] <= MOST_GROUPS
    ]
