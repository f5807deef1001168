"""MUSHRA: who is excluded after the fact, and the scores with and without them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy import stats

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate, checked_level
from annotation.statistics.rows import BoolArray, FloatArray, IntArray, Ratings

REFERENCE, MID_ANCHOR = "hidden_reference", "mid_anchor"


@dataclass(frozen=True)
class RaterScreen(Estimate):
    """One rater's pages with a hidden reference (with a mid anchor), how many failed, and the verdict.

    ``screened`` False: the rater saw neither, so nothing could be checked and the rater stays.
    """

    rater: str
    references: int
    references_low: int
    anchors: int
    anchors_high: int
    screened: bool
    excluded: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class SystemScore(Estimate):
    """A stimulus' mean score, with an interval by clusters of raters; ``se`` null with a single rater."""

    label: str
    role: str
    estimate: float
    se: float | None
    low: float | None
    high: float | None
    median: float
    n: int
    raters: int


@dataclass(frozen=True)
class SystemTest(Estimate):
    """Wilcoxon's signed-rank test of two systems over raters (their mean differences on shared pages)."""

    a: str
    b: str
    difference: float
    statistic: float
    p: float
    p_holm: float
    raters: int


@dataclass(frozen=True)
class Mushra(Estimate):
    """Both readings: every rater's scores, and those of the raters kept. Exclusion may shift scores: show both."""

    screening: tuple[RaterScreen, ...]
    all_scores: tuple[SystemScore, ...]
    kept_scores: tuple[SystemScore, ...]
    all_tests: tuple[SystemTest, ...]
    kept_tests: tuple[SystemTest, ...]
    excluded: tuple[str, ...]
    level: float
    method: str


def screen_raters(
    ratings: Ratings,
    roles: Mapping[str, str],
    *,
    reference_below: float = 90.0,
    anchor_above: float = 90.0,
    share: float = 0.15,
) -> tuple[RaterScreen, ...]:
    """Apply the post-screening of Recommendation ITU-R BS.1534-3 (4.1.2) to 0–100 scores.

    Excluded is who rates the hidden reference below 90 on *more than 15 %* of the pages, or the mid anchor above 90
    on more than 15 %. One bad page does not exclude anybody. ``roles`` maps stimuli to hidden_reference, mid_anchor,
    low_anchor or system (where absent). Refuses ratings without any hidden reference, and scores off the scale.
    """
    _check(ratings)
    role = _roles(ratings, roles)
    if not (role == REFERENCE).any():
        raise NotEstimable("No page has a hidden reference, so nobody can be screened.")
    n = len(ratings.raters)
    seen, failed = {}, {}
    for name, bad in (
        (REFERENCE, ratings.score < reference_below),
        (MID_ANCHOR, ratings.score > anchor_above),
    ):
        seen[name] = np.bincount(ratings.rater[role == name], minlength=n)
        failed[name] = np.bincount(ratings.rater[(role == name) & bad], minlength=n)
    found = []
    for code in np.unique(ratings.rater).tolist():
        # Counts, not shares: 3 of 20 pages is 15 %, which is not more than 15 %, whatever 3/20 rounds to.
        over = {name: failed[name][code] > share * seen[name][code] + 1e-9 for name in seen}
        reasons = ("the hidden reference too low",) * bool(over[REFERENCE])
        reasons += ("the mid anchor too high",) * bool(over[MID_ANCHOR])
        found.append(
            RaterScreen(
                ratings.raters[code],
                int(seen[REFERENCE][code]),
                int(failed[REFERENCE][code]),
                int(seen[MID_ANCHOR][code]),
                int(failed[MID_ANCHOR][code]),
                bool(seen[REFERENCE][code] or seen[MID_ANCHOR][code]),
                bool(reasons),
                reasons,
            )
        )
    return tuple(found)


def summarise_mushra(
    ratings: Ratings, roles: Mapping[str, str], *, level: float = 0.95, screen: bool = True
) -> Mushra:
    """Score every stimulus and test every two systems, over all raters and over those the screening keeps.

    Means weigh every rating alike; their intervals are cluster-robust by rater with Student's t. Tests compare
    systems only (no references, no anchors), by rater, Holm-corrected. ``screen=False`` (no hidden reference by
    design, MUSHRA-NMR without one) keeps everybody. Refuses as ``screen_raters``, and where nobody is left.
    """
    _check(ratings)
    checked_level(level)
    screening = screen_raters(ratings, roles) if screen else ()
    excluded = tuple(one.rater for one in screening if one.excluded)
    out = np.isin(np.array(ratings.raters, dtype=object)[ratings.rater], excluded)
    if out.all():
        raise NotEstimable("The screening excludes every rater.")
    kept = ratings.take(~out)
    return Mushra(
        screening,
        _scores(ratings, roles, level),
        _scores(kept, roles, level),
        _tests(ratings, roles),
        _tests(kept, roles),
        excluded,
        level,
        "means with intervals clustered by rater; Wilcoxon over raters, Holm; screening after BS.1534-3",
    )


