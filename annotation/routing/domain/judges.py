"""What each judge is worth on pairs with gold: how often it is right, how it hesitates, what it saves."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from annotation.routing.domain.cases import Case, Label
from annotation.routing.domain.signals import conflict_rate, first_slot_share
from annotation.routing.domain.table import BoolArray, IntArray
from annotation.routing.domain.verdicts import verdict
from annotation.statistics.agreement.cohen import cohen_kappa
from annotation.statistics.calibration import calibration
from annotation.statistics.errors import NotEstimable
from annotation.statistics.means.control import control_variate

WORTH: Mapping[Label | None, float] = {"a": 1.0, "tie": 0.5, "b": 0.0}
Said = Mapping[str, Sequence[Label | None]]


def by_judge(cases: Sequence[Case], judges: Sequence[str]) -> dict[str, list[Label | None]]:
    """Return every judge's label of every case, None where it has none."""
    return {judge: [verdict(case.replies, judge).label for case in cases] for judge in judges}


def rightness(said: Said, gold: Sequence[Label]) -> dict[str, BoolArray]:
    """Return of every judge where it says what gold is; no label is not right."""
    return {
        judge: np.array([s == g for s, g in zip(labels, gold, strict=True)]) for judge, labels in said.items()
    }


def best_judges(
    said: Said, right: Mapping[str, BoolArray], fold: IntArray
) -> tuple[list[Label | None], BoolArray, list[str | None]]:
    """Return the AI's label of every pair, whether it is right, and whose it is.

    It is of the judge that is right most often on the other folds; where that one has no label, of the next.
    """
    judges = list(said)
    labels: list[Label | None] = [None] * len(fold)
    whose: list[str | None] = [None] * len(fold)
    ai = np.zeros(len(fold), dtype=bool)
    for number in np.unique(fold):
        order = sorted(judges, key=lambda judge: -float(right[judge][fold != number].mean()))
        for place in np.flatnonzero(fold == number).tolist():
            judge = next((one for one in order if said[one][place] is not None), None)
            if judge is not None:
                labels[place], whose[place], ai[place] = said[judge][place], judge, right[judge][place]
    return labels, ai, whose


def table_of_judges(cases: Sequence[Case], said: Said, gold: Sequence[Label]) -> list[dict[str, Any]]:
    """Return a record per judge; what cannot be known of one is None."""
    right = rightness(said, gold)
    worth = np.array([WORTH[label] for label in gold])
    told = []
    for judge, labels in said.items():
        guess = np.array([WORTH.get(label, 0.5) for label in labels])
        control = _or_none(control_variate, worth, guess, guess)
        conflicts, firsts = (_or_none(rate, cases, judge) for rate in (conflict_rate, first_slot_share))
        kappa = _or_none(cohen_kappa, [label or "none" for label in labels], list(gold))
        told.append(
            {
                "judge": judge,
                "asked": sum(any(reply.judge == judge for reply in case.replies) for case in cases),
                "labelled": sum(label is not None for label in labels),
                "accuracy": float(right[judge].mean()),
                "kappa": kappa.estimate if kappa else None,
                "rho2": control.rho2 if control else None,
                "conflict_rate": conflicts.as_json() if conflicts else None,
                "first_slot_share": firsts.as_json() if firsts else None,
                "certainty": _certainty(cases, judge, right[judge]),
            }
        )
    return told


def _certainty(cases: Sequence[Case], judge: str, right: BoolArray) -> dict[str, Any] | None:
    said = [
        [r.certainty for r in case.replies if r.judge == judge and r.certainty is not None] for case in cases
    ]
    known = np.array([bool(one) for one in said])
    if known.sum() < 2:
        return None
    mean = np.array([sum(one) / len(one) for one in said if one])
    found = calibration(mean, right[known])
    return {"n": found.n, "auroc": found.auroc, "ece": found.ece, "brier": found.brier}


def _or_none(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except NotEstimable:
        return None
