"""How the answers came: non-answers, checks, time, sides, and what people said when asked the same again."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from annotation.protocols.experiments.arrays import comparisons_of, overall
from annotation.protocols.experiments.numbers import Numbers, safely, share_of
from annotation.protocols.experiments.rows import Pair, Row
from annotation.protocols.experiments.selection import Selection
from annotation.statistics.errors import NotEstimable


def no_answers(selection: Selection) -> list[dict[str, Any]]:
    """Return per protocol how often people were unsure, skipped, or called an item invalid; never mixed with ties."""
    lines = []
    for key, rows in _by_protocol(selection, ("main", "repeat")).items():
        given = Counter(row.no_answer for row in rows if row.no_answer)
        by_item: dict[str, list[bool]] = defaultdict(list)
        for row in rows:
            by_item[row.item].append(bool(row.no_answer))
        most = max((sum(flags) / len(flags) for flags in by_item.values()), default=0.0)
        lines.append(
            {
                "protocol": key,
                "asked": len(rows),
                **{kind: given.get(kind, 0) for kind in ("unsure", "skip", "invalid")},
                "share": safely(
                    share_of,
                    [bool(row.no_answer) for row in rows],
                    [row.rater for row in rows],
                    selection.plan.confidence,
                ),
                "highest_share_of_an_item": most,
            }
        )
    return lines


def checks(selection: Selection) -> list[dict[str, Any]]:
    """Return how gold and attention items were answered, per protocol."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in selection.rows:
        if row.role in ("gold", "attention") and row.model == selection.models:
            found[row.role, row.protocol].append(row)
    lines = []
    for (role, protocol), rows in sorted(found.items()):
        known = [(row.passed, row.rater) for row in rows if row.passed is not None]
        passed, raters = [one for one, _rater in known], [rater for _one, rater in known]
        lines.append(
            {
                "role": role,
                "protocol": protocol,
                "answered": len(rows),
                "without_rule": len(rows) - len(known),
                "passed": safely(share_of, passed, raters, selection.plan.confidence),
            }
        )
    return lines


def sides(selection: Selection) -> list[dict[str, Any]]:
    """Return per protocol how often the first of two answers was preferred, of all decisive pairs of two.

    Annotators are the clusters: somebody who always takes the left is one finding, not sixty.
    """
    return [
        {"protocol": key, "first_preferred": safely(_first_preferred, rows, selection)}
        for key, rows in selection.ranking.items()
    ]


def _first_preferred(rows: Sequence[Row], selection: Selection) -> Numbers:
    from annotation.statistics.pairwise.position import position_bias

    turned = [
        row._replace(
            pairs=tuple(
                pair if pair.a == row.shown[0] else Pair(pair.b, pair.a, -pair.outcome, pair.magnitude)
                for pair in row.pairs
            )
        )
        for row in rows
        if len(row.shown) == 2
    ]
    found = position_bias(comparisons_of(turned), level=selection.plan.confidence)
    return {"estimate": found.share, **found.as_json()}


def repeats(selection: Selection) -> list[dict[str, Any]]:
    """Return per protocol what people said the second time: same answers, and alpha of first and second."""
    first = {row.presentation: row for row in selection.rows if row.role != "repeat"}
    again: dict[str, list[tuple[Row, Row]]] = defaultdict(list)
    for row in selection.rows:
        before = first.get(row.repeat_of)
        if row.role != "repeat" or row.model != selection.models or before is None:
            continue
        if not row.no_answer and not before.no_answer:
            again[row.protocol].append((before, row))
    return [_repeated(key, pairs, selection) for key, pairs in sorted(again.items())]


def _repeated(key: str, pairs: Sequence[tuple[Row, Row]], selection: Selection) -> dict[str, Any]:
    said = [(one, row.rater) for before, row in pairs for one in _answers(before, row)]
    values, raters = [one for one, _rater in said], [rater for _one, rater in said]
    line: dict[str, Any] = {
        "protocol": key,
        "repeated": len(pairs),
        "people": len({row.rater for _before, row in pairs}),
        "same": safely(share_of, [a == b for a, b in values], raters, selection.plan.confidence),
        "alpha": safely(_retest, values, selection),
    }
    if values and any(row.scores for _before, row in pairs):
        line["mean_distance"] = float(np.mean([abs(a - b) for a, b in values]))
    return line


def _answers(before: Row, after: Row) -> list[tuple[float, float]]:
    """Return both answers as numbers for the same response, or for the same pair whatever side it stood on."""
    scores, scored = overall(before), overall(after)
    if scores:
        return [(scores[stimulus], scored[stimulus]) for stimulus in scores if stimulus in scored]
    once = {frozenset((p.a, p.b)): p.outcome * (1 if p.a < p.b else -1) for p in before.pairs}
    twice = {frozenset((p.a, p.b)): p.outcome * (1 if p.a < p.b else -1) for p in after.pairs}
    return [(once[pair], twice[pair]) for pair in once if pair in twice]


def _retest(values: Sequence[tuple[float, float]], selection: Selection) -> Any:
    from annotation.protocols.experiments.sections.agreement import alpha_of
    from annotation.statistics.rows import Ratings

    if len(values) < 2:
        raise NotEstimable(_("Fewer than two answers were repeated."))
    rows = [
        {"item": n, "rater": rater, "stimulus": n, "score": value}
        for n, both in enumerate(values)
        for rater, value in zip(("first", "second"), both, strict=True)
    ]
    return alpha_of(Ratings.from_rows(rows), selection.plan, bootstrap=False)


def timing(selection: Selection) -> list[dict[str, Any]]:
    """Return per protocol the median and total time of an answer, and of one person's whole judgement of an item.

    The second is the fair one: an item rated in two screens costs both.
    """
    lines = []
    for key, rows in _by_protocol(selection, ("main",)).items():
        known = [row.ms for row in rows if row.ms is not None]
        whole: dict[tuple[str, str], int] = defaultdict(int)
        for row in rows:
            if row.ms is not None:
                whole[row.item, row.rater] += row.ms
        line: dict[str, Any] = {"protocol": key, "timed": len(known), "untimed": len(rows) - len(known)}
        if known:
            line |= {
                "median_seconds": median(known) / 1000,
                "minutes": sum(known) / 60_000,
                "median_seconds_per_item": median(whole.values()) / 1000,
                "minutes_per_person": sum(known) / 60_000 / len({row.rater for row in rows}),
            }
        else:
            line["refused"] = _("No time was recorded.")
        lines.append(line)
    return lines


def _by_protocol(selection: Selection, roles: tuple[str, ...]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in selection.rows:
        if row.role in roles and row.model == selection.models:
            found[row.protocol].append(row)
    return dict(sorted(found.items()))
