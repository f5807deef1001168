"""The choice of a person's screens always ends, and keeps sides as level as what was served allows."""

import random
from collections import Counter, defaultdict
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.protocols.comparison.choosing import Chosen, choose_bundles, lean_of
from annotation.protocols.comparison.screens import Bundle, Response, Screen, Subject
from tests.comparison.kit import Judge, comparison_study, item

Sides = list[tuple[int, int]]


def pairs(sides: list[Sides]) -> tuple[list[Bundle], dict[tuple[object, ...], dict[int, int]]]:
    """Return a bundle per entry, of one pair for each (people who saw row 0, people who saw row 1) of it."""
    bundles, served = [], {}
    for n, bundle in enumerate(sides):
        members = tuple(Response(UUID(int=9 * n + k + 1), f"r{k}", f"s{k}", "system") for k in range(2))
        subject = Subject(UUID(int=n + 1), n, f"item-{n}", "main", None, "", members)
        screens = tuple(Screen(f"p{place}", subject, "", members) for place in range(len(bundle)))
        served |= {
            screen.identity: dict(enumerate(rows)) for screen, rows in zip(screens, bundle, strict=True)
        }
        bundles.append(Bundle(n, screens))
    return bundles, served


def lean(chosen: list[Chosen], served: dict[tuple[object, ...], dict[int, int]]) -> int:
    """Return by how much the forced sides of what was chosen lean beyond what its free pairs can level."""
    found = [lean_of(served, one.screen) for one in chosen]
    return max(abs(sum(side for side, _free in found)) - sum(free for _side, free in found) - 1, 0)


# All but a few sides are forced, and bundles are mostly as large as one another, so that they can be swapped.
SIDES = st.sampled_from([(1, 0), (0, 1), (1, 0), (0, 1), (1, 1), (0, 0)])
BUNDLES = st.integers(1, 3).flatmap(
    lambda size: st.lists(st.lists(SIDES, min_size=size, max_size=size), min_size=2, max_size=12)
)
MIXED = st.lists(st.lists(SIDES, min_size=1, max_size=3), max_size=12)


@settings(max_examples=400, deadline=None)
@given(BUNDLES | MIXED, st.integers(1, 16), st.integers(0, 2**32))
def test_a_choice_ends_whichever_way_the_pairs_lean(sides: list[Sides], budget: int, seed: int) -> None:
    bundles, served = pairs(sides)
    chosen = choose_bundles(bundles, served, budget=budget, per_screen=None, rng=random.Random(seed))
    assert len({(one.bundle, one.screen.identity) for one in chosen}) == len(chosen)
    assert bool(chosen) == bool(bundles)
    longest = max(map(len, sides), default=0)
    assert len(chosen) <= max(budget, longest)


DRAWS = 1500


@pytest.mark.parametrize(
    ("sides", "budget", "known"),
    [
        ([[(0, 0)]] * 10, 4, True),  # nothing leans
        ([[(1, 0)]] * 3 + [[(1, 1)]] * 5, 5, True),  # one level whole, one in part
        ([[(1, 0)]] * 8, 3, True),  # all lean the same way: nothing to swap
        ([[(1, 0)]] * 8 + [[(0, 1)]] * 2, 4, False),  # the two that lean back are nearly always taken
        ([[(0, 0)]] * 4 + [[(0, 0), (0, 0), (0, 0)]] * 4, 4, False),  # small bundles fit more often
        ([[(0, 0)], [(0, 0), (0, 0)], [(1, 1)], [(1, 1)]], 2, False),
    ],
)
def test_a_stated_chance_is_the_real_one(sides: list[Sides], budget: int, known: bool) -> None:
    bundles, served = pairs(sides)
    drawn: Counter[int] = Counter()
    stated: dict[int, set[float | None]] = defaultdict(set)
    for seed in range(DRAWS):
        chosen = choose_bundles(bundles, served, budget=budget, per_screen=None, rng=random.Random(seed))
        drawn.update({one.bundle for one in chosen})
        for one in chosen:
            stated[one.bundle].add(one.probability)
    for bundle, chances in stated.items():
        assert len(chances) == 1 or not known
        for chance in chances - {None}:
            assert chance == pytest.approx(drawn[bundle] / DRAWS, abs=0.06)
    assert (None in set().union(*stated.values())) is not known


@pytest.mark.django_db(transaction=True)
def test_everybody_can_begin_where_a_pair_is_asked_in_two_ways() -> None:
    comparison_study(
        items=[item(n) for n in range(12)],
        protocols={"pair": {"kind": "pairwise3"}, "seven": {"kind": "pairwise7"}},
        protocol_by={"within": "same_items"},
        per_person=8,
        per_item=6,
    )
    for n in range(7):
        assert Judge(f"p{n}").arrive_at_screens().step().startswith("screen-")
