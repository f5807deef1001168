"""R11 and R12: scores and orders of the systems under each protocol, and win rates of both on the same items."""

from collections import defaultdict
from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from annotation.protocols.experiments.arrays import comparisons_of, implied, ratings_of
from annotation.protocols.experiments.numbers import interval, safely
from annotation.protocols.experiments.plan import Plan
from annotation.protocols.experiments.rows import Row
from annotation.protocols.experiments.selection import Selection
from annotation.statistics.errors import NotEstimable

if TYPE_CHECKING:
    from annotation.statistics.rows import Comparisons, Ratings


def system_scores(selection: Selection) -> dict[str, Any]:
    """Return per protocol the systems' scores with intervals, and Kendall's tau-b between the protocols' orders.

    Ratings give means; the plan's model of pairs is fitted to preferences as given and, for ratings, to the pairs
    that follow from them, so that both protocols also stand on one scale.
    """
    if not any(response.system for response in selection.responses.values()):
        return {"refused": _("The items do not say which system wrote which answer.")}
    name = naming(selection)
    lines, worths = [], {}
    for key, rows in selection.by_protocol.items():
        rated = key in selection.rating
        pairs = implied(rows, selection.plan.tie_margin, name) if rated else comparisons_of(rows, name)
        fitted = safely(fit_pairs, pairs, selection.plan)
        line: dict[str, Any] = {"protocol": key, "model": fitted}
        if rated:
            line["means"] = safely(mean_scores, ratings_of(rows, name), selection.plan)
        if "refused" not in fitted:
            worths[key] = {system["label"]: system["worth"] for system in fitted["systems"]}
        lines.append(line)
    taus = [
        {"first": one, "second": other, "tau": safely(_tau, worths[one], worths[other])}
        for one, other in combinations(worths, 2)
    ]
    return {"protocols": lines, "tau": taus}


def naming(selection: Selection) -> Callable[[str], str]:
    """Return the function from a stimulus to its system's name."""
    return lambda stimulus: selection.responses[stimulus].system or stimulus


def fit_pairs(pairs: "Comparisons", plan: Plan) -> Any:
    """Return the plan's model of pairs with intervals clustered by annotator and item."""
    from annotation.statistics.pairwise.bradley_terry import bradley_terry
    from annotation.statistics.pairwise.davidson import davidson
    from annotation.statistics.pairwise.inference import Inference
    from annotation.statistics.pairwise.rao_kupper import rao_kupper

    models = {"davidson": davidson, "bradley_terry": bradley_terry, "rao_kupper": rao_kupper}
    # Two answers of one system on one item compare nothing.
    return models[plan.estimator](pairs.take(pairs.a != pairs.b), Inference(level=plan.confidence))


def mean_scores(ratings: "Ratings", plan: Plan) -> Any:
    """Return each system's mean rating with a bootstrap interval over items and raters."""
    from annotation.statistics.bootstrap import cluster_bootstrap

    if not len(ratings):
        raise NotEstimable(_("There are no ratings."))
    found = []
    for code, label in enumerate(ratings.stimuli):
        mine = ratings.stimulus == code
        score = ratings.score[mine]

        def mean(weight: Any, score: Any = score) -> float:
            total = float(weight.sum())
            return float(weight @ score) / total if total else float("nan")

        drawn = cluster_bootstrap(
            mean,
            [ratings.item[mine], ratings.rater[mine]],
            resamples=plan.resamples,
            seed=plan.seed,
            level=plan.confidence,
        )
        found.append(
            {
                "label": label,
                **interval(drawn.estimate, drawn.low, drawn.high, se=drawn.se, n=int(mine.sum())),
            }
        )
    return {"systems": sorted(found, key=lambda one: (-one["estimate"], one["label"]))}


