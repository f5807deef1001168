"""Statistics on a million judgements: worths with clustered intervals, a leaderboard, and alpha."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tests.bench.figures import Figure

SYSTEMS, RATERS, ITEMS = 50, 2_000, 5_000


def run(quick: bool) -> list[Figure]:
    """Measure ours and the packages', best of a few runs each: the machine's other work only ever adds time."""
    n = 50_000 if quick else 1_000_000
    return [*_pairs(n), *_alpha(n)]


def best(call: Callable[[], Any], times: int = 3) -> float:
    """Return the least seconds a call took."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        found.append(time.perf_counter() - started)
    return min(found)


def _pairs(n: int) -> list[Figure]:
    import evalica

    from annotation.statistics.pairwise.bradley_terry import bradley_terry
    from annotation.statistics.pairwise.counts import count
    from annotation.statistics.pairwise.davidson import davidson
    from annotation.statistics.pairwise.elo import elo
    from annotation.statistics.pairwise.leaderboard import leaderboard
    from annotation.statistics.pairwise.rank_centrality import rank_centrality
    from annotation.statistics.rows import Comparisons

    random = np.random.default_rng(1)
    worth = random.normal(0, 1, SYSTEMS)
    a = random.integers(0, SYSTEMS, n)
    b = (a + random.integers(1, SYSTEMS, n)) % SYSTEMS
    felt = worth[a] - worth[b] + random.logistic(size=n)
    outcome = np.where(felt > 0.5, 1, np.where(felt < -0.5, -1, 0))
    rows = Comparisons(
        random.integers(0, ITEMS, n), random.integers(0, RATERS, n), a, b, outcome, np.ones(n), np.arange(n),
        tuple(map(str, range(ITEMS))), tuple(map(str, range(RATERS))), tuple(f"s{i:02}" for i in range(SYSTEMS)),
    )  # fmt: skip
    said = {1: evalica.Winner.X, -1: evalica.Winner.Y, 0: evalica.Winner.Draw}
    left, right, winners = a.tolist(), b.tolist(), [said[o] for o in outcome.tolist()]
    counts = count(rows)
    theirs = best(lambda: evalica.bradley_terry(left, right, winners))
    newman = best(lambda: evalica.newman(left, right, winners))
    told = f"{n:,} judgements, {SYSTEMS} systems"
    return [
        Figure("Bradley–Terry, intervals by annotator and item", best(lambda: bradley_terry(rows)), "s", 2.0, "low",
               theirs, f"{told}; floor: evalica's worths alone"),
        Figure("Davidson, intervals by annotator and item", best(lambda: davidson(rows)), "s", 2.0, "low", newman,
               "floor: evalica.newman's worths alone"),
        Figure("leaderboard from counts, Davidson", best(lambda: leaderboard(counts), 9), "s", 0.1, "low", newman,
               "floor: evalica.newman from rows"),
        Figure("leaderboard from counts, Bradley–Terry", best(lambda: leaderboard(counts, model="bradley_terry"), 9),
               "s", 0.1, "low", theirs, "floor: evalica.bradley_terry from rows"),
        Figure("counting the rows", best(lambda: count(rows)), "s"),
        Figure("rank centrality, intervals by annotator and item", best(lambda: rank_centrality(rows)), "s"),
        Figure("Elo in the order given and two shuffles", best(lambda: elo(rows, orders=2), 1), "s", None, "low",
               best(lambda: evalica.elo(left, right, winners), 1), "floor: evalica.elo once"),
    ]  # fmt: skip


def _alpha(n: int) -> list[Figure]:
    import krippendorff

    from annotation.statistics.agreement.krippendorff import Level, krippendorff_alpha

    random = np.random.default_rng(2)
    units, raters = n // 5, 500
    unit = np.repeat(np.arange(units), 5)
    rater = (random.integers(0, raters, units)[:, None] + np.arange(5) * 7).ravel() % raters
    value = np.clip(np.round(3 + random.normal(size=units)[unit] + random.normal(size=n)), 1, 5)
    table = np.stack([np.bincount(unit, value == point, units) for point in range(1, 6)], axis=1).astype(int)
    levels: tuple[Level, ...] = ("ordinal", "nominal", "interval")
    figures = []
    for level in levels:
        theirs = best(partial(krippendorff.alpha, value_counts=table, level_of_measurement=level))
        ours = best(partial(krippendorff_alpha, unit, value, rater, level=level))
        note = f"{n:,} ratings of {units:,} units; floor: krippendorff, counted for it"
        figures.append(Figure(f"alpha, {level}", ours, "s", 0.5, "low", theirs, note))
    wide = np.full((raters, units), np.nan)
    wide[rater, unit] = value
    matrix = best(lambda: krippendorff.alpha(reliability_data=wide, level_of_measurement="ordinal"), 1)
    figures.append(Figure("  krippendorff on its own table of raters and units", matrix, "s"))
    return figures
