"""R8: what the preferred answers have more of, per protocol: length, different words, density, imported covariates."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from annotation.protocols.experiments.arrays import by_item_and_rater
from annotation.protocols.experiments.latent import Shift, shift_of_pairs, shift_of_ratings, spread
from annotation.protocols.experiments.numbers import interval, safely, wilson
from annotation.protocols.experiments.rows import Response, Row
from annotation.protocols.experiments.selection import Selection
from annotation.statistics.errors import NotEstimable

if TYPE_CHECKING:
    from collections.abc import Sequence

Decided = tuple[str, str, str, str]  # item, rater, preferred stimulus, the other one


def sway(selection: Selection) -> dict[str, Any]:
    """Return per protocol the means of preferred and other answers, the pull of length, and how protocols differ."""
    shifts: dict[str, Shift] = {}
    lines = []
    for key, rows in selection.by_protocol.items():
        decided = decisions(rows, selection)
        pull = _pull(key, rows, selection, shifts)
        longer = [pair for pair in decided if _length(selection, pair[2]) != _length(selection, pair[3])]
        hits = sum(_length(selection, one) > _length(selection, other) for _i, _r, one, other in longer)
        lines.append(
            {
                "protocol": key,
                "decided": len(decided),
                "means": _means(decided, selection.responses),
                "preferred_longer": safely(wilson, hits, len(longer), selection.z),
                "pull_of_length": pull,
            }
        )
    return {"protocols": lines, "differences": _differences(shifts, selection)}


def decisions(rows: "Sequence[Row]", selection: Selection) -> list[Decided]:
    """Return who preferred what to what; ratings decide where one person rated both and they differ by the margin."""
    found: list[Decided] = []
    for row in rows:
        if not row.scores:
            found += [
                (row.item, row.rater, pair.a, pair.b)
                if pair.outcome > 0
                else (row.item, row.rater, pair.b, pair.a)
                for pair in row.pairs
                if pair.outcome
            ]
    for (item, rater), scores in by_item_and_rater(rows).items():
        shown = sorted(scores)
        for n, a in enumerate(shown):
            for b in shown[n + 1 :]:
                if abs(gap := scores[a] - scores[b]) > selection.plan.tie_margin:
                    found.append((item, rater, a, b) if gap > 0 else (item, rater, b, a))
    return found


def _length(selection: Selection, stimulus: str) -> int:
    return selection.responses[stimulus].words


def _means(decided: list[Decided], responses: Mapping[str, Response]) -> dict[str, Any]:
    if not decided:
        return {"refused": _("Nobody preferred one answer to another yet.")}
    names = sorted({name for _i, _r, one, _other in decided for name in responses[one].covariates})
    measures: dict[str, Any] = {
        "words": lambda r: r.words,
        "unique_words": lambda r: r.unique,
        "density": lambda r: r.density,
        **{name: (lambda r, name=name: r.covariates.get(name)) for name in names},
    }
    found = {}
    for name, measure in measures.items():
        both = [(measure(responses[one]), measure(responses[other])) for _i, _r, one, other in decided]
        known = [pair for pair in both if None not in pair]
        if known:
            preferred, other = (float(np.mean(side)) for side in zip(*known, strict=True))
            found[name] = {
                "preferred": preferred,
                "other": other,
                "difference": preferred - other,
                "n": len(known),
            }
    return found


def _pull(key: str, rows: "Sequence[Row]", selection: Selection, shifts: dict[str, Shift]) -> Any:
    def make() -> Any:
        shift = shifts[key] = _shift(rows, selection, codes)
        error = spread([(1.0, shift)])
        half = selection.z * error
        return interval(shift.estimate, shift.estimate - half, shift.estimate + half, se=error, n=shift.n)

    codes = _codes(selection)
    return safely(make)


def _differences(shifts: dict[str, Shift], selection: Selection) -> list[dict[str, Any]]:
    """The effect of the protocol: how much more the first favours longer answers than the second."""
    keys = sorted(shifts, key=lambda key: key not in selection.rating)
    lines = []
    for n, one in enumerate(keys):
        for other in keys[n + 1 :]:

            def make(one: str = one, other: str = other) -> Any:
                gap = shifts[one].estimate - shifts[other].estimate
                error = spread([(1.0, shifts[one]), (-1.0, shifts[other])])
                half = selection.z * error
                return interval(gap, gap - half, gap + half, se=error, n=shifts[one].n + shifts[other].n)

            lines.append({"first": one, "second": other, "difference": safely(make)})
    return lines


def _codes(selection: Selection) -> tuple[dict[str, int], dict[str, int]]:
    items = {item: n for n, item in enumerate(sorted({row.item for row in selection.counted}))}
    raters = {rater: n for n, rater in enumerate(sorted({row.rater for row in selection.counted}))}
    return items, raters


def _shift(
    rows: "Sequence[Row]", selection: Selection, codes: tuple[dict[str, int], dict[str, int]]
) -> Shift:
    items, raters = codes
    longest = _longest(selection)
    if any(row.scores for row in rows):
        scored = [
            (longest[item, stimulus], score, items[item], raters[rater])
            for (item, rater), scores in by_item_and_rater(rows).items()
            for stimulus, score in scores.items()
            if (item, stimulus) in longest
        ]
        if not scored:
            raise NotEstimable(_("No item has one longer and one shorter answer."))
        longer, score, item, rater = map(np.array, zip(*scored, strict=True))
        return shift_of_ratings(longer, score.astype(float), item, rater)
    pairs = [
        (pair.outcome * (1 if longest[row.item, pair.a] else -1), items[row.item], raters[row.rater])
        for row in rows
        for pair in row.pairs
        if (row.item, pair.a) in longest and (row.item, pair.b) in longest
    ]
    if not pairs:
        raise NotEstimable(_("No item has one longer and one shorter answer."))
    outcome, item, rater = map(np.array, zip(*pairs, strict=True))
    return shift_of_pairs(outcome, item, rater)


def _longest(selection: Selection) -> dict[tuple[str, str], int]:
    """Return for items with exactly two answers of different length which is the longer (1) and the shorter (0)."""
    by_item: dict[str, list[str]] = {}
    for stimulus, response in selection.responses.items():
        if response.role == "system":
            by_item.setdefault(response.item, []).append(stimulus)
    found = {}
    for item, both in by_item.items():
        if len(both) == 2 and _length(selection, both[0]) != _length(selection, both[1]):
            for stimulus, other in (both, both[::-1]):
                found[item, stimulus] = int(_length(selection, stimulus) > _length(selection, other))
    return found
