"""Weng–Lin ratings, updated judgement by judgement: for choosing whom to compare next, not for the result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.orders.ballots import Ballots, ballots
from annotation.statistics.rows import FloatArray, IntArray, Rankings

Model = Literal["plackett_luce", "bradley_terry", "thurstone_mosteller"]
_CLASSES = {
    "plackett_luce": "PlackettLuce",
    "bradley_terry": "BradleyTerryFull",
    "thurstone_mosteller": "ThurstoneMostellerFull",
}


@dataclass(frozen=True, eq=False)
class OnlineRatings(Estimate):
    """Mean and uncertainty of each stimulus after all updates, and how much the order of judgements matters.

    ``low`` and ``high`` are mu ∓ 3 sigma (``low`` is the usual cautious score); ``order_spread`` is each mean's
    standard deviation over ``shuffles`` other orders of the same judgements, drawn with ``seed``.
    """

    labels: tuple[str, ...]
    mu: FloatArray
    sigma: FloatArray
    low: FloatArray
    high: FloatArray
    order_spread: FloatArray
    shuffles: int
    n: int
    method: str
    seed: int
    order_dependent: bool = True


def rate_online(
    rankings: Rankings,
    *,
    model: Model = "plackett_luce",
    sequence: Sequence[int] | None = None,
    shuffles: int = 10,
    seed: int = 0,
) -> OnlineRatings:
    """Update ratings by every judgement in turn (openskill: start 25 ± 25/3, its defaults otherwise); ties allowed.

    ``sequence`` lists the judgements' codes in the order they happened; without it they go by their code. Another
    order gives other numbers: publish the batch Plackett–Luce or Bradley–Terry as the result, and use these for
    matchmaking. Judgements of one stimulus say nothing and are passed over. Refuses a sequence that misses or
    repeats a judgement, and fewer than two judged stimuli.
    Source: Weng and Lin, Journal of Machine Learning Research 12 (2011), 267–300.
    """
    if model not in _CLASSES:
        raise ValueError(f"the models are {', '.join(_CLASSES)}")
    data = ballots(rankings)
    turns = _turns(rankings, data, sequence)
    turns = turns[data.size[turns] > 1]
    if not len(turns):
        raise NotEstimable("No judgement ranks two stimuli.")
    engine = _engine(model)
    mu, sigma = _run(engine, data, turns)
    rng = np.random.default_rng(seed)
    others = [_run(engine, data, rng.permutation(turns))[0] for _ in range(shuffles)]
    spread = np.std(others, axis=0, ddof=1) if shuffles > 1 else np.zeros(len(mu))
    method = f"Weng–Lin online ratings ({model}), depends on the order of judgements"
    low, high = mu - 3 * sigma, mu + 3 * sigma
    return OnlineRatings(data.labels, mu, sigma, low, high, spread, shuffles, len(turns), method, seed)


def _engine(model: Model) -> Any:
    from openskill import models

    return getattr(models, _CLASSES[model])()


def _turns(rankings: Rankings, data: Ballots, sequence: Sequence[int] | None) -> IntArray:
    codes = np.unique(rankings.judgement)  # the rows of ``data`` stand in this order
    if sequence is None:
        return np.arange(len(data))
    given = np.asarray(sequence, dtype=np.int64)
    if not np.array_equal(np.sort(given), codes):
        raise NotEstimable("The sequence must name every judgement exactly once.")
    found: IntArray = np.searchsorted(codes, given)
    return found


def _run(engine: Any, data: Ballots, turns: IntArray) -> tuple[FloatArray, FloatArray]:
    ratings = [engine.rating() for _ in data.labels]
    order, tiers, sizes = data.order.tolist(), data.tier.tolist(), data.size.tolist()
    for turn in turns.tolist():
        codes = order[turn][: sizes[turn]]
        ranks = [float(tier) for tier in tiers[turn][: sizes[turn]]]
        rated = engine.rate([[ratings[code]] for code in codes], ranks=ranks)
        for code, (new,) in zip(codes, rated, strict=True):
            ratings[code] = new
    return np.array([r.mu for r in ratings]), np.array([r.sigma for r in ratings])
