"""Mallows–Binomial: one consensus from ratings and rankings of the same stimuli."""

from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np
from scipy.special import gammaln

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate, checked_level
from annotation.statistics.orders.ballots import Ballots, ballots
from annotation.statistics.orders.consensus import Consensus, Evidence, concentration, find_consensus, pooled
from annotation.statistics.rows import FloatArray, IntArray, Rankings, Ratings


@dataclass(frozen=True, eq=False)
class MallowsBinomial(Estimate):
    """The consensus (best first), each stimulus' expected share of the scale, and how concentrated rankings are.

    ``place`` counts from 1; ``low``, ``high``, ``place_low`` and ``place_high`` come from resampling raters.
    ``concentration`` is Mallows' θ, null where every ranking is the consensus (no finite estimate).
    ``exact`` False: the search was cut short. ``unique`` False: another order is as likely.
    """

    labels: tuple[str, ...]
    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    consensus: tuple[str, ...]
    place: IntArray
    place_low: IntArray
    place_high: IntArray
    concentration: float | None
    exact: bool
    unique: bool
    log_likelihood: float
    n_ratings: int
    n_rankings: int
    raters: int
    level: float
    replicates: int
    seed: int
    method: str


@dataclass(frozen=True, eq=False)
class _Data:
    """Ratings and rankings with codes into the same labels and raters."""

    labels: tuple[str, ...]
    top: int
    rated: IntArray  # stimulus, per rating
    bad: FloatArray
    rating_rater: IntArray
    order: IntArray  # judgements × longest
    depth: IntArray
    ranking_rater: IntArray
    raters: int


def fit_mallows_binomial(
    ratings: Ratings,
    rankings: Rankings,
    *,
    top: int,
    better: Literal["high", "low"] = "high",
    replicates: int = 200,
    seed: int = 0,
    level: float = 0.95,
    most_nodes: int = 20_000,
) -> MallowsBinomial:
    """Fit whole-number ratings 0 … ``top`` ~ Binomial and rankings ~ Mallows around the order of their means.

    Rankings may stop early: a stimulus not ranked counts as below all ranked ones. Intervals resample raters
    (``replicates`` times, percentile); 0 replicates give the estimate as its own interval. Refuses ties in
    rankings, ratings off the scale, a stimulus without ratings, fewer than two stimuli, and one rater where
    intervals are wanted.
    Source: Pearce and Erosheva, Journal of Machine Learning Research 23 (2022); search in ``consensus``.
    """
    if replicates < 0 or most_nodes < 1:
        raise ValueError("replicates count from 0, nodes from 1")
    data = _joined(ratings, rankings, top, better)
    weight = np.ones(data.raters)
    evidence = _evidence(data, weight)
    found = find_consensus(evidence, most_nodes=most_nodes)
    share = _shares(evidence, found)
    distance = _distance(evidence, found)
    theta = concentration(distance, evidence.size, evidence.depths)
    shares, places = _resampled(data, replicates, seed, most_nodes)
    tail = (1 - checked_level(level)) / 2
    low, high = np.quantile(shares, [tail, 1 - tail], axis=0) if replicates else (share, share)
    place = _place(found)
    span = np.quantile(places, [tail, 1 - tail], axis=0).round() if replicates else np.array([place, place])
    if better == "high":
        share, low, high = 1 - share, 1 - high, 1 - low
    return MallowsBinomial(
        labels=data.labels,
        estimate=share,
        low=low,
        high=high,
        consensus=tuple(data.labels[code] for code in found.order),
        place=place,
        place_low=span[0].astype(np.int64),
        place_high=span[1].astype(np.int64),
        concentration=None if theta == inf else theta,
        exact=found.exact,
        unique=found.unique,
        log_likelihood=_constant(data) - found.cost,
        n_ratings=len(data.rated),
        n_rankings=len(data.order),
        raters=data.raters,
        level=level,
        replicates=replicates,
        seed=seed,
        method="Mallows–Binomial, unranked = below, intervals by resampling raters",
    )


