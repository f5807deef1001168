"""Comparisons for tests: published tables, people with tastes of their own, and rows that hypothesis draws."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from annotation.statistics.pairwise.bradley_terry import bradley_terry
from annotation.statistics.pairwise.counts import Counts
from annotation.statistics.pairwise.davidson import davidson
from annotation.statistics.pairwise.graded import adjacent, cumulative
from annotation.statistics.pairwise.rao_kupper import rao_kupper
from annotation.statistics.pairwise.thurstone import thurstone
from annotation.statistics.rows import Comparisons

MODELS: dict[str, Any] = {
    "bradley_terry": bradley_terry,
    "davidson": davidson,
    "rao_kupper": rao_kupper,
    "thurstone": thurstone,
    "cumulative": cumulative,
    "adjacent": adjacent,
}

# Davidson 1970, table 1: puddings i and j, times i won, times j won, ties.
PUDDING = (
    (1, 2, 19, 22, 16), (1, 3, 16, 19, 12), (2, 3, 19, 19, 10), (1, 4, 18, 23, 13), (2, 4, 23, 19, 9),
    (3, 4, 19, 20, 15), (1, 5, 13, 19, 18), (2, 5, 16, 20, 12), (3, 5, 16, 15, 17), (4, 5, 17, 14, 16),
    (1, 6, 18, 21, 12), (2, 6, 22, 20, 12), (3, 6, 13, 18, 10), (4, 6, 14, 19, 18), (5, 6, 11, 21, 12),
)  # fmt: skip

# Bradley–Terry, Wikipedia: (winner, loser, times).
WIKIPEDIA = (
    ("A", "B", 2), ("B", "A", 3), ("A", "D", 1), ("D", "A", 4),
    ("B", "C", 5), ("C", "B", 3), ("C", "D", 1), ("D", "C", 3),
)  # fmt: skip


def pudding() -> Counts:
    """Return the puddings' matrices of wins and ties."""
    wins, ties = np.zeros((6, 6)), np.zeros((6, 6))
    for i, j, first, second, tied in PUDDING:
        wins[i - 1, j - 1], wins[j - 1, i - 1] = first, second
        ties[i - 1, j - 1] = ties[j - 1, i - 1] = tied
    return Counts(tuple("123456"), wins, ties)


def rows_of(counts: Counts, seed: int = 0) -> Comparisons:
    """Return one row per comparison counted, each by a person of its own on an item of its own, sides by lot."""
    random = np.random.default_rng(seed)
    found = []
    for i, one in enumerate(counts.labels):
        for j, other in enumerate(counts.labels):
            tied = counts.ties[i, j] if i < j else 0
            for outcome, times in (("a", counts.wins[i, j]), ("tie", tied)):
                found += [(one, other, outcome)] * int(times)
    listed = []
    for n, (a, b, outcome) in enumerate(found):
        if random.random() < 0.5:
            a, b, outcome = b, a, {"a": "b"}.get(outcome, outcome)
        listed.append({"item": n, "rater": n, "a": a, "b": b, "outcome": outcome})
    return Comparisons.from_rows(listed)


def people(
    seed: int,
    *,
    raters: int = 30,
    each: int = 20,
    systems: int = 4,
    items: int = 15,
    taste: float = 0.0,
    item_sd: float = 0.0,
    first: float = 0.0,
    tie: float = 0.0,
    worth: np.ndarray | None = None,
) -> Comparisons:
    """Return comparisons by people: worths (equal steps unless given), each person's taste, each item's turn.

    ``first`` is added to what is shown first; a difference of less than ``tie`` is a tie.
    """
    random = np.random.default_rng(seed)
    theta = np.linspace(-0.6, 0.6, systems) if worth is None else worth
    liking = random.normal(0, taste, (raters, systems)) if taste else np.zeros((raters, systems))
    turn = random.normal(0, item_sd, (items, systems)) if item_sd else np.zeros((items, systems))
    n = raters * each
    rater, item = np.repeat(np.arange(raters), each), random.integers(0, items, n)
    a = random.integers(0, systems, n)
    b = (a + random.integers(1, systems, n)) % systems
    gap = theta[a] - theta[b] + liking[rater, a] - liking[rater, b] + turn[item, a] - turn[item, b] + first
    felt = gap + random.logistic(size=n)
    outcome = np.where(felt > tie, 1, np.where(felt < -tie, -1, 0))
    if not tie:
        outcome = np.where(felt > 0, 1, -1)
    return Comparisons(
        item, rater, a, b, outcome, np.ones(n), np.arange(n), tuple(map(str, range(items))),
        tuple(map(str, range(raters))), tuple(f"s{i}" for i in range(systems)),
    )  # fmt: skip


def graded_people(seed: int, **how: Any) -> Comparisons:
    """Return ``people``'s comparisons with strengths 1 to 3."""
    rows = people(seed, **how)
    strength = np.random.default_rng([seed, 1]).integers(1, 4, len(rows)).astype(float)
    return changed(rows, strength=np.where(rows.outcome == 0, 1.0, strength))


def changed(rows: Comparisons, **columns: Any) -> Comparisons:
    """Return ``rows`` with other columns or labels."""
    return Comparisons(**{**vars(rows), **columns})


def turned(rows: Comparisons, which: Any = slice(None)) -> Comparisons:
    """Return ``rows`` with the two sides of ``which`` exchanged."""
    a, b, outcome = rows.a.copy(), rows.b.copy(), rows.outcome.copy()
    a[which], b[which], outcome[which] = rows.b[which], rows.a[which], -rows.outcome[which]
    return changed(rows, a=a, b=b, outcome=outcome)


def twice(rows: Comparisons, *, strangers: bool) -> Comparisons:
    """Return every row twice; the copies are by ``strangers`` on items of their own, or by the same people."""
    n, raters, items = len(rows), len(rows.raters), len(rows.items)
    copy = {
        name: np.concatenate([value, value]) for name, value in vars(rows).items() if hasattr(value, "dtype")
    }
    if not strangers:
        return changed(rows, **copy)
    copy["rater"][n:] += raters
    copy["item"][n:] += items
    copy["judgement"][n:] += int(rows.judgement.max()) + 1
    names = {"raters": (*rows.raters, *(f"{r}'" for r in rows.raters)),
             "items": (*rows.items, *(f"{i}'" for i in rows.items))}  # fmt: skip
    return changed(rows, **copy, **names)


@st.composite
def comparisons(draw: Any, *, connected: bool = True, graded: bool = False, ties: bool = True) -> Comparisons:
    """Draw rows over three to five systems; ``connected`` begins with a circle of wins."""
    systems = draw(st.integers(3, 5)) if connected else draw(st.integers(1, 4))
    most = max(systems - 1, 1)
    pair = st.tuples(
        st.integers(0, systems - 1), st.integers(1 if connected else 0, most),
        st.sampled_from([1, 1, -1, -1, 0] if ties else [1, -1]), st.integers(1, 3),
        st.integers(0, 3), st.integers(0, 3),
    )  # fmt: skip
    drawn = draw(st.lists(pair, min_size=4 if connected else 0, max_size=25))
    if connected:
        circle = [(i, 1, 1, 1 + i % 2, i % 4, (i + 1) % 4) for i in range(systems)]
        drawn = [*circle, *([(0, 1, 0, 1, 0, 1)] if ties else []), *drawn]
    rows = [
        {"item": i, "rater": r, "a": a, "b": (a + step) % systems, "outcome": outcome,
         "strength": s if graded and outcome else 1}
        for a, step, outcome, s, r, i in drawn
    ]  # fmt: skip
    return Comparisons.from_rows(rows)
