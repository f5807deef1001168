"""Blocks balance, Williams squares counterbalance, and draws have the chances they say."""

import random
from collections import Counter
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivocal.domain.randomisation import (
    exposure_balanced_draw,
    inclusion_probabilities,
    place_in_blocks,
    tilted,
    williams_square,
)

weights = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 4), min_size=1)


@given(weights, st.integers(1, 4), st.integers(1, 60), st.text(max_size=8))
def test_every_full_block_holds_each_arm_its_share(
    table: dict[str, int], multiple: int, people: int, stratum: str
) -> None:
    size = sum(table.values()) * multiple
    given_arms = [place_in_blocks(table, multiple, n, "secret", stratum).key for n in range(people)]
    for start in range(0, people - size + 1, size):
        assert Counter(given_arms[start : start + size]) == {k: w * multiple for k, w in table.items()}


@given(weights, st.integers(1, 3), st.integers(0, 200))
def test_a_place_is_the_same_whenever_it_is_asked_for(table: dict[str, int], multiple: int, n: int) -> None:
    once, again = (place_in_blocks(table, multiple, n, "secret", "women") for _ in range(2))
    assert once == again
    assert once.probability == pytest.approx(table[once.key] / sum(table.values()))


def test_another_secret_or_stratum_gives_another_sequence() -> None:
    table = {"a": 1, "b": 1}
    sequences = {
        tuple(place_in_blocks(table, 2, n, secret, stratum).key for n in range(64))
        for secret in ("one", "two")
        for stratum in ("x", "y")
    }
    assert len(sequences) == 4


def test_weights_of_nothing_are_refused() -> None:
    for table in ({}, {"a": 0}, {"a": -1, "b": 2}):
        with pytest.raises(ValueError, match="positive weight"):
            place_in_blocks(table, 2, 0, "secret")


@given(st.integers(1, 13))
def test_williams_squares_balance_places_and_neighbours(n: int) -> None:
    square = williams_square(n)
    assert len(square) == (n if n % 2 == 0 or n == 1 else 2 * n)
    assert all(sorted(row) == list(range(n)) for row in square)
    for place in range(n):
        assert len(set(Counter(row[place] for row in square).values())) == 1
    neighbours = Counter(pair for row in square for pair in pairwise(row))
    assert len(neighbours) == n * (n - 1)
    assert len(set(neighbours.values())) <= 1


def brute_force_inclusion(shares: list[float], k: int) -> list[float]:
    """Sum over every order: a second, slower way to the same figure."""
    found = [0.0] * len(shares)
    for order in permutations(range(len(shares)), k):
        chance, left = 1.0, 1.0
        for index in order:
            chance, left = chance * shares[index] / left, left - shares[index]
        for index in order:
            found[index] += chance
    return found


pools = st.lists(st.tuples(st.floats(0.1, 5), st.integers(0, 30)), min_size=2, max_size=6)


@given(pools, st.data())
def test_inclusion_is_exact(pool: list[tuple[float, int]], data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(pool)))
    shares = tilted([w for w, _ in pool], [e for _, e in pool])
    found = inclusion_probabilities(shares, k)
    assert found is not None
    assert found == pytest.approx(brute_force_inclusion(shares, k), abs=1e-6)
    assert sum(found) == pytest.approx(k, abs=1e-6)


@given(pools, st.data(), st.integers())
def test_a_draw_is_without_replacement_and_its_steps_multiply_up(
    pool: list[tuple[float, int]], data: st.DataObject, seed: int
) -> None:
    k = data.draw(st.integers(1, len(pool)))
    shares = tilted([w for w, _ in pool], [e for _, e in pool])
    drawn = exposure_balanced_draw([w for w, _ in pool], [e for _, e in pool], k, random.Random(seed))
    assert len({one.index for one in drawn}) == k
    left = 1.0
    for one in drawn:
        assert one.probability == pytest.approx(shares[one.index] / left, rel=1e-4)
        assert one.inclusion is not None
        assert 0 < one.inclusion <= 1 + 1e-6
        left -= shares[one.index]


def test_frequencies_follow_the_stated_chances() -> None:
    rng = random.Random(20)
    counts: Counter[int] = Counter()
    for _ in range(20_000):
        counts.update(one.index for one in exposure_balanced_draw([1, 2, 1, 1], [0, 1, 0, 3], 2, rng))
    stated = inclusion_probabilities(tilted([1, 2, 1, 1], [0, 1, 0, 3]), 2)
    assert stated is not None
    for index, chance in enumerate(stated):
        assert counts[index] / 20_000 == pytest.approx(chance, abs=0.02)


def test_exposures_stay_close_to_their_weights() -> None:
    rng, shown, weights = random.Random(3), [0] * 21, [1.0] * 20 + [2.0]
    for _ in range(500):
        for one in exposure_balanced_draw(weights, shown, 4, rng):
            shown[one.index] += 1
    assert max(shown[:20]) - min(shown[:20]) <= 8
    assert shown[20] == pytest.approx(2 * sum(shown[:20]) / 20, rel=0.1)


def test_a_weight_of_nothing_is_never_drawn_and_too_many_are_refused() -> None:
    drawn = exposure_balanced_draw([1, 0, 1], [0, 0, 0], 2, random.Random(1))
    assert {one.index for one in drawn} == {0, 2}
    with pytest.raises(ValueError, match="cannot draw 3 of 2"):
        exposure_balanced_draw([1, 0, 1], [0, 0, 0], 3, random.Random(1))


def test_a_huge_pool_has_no_stated_inclusion() -> None:
    drawn = exposure_balanced_draw([1 + n / 100 for n in range(60)], [0] * 60, 8, random.Random(1))
    assert all(one.inclusion is None for one in drawn)