def _joined(ratings: Ratings, rankings: Rankings, top: int, better: str) -> _Data:
    if better not in ("high", "low"):
        raise ValueError("better is high or low")
    voted = ballots(rankings)
    _refuse_ties(voted)
    if not len(ratings):
        raise NotEstimable("There are no ratings.")
    score = ratings.score
    if top < 1 or (score != score.round()).any() or score.min() < 0 or score.max() > top:
        raise NotEstimable(f"The ratings must be whole numbers from 0 to {top}.")
    used = {ratings.stimuli[code] for code in np.unique(ratings.stimulus)}
    unrated = sorted(set(voted.labels) - used)
    if unrated:
        raise NotEstimable(f"“{unrated[0]}” is ranked but never rated.")
    labels = tuple(sorted(used))
    if len(labels) < 2:
        raise NotEstimable("Fewer than two stimuli were rated.")
    code = {label: place for place, label in enumerate(labels)}
    rated = np.array([code.get(label, -1) for label in ratings.stimuli])[ratings.stimulus]
    ranked = np.array([*(code[label] for label in voted.labels), -1])[voted.order]
    names = sorted(
        {ratings.raters[c] for c in np.unique(ratings.rater)} | {rankings.raters[c] for c in voted.rater}
    )
    who = {name: place for place, name in enumerate(names)}
    rating_rater = np.array([who.get(name, -1) for name in ratings.raters])[ratings.rater]
    ranking_rater = np.array([who.get(name, -1) for name in rankings.raters])[voted.rater]
    bad = top - score if better == "high" else score
    return _Data(labels, top, rated, bad, rating_rater, ranked, voted.size, ranking_rater, len(names))


def _refuse_ties(voted: Ballots) -> None:
    if ((voted.tier[:, 1:] == voted.tier[:, :-1]) & (voted.tier[:, 1:] >= 0)).any():
        raise NotEstimable("Some rankings have ties, which the Mallows model does not know.")


def _evidence(data: _Data, weight: FloatArray) -> Evidence:
    """Sum up; ``weight`` says how often each rater counts."""
    n = len(data.labels)
    by = weight[data.rating_rater]
    bad: FloatArray = np.bincount(data.rated, data.bad * by, n).astype(np.float64)
    points: FloatArray = np.bincount(data.rated, by * data.top, n).astype(np.float64)
    times = weight[data.ranking_rater].astype(np.int64)
    over = np.zeros((n, n), dtype=np.int64)
    for codes, depth, often in zip(data.order, data.depth, times, strict=True):
        left = np.ones(n, dtype=np.bool_)
        for code in codes[:depth]:
            left[code] = False
            over[code, left] += often
    return Evidence(bad, points, over, np.repeat(data.depth, times))


def _shares(evidence: Evidence, found: Consensus) -> FloatArray:
    share = np.zeros(evidence.size)
    for bad, points, members in pooled(evidence, found.order):
        share[members] = bad / points
    return share


def _distance(evidence: Evidence, found: Consensus) -> int:
    order = np.array(found.order)
    return int(np.tril(evidence.over[np.ix_(order, order)], -1).sum())


def _place(found: Consensus) -> IntArray:
    return np.argsort(np.array(found.order)) + 1


def _resampled(data: _Data, replicates: int, seed: int, most_nodes: int) -> tuple[FloatArray, IntArray]:
    if replicates and data.raters < 2:
        raise NotEstimable("There is one rater; no interval can be given.")
    rng = np.random.default_rng(seed)
    shares: list[FloatArray] = []
    places: list[IntArray] = []
    for _ in range(100 * replicates):
        if len(shares) == replicates:
            break
        weight = np.bincount(rng.integers(0, data.raters, data.raters), minlength=data.raters).astype(
            np.float64
        )
        evidence = _evidence(data, weight)
        if (evidence.points > 0).all():  # a draw in which some stimulus is unrated says nothing about it
            found = find_consensus(evidence, most_nodes=most_nodes)
            shares.append(_shares(evidence, found))
            places.append(_place(found))
    if len(shares) < replicates:
        raise NotEstimable("Too few raters rated some stimulus to resample raters.")
    return np.array(shares), np.array(places)


def _constant(data: _Data) -> float:
    top = float(data.top)
    return float((gammaln(top + 1) - gammaln(data.bad + 1) - gammaln(top - data.bad + 1)).sum())