def win_rates(selection: Selection) -> dict[str, Any]:
    """Return every system's win rate (win 1, tie ½, loss 0) under each protocol, on the items all protocols judged."""
    if not any(response.system for response in selection.responses.values()):
        return {"refused": _("The items do not say which system wrote which answer.")}
    outcomes = {key: _outcomes(rows, selection) for key, rows in selection.by_protocol.items()}
    outcomes = {key: found for key, found in outcomes.items() if found}
    if not outcomes:
        return {"refused": _("Nobody judged two answers of one item.")}
    shared = set.intersection(*(set(found) for found in outcomes.values()))
    if not shared:
        return {"refused": _("The protocols have no pair of answers in common.")}
    lines = []
    for key, found in outcomes.items():
        by_system: dict[str, list[tuple[float, str, int]]] = defaultdict(list)
        for item, a, b in sorted(shared):
            for value, rater in found[item, a, b]:
                by_system[a].append((value, item, rater))
                by_system[b].append((1 - value, item, rater))
        systems = [
            {"label": system, **safely(_rate, values, selection)}
            for system, values in sorted(by_system.items())
        ]
        _correct([one for one in systems if "p" in one], selection.plan)
        lines.append({"protocol": key, "systems": systems})
    return {"pairs": len(shared), "items": len({item for item, _a, _b in shared}), "protocols": lines}


def _outcomes(rows: list[Row], selection: Selection) -> dict[tuple[str, str, str], list[tuple[float, int]]]:
    """Return ``{(item, system a, system b): [(1, ½ or 0 for a, who said so)]}`` with a < b."""
    name = naming(selection)
    rated = any(row.scores for row in rows)
    pairs = implied(rows, selection.plan.tie_margin, name) if rated else comparisons_of(rows, name)
    found: dict[tuple[str, str, str], list[tuple[float, int]]] = defaultdict(list)
    columns = (pairs.item, pairs.rater, pairs.a, pairs.b, pairs.outcome)
    for item, rater, a, b, outcome in zip(*columns, strict=True):
        one, other, sign = (a, b, outcome) if pairs.stimuli[a] < pairs.stimuli[b] else (b, a, -outcome)
        if one != other:
            key = pairs.items[item], pairs.stimuli[one], pairs.stimuli[other]
            found[key].append(((float(sign) + 1) / 2, int(rater)))
    return found


def _rate(values: list[tuple[float, str, int]], selection: Selection) -> dict[str, Any]:
    """A win rate from (value, item, rater); the interval and the error behind p draw items and raters again."""
    from annotation.statistics.bootstrap import ratio_interval

    plan = selection.plan
    won, item, rater = (np.array(column) for column in zip(*values, strict=True))
    items, people = len(np.unique(item)), len(np.unique(rater))
    if items < 2:
        raise NotEstimable(_("Only one item: the spread between items is not known."))
    drawn = ratio_interval(
        won, np.ones(len(won)), [item, rater], resamples=plan.resamples, seed=plan.seed, level=plan.confidence
    )
    return interval(
        drawn.estimate, drawn.low, drawn.high, n=len(won), items=items, people=people, se=drawn.se,
        p=_p_of_even(drawn.estimate, drawn.se),
    )  # fmt: skip


def _p_of_even(rate: float, error: float) -> float:
    """Two-sided p of a win rate of one half; where nothing varies it is 1 or 0."""
    from scipy.stats import norm

    if not error:
        return float(rate == 0.5)
    return float(2 * norm.sf(abs(rate - 0.5) / error))


def _correct(systems: list[dict[str, Any]], plan: Plan) -> None:
    """Add ``p_corrected`` to each: Holm's (1979) over the systems of a protocol, or p itself as the plan says."""
    highest = 0.0
    for n, one in enumerate(sorted(systems, key=lambda one: one["p"])):
        times = len(systems) - n if plan.multiplicity == "holm" else 1
        highest = max(highest, min(1.0, times * one["p"]))
        one["p_corrected"] = highest


def _tau(one: dict[str, float], other: dict[str, float]) -> dict[str, Any]:
    from scipy.stats import kendalltau

    both = sorted(set(one) & set(other))
    if len(both) < 3:
        raise NotEstimable(_("Fewer than three systems stand in both orders."))
    found = kendalltau([one[key] for key in both], [other[key] for key in both])
    return {"estimate": float(found.statistic), "systems": len(both)}
