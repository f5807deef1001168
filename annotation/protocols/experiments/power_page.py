"""The page “How many pairs and annotators?” of a study, answered from what its newest version declares."""

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.protocols.experiments.power.asked import Asked, read_question, solve
from annotation.protocols.experiments.power.declared import Declared, declared_design
from annotation.protocols.experiments.power.drawing import width_plot
from multivocal.studies.access import Right
from multivocal.studies.models import Study
from multivocal.studies.staff.extras import StaffPage
from multivocal.studies.versions import has_stage


def context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows for what was typed; nothing of it rests on anybody's answers."""
    declared = declared_design(study)
    if declared is None:
        return {"declared": None}
    question, wrong = read_question(asked, declared)
    answer = solve(question, declared)
    fields = [
        {"name": name, "label": label, "unit": unit, "value": asked.get(name, "") if name in wrong else value(name),
         "step": step, "problem": wrong.get(name, "")}
        for name, label, unit, step in _fields(question)
        for value in [lambda key: f"{getattr(question, key):g}"]
    ]  # fmt: skip
    refused = answer.get("refused", "")
    if not refused:
        _count_both_ways(question, declared, answer)
        answer["percent"] = _percent(answer)
    return {
        "declared": declared,
        "asked": question,
        "fields": fields,
        "wrong": wrong,
        "refused": refused,
        "answer": None if refused else answer,
        "lead": "" if refused else _lead(question, answer, declared),
        "plot": "" if refused else width_plot(answer),
        "rows": [] if refused else _rows(answer),
    }


def _fields(question: Asked) -> list[tuple[str, str, str, str]]:
    """Name, words, unit and step of each field, in the page's order."""
    both = question.question == "preference"
    return [
        ("goal", _("Wanted: plus or minus"), _("points"), "0.5"),
        ("pairs", _("Pairs of answers"), "", "1"),
        ("people", _("People"), "", "1"),
        ("per_pair", _("People who judge a pair, each way"), "", "1"),
        *(
            [("tie_rate", _("Ties"), "%", "1"), ("effect", _("Difference to find"), _("points"), "0.5")]
            if both
            else [("base", _("Share that comes out the same"), "%", "1")]
        ),
        ("rater_sd", _("How much people differ"), "", "0.1"),
        ("item_sd", _("How much pairs differ"), "", "0.1"),
    ]


def _count_both_ways(question: Asked, declared: Declared, answer: dict[str, Any]) -> None:
    """Count judgements of both ways of asking: whether a pair comes out the same takes one of each."""
    if question.question != "consistency" or declared.kind == "single":
        return
    sizes = [answer["declared"], answer["for_half_width"], answer.get("for_power")]
    for size in [*sizes, *answer["curve"], *answer["people_curve"]]:
        if size is not None:
            size["judgements"] *= 2


def _by_screens(size: Mapping[str, Any], declared: Declared) -> str:
    """Say how many people the judgements take at the declared screens each, and what asks for more people."""
    if not declared.per_person:
        return ""
    needed = math.ceil(size["judgements"] * declared.screens_per_pair / declared.per_person)
    told = _("At {n} screens a person it takes at least {people} people").format(
        n=declared.per_person, people=f"{needed:,}"
    )
    if needed > size["annotators"]:
        return f"{told}: " + _("the screens bind, not the precision.")
    return f"{told}: " + _("the precision binds, not the screens.")


def _lead(question: Asked, answer: dict[str, Any], declared: Declared) -> str:
    here, enough = answer["declared"], answer["for_half_width"]
    told = _("With {pairs} pairs and {people} people the interval is ± {width:.1f} points.").format(
        pairs=f"{here['pairs']:,}", people=f"{here['annotators']:,}", width=here["half_width"]
    )
    if enough is None:
        return (
            told
            + " "
            + _("± {goal:g} cannot be reached with a million judgements.").format(goal=question.goal)
        )
    return _(
        "For ± {goal:g} points: {pairs} pairs and {people} people, {judgements} judgements in all."
    ).format(
        goal=question.goal, pairs=f"{enough['pairs']:,}", people=f"{enough['annotators']:,}",
        judgements=f"{enough['judgements']:,}",
    ) + " " + " ".join(filter(None, [_by_screens(enough, declared), told]))  # fmt: skip


def _percent(answer: dict[str, Any]) -> dict[str, str]:
    """Rounded numbers for sentences: power and errors in a hundred, the checked half-width, what clusters cost."""
    checked = answer["simulated"]
    return {
        "power": f"{100 * answer['declared']['power']:.0f}",
        "type_1": f"{100 * checked['type_1']:.0f}",
        "simulated": f"{checked['half_width']:.1f}",
        "design_effect": f"{answer['design_effect']:.1f}",
    }


def _rows(answer: dict[str, Any]) -> list[list[Any]]:
    """The sizes of both curves as a table: way to grow, pairs, people, judgements, half-width, power."""
    ways = [(_("more pairs too"), answer["curve"]), (_("the same pairs"), answer["people_curve"])]
    return [
        [name, f"{p['pairs']:,}", f"{p['annotators']:,}", f"{p['judgements']:,}", f"± {p['half_width']:.1f}",
         f"{100 * p['power']:.0f} %"]
        for name, points in ways
        for p in points
    ]  # fmt: skip


PAGE = StaffPage(
    "power", gettext_lazy("How many?"), Right.READ, "power", context, lambda study: has_stage(study, "comparison")
)  # fmt: skip