def _check(ratings: Ratings) -> None:
    if not len(ratings):
        raise NotEstimable("There are no ratings.")
    if ratings.score.min() < 0 or ratings.score.max() > 100:
        raise NotEstimable("MUSHRA scores go from 0 to 100.")


def _roles(ratings: Ratings, roles: Mapping[str, str]) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    return np.array([roles.get(label, "system") for label in ratings.stimuli], dtype=object)[ratings.stimulus]


def _scores(ratings: Ratings, roles: Mapping[str, str], level: float) -> tuple[SystemScore, ...]:
    found = []
    for code in np.unique(ratings.stimulus).tolist():
        here = ratings.stimulus == code
        score, rater = ratings.score[here], ratings.rater[here]
        label = ratings.stimuli[code]
        mean, (se, half, raters) = float(score.mean()), _spread(score, rater, level)
        low, high = (None, None) if half is None else (mean - half, mean + half)
        role = roles.get(label, "system")
        found.append(
            SystemScore(label, role, mean, se, low, high, float(np.median(score)), len(score), raters)
        )
    return tuple(sorted(found, key=lambda one: (-one.estimate, one.label)))


def _spread(score: FloatArray, rater: IntArray, level: float) -> tuple[float | None, float | None, int]:
    _, code = np.unique(rater, return_inverse=True)
    groups = int(code.max()) + 1
    if groups < 2:
        return None, None, groups
    sums = np.bincount(code, score - score.mean())
    se = float(np.sqrt(groups / (groups - 1) * (sums**2).sum()) / len(score))
    return se, float(stats.t.ppf(0.5 + level / 2, groups - 1)) * se, groups


def _tests(ratings: Ratings, roles: Mapping[str, str]) -> tuple[SystemTest, ...]:
    codes = [
        c for c in np.unique(ratings.stimulus).tolist() if roles.get(ratings.stimuli[c], "system") == "system"
    ]
    tests = []
    for a, b in combinations(codes, 2):
        gaps = _gaps(ratings, a, b)
        if not len(gaps):
            continue  # no rater scored both on one page
        if gaps.any():
            result = stats.wilcoxon(gaps[gaps != 0])
            statistic, p = float(result.statistic), float(result.pvalue)
        else:
            statistic, p = 0.0, 1.0
        names = ratings.stimuli[a], ratings.stimuli[b]
        tests.append(SystemTest(*names, float(gaps.mean()), statistic, p, p, len(gaps)))
    return tuple(_holm(tests))


def _gaps(ratings: Ratings, a: int, b: int) -> FloatArray:
    """Return each rater's mean of (score of a − score of b) over the pages with both."""
    pages = np.unique(ratings.item * len(ratings.raters) + ratings.rater, return_inverse=True)[1]
    size = int(pages.max()) + 1

    def by_page(mask: BoolArray) -> tuple[FloatArray, IntArray]:
        total: FloatArray = np.bincount(pages[mask], ratings.score[mask], size).astype(np.float64)
        return total, np.bincount(pages[mask], minlength=size)

    (one, count), (two, other) = by_page(ratings.stimulus == a), by_page(ratings.stimulus == b)
    both = (count > 0) & (other > 0)
    rater = np.zeros(size, dtype=np.int64)
    rater[pages] = ratings.rater
    gap = one[both] / count[both] - two[both] / other[both]
    times = np.bincount(rater[both], minlength=len(ratings.raters))
    total = np.bincount(rater[both], gap, minlength=len(ratings.raters))
    found: FloatArray = total[times > 0] / times[times > 0]
    return found.round(9)


def _holm(tests: list[SystemTest]) -> list[SystemTest]:
    order = sorted(range(len(tests)), key=lambda place: tests[place].p)
    worst = 0.0
    for rank, place in enumerate(order):
        worst = max(worst, min(1.0, (len(tests) - rank) * tests[place].p))
        tests[place] = replace(tests[place], p_holm=worst)
    return tests
