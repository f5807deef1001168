"""Rows for tests, written the short way."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from annotation.statistics.rows import Comparisons, Rankings, Ratings

Tiers = Sequence[Any]  # from best to worst: a stimulus, or several that tie


def ranked(judgements: Iterable[Tiers], *, raters: Sequence[Any] = (), items: Sequence[Any] = ()) -> Rankings:
    """Rankings from tiers, best first; each judgement has a rater and an item of its own where none is given."""
    rows = []
    for number, tiers in enumerate(judgements):
        about = {
            "judgement": f"{number:06}",
            "item": items[number] if items else f"i{number:06}",
            "rater": raters[number] if raters else f"r{number:06}",
        }
        for rank, tier in enumerate(tiers, 1):
            for stimulus in tier if isinstance(tier, tuple) else (tier,):
                rows.append({**about, "stimulus": stimulus, "rank": rank})
    return Rankings.from_rows(rows)


def rated(rows: Iterable[Sequence[Any]]) -> Ratings:
    """Ratings from (item, rater, stimulus, score) or (item, rater, stimulus, score, dimension)."""
    names = ("item", "rater", "stimulus", "score", "dimension")
    return Ratings.from_rows(dict(zip(names, row, strict=False)) for row in rows)


def compared(rows: Iterable[Sequence[Any]]) -> Comparisons:
    """Comparisons from (item, rater, a, b, outcome)."""
    return Comparisons.from_rows(
        dict(zip(("item", "rater", "a", "b", "outcome"), row, strict=True)) for row in rows
    )


def plackett_luce_sample(
    log_worth: np.ndarray, judgements: int, size: int, rng: np.random.Generator
) -> list[list[int]]:
    """Orders of ``size`` random stimuli, drawn place by place (Gumbel noise sorts as Plackett–Luce chooses)."""
    found = []
    for _ in range(judgements):
        shown = rng.permutation(len(log_worth))[:size]
        found.append(shown[np.argsort(-(log_worth[shown] + rng.gumbel(size=size)))].tolist())
    return found
