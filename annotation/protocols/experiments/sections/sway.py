"""R8: what the preferred answers have more of, per protocol: length, different words, density, imported covariates."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from annotation.protocols.experiments.arrays import by_item_and_rater
from annotation.protocols.experiments.latent import Shift, shift_of_pairs, shift_of_ratings, spread
from annotation.protocols.experiments.numbers import interval, safely, share_of
from annotation.protocols.experiments.rows import Response, Row
from annotation.protocols.experiments.selection import Selection
from annotation.statistics.errors import NotEstimable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Decided = tuple[str, str, str, str]  # item, rater, preferred stimulus, the other one


def sway(selection: Selection) -> dict[str, Any]:
    """Return per protocol the means of preferred and other answers, the pull of length, and how protocols differ."""
    shifts: dict[str, Shift] = {}
    lines = []
    for key, rows in selection.by_protocol.items():
        decided = decisions(rows, selection)
        pull = _pull(key, rows, selection, shifts)
        unlike = [pair for pair in decided if _length(selection, pair[2]) != _length(selection, pair[3])]
        longer = [_length(selection, one) > _length(selection, other) for _i, _r, one, other in unlike]
        raters = [rater for _item, rater, _one, _other in unlike]
        lines.append(
            {
                "protocol": key,
                "decided": len(decided),
                "means": _means(decided, selection.responses),
                "preferred_longer": safely(share_of, longer, raters, selection.plan.confidence),
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
    if any(row.scores for row in rows):
        sides = _sides(rows, selection)
        scored = [
            (place, longer, score, items[item], raters[rater])
            for place, (item, rater, stimulus, score) in enumerate(_scores(rows))
            for longer in sides[item, stimulus]
        ]
        if not scored:
            raise NotEstimable(_no_pair(any(len(shown) > 1 for shown in _rated(rows).values())))
        rating, longer, score, item, rater = map(np.array, zip(*scored, strict=True))
        return shift_of_ratings(longer, score.astype(float), item, rater, rating)
    pairs = [
        (pair.outcome * (1 if more > 0 else -1), items[row.item], raters[row.rater])
        for row in rows
        for pair in row.pairs
        if (more := _length(selection, pair.a) - _length(selection, pair.b))
    ]
    if not pairs:
        raise NotEstimable(_no_pair(any(row.pairs for row in rows)))
    outcome, item, rater = map(np.array, zip(*pairs, strict=True))
    return shift_of_pairs(outcome, item, rater)


def _no_pair(any_pair: bool) -> str:
    if any_pair:
        return _("No two answers to one item have different numbers of words.")
    return _("No two answers to one item were judged.")


def _scores(rows: "Sequence[Row]") -> "Iterator[tuple[str, str, str, float]]":
    for (item, rater), scores in by_item_and_rater(rows).items():
        for stimulus, score in scores.items():
            yield item, rater, stimulus, score


def _rated(rows: "Sequence[Row]") -> dict[str, set[str]]:
    """Return the answers to each item that somebody rated."""
    found: dict[str, set[str]] = defaultdict(set)
    for item, _rater, stimulus, _score in _scores(rows):
        found[item].add(stimulus)
    return found


def _sides(rows: "Sequence[Row]", selection: Selection) -> dict[tuple[str, str], list[int]]:
    """Return per rated answer, for each other one to its item of another length, whether it is the longer (1, 0)."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for item, answers in _rated(rows).items():
        for one, other in permutations(sorted(answers), 2):
            if more := _length(selection, one) - _length(selection, other):
                found[item, one].append(int(more > 0))
    return found
