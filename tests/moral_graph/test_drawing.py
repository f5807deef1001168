"""Which stories are drawn, and in whose turn: pure rules, over many draws."""

import asyncio
import random
from collections import Counter
from uuid import UUID

import pytest

from elicitation.moral_graph.domain.drawing import Story, draw_stories, net_variance
from elicitation.moral_graph.domain.pairing import choose_pairs
from multivocal.studies.simulate.turns import Turns


def story(number: int, pair: tuple[int, int], **more: object) -> Story:
    """Return a story that was shown to nobody yet."""
    fields = {"context": "asked", "shown": 0, **more}
    return Story(id=UUID(int=number), number=number, pair=pair, **fields)  # type: ignore[arg-type]


def test_what_is_known_well_is_drawn_less() -> None:
    known, unknown = story(1, (1, 2), counts=(40, 5, 3, 2)), story(2, (3, 4))
    drawn = Counter(
        draw_stories([known, unknown], 1, random.Random(seed))[0].story.number for seed in range(600)
    )
    expected = net_variance((0, 0, 0, 0)) / (net_variance((0, 0, 0, 0)) + net_variance((40, 5, 3, 2)))
    assert abs(drawn[2] / 600 - expected) < 0.06 and expected > 0.9


def test_a_lower_tier_is_exhausted_first_and_both_directions_come_up() -> None:
    stories = [
        story(1, (1, 2)), story(2, (2, 1)), story(3, (3, 4), tier=2), story(4, (5, 6), tier=1),
    ]  # fmt: skip
    first = [draw_stories(stories, 2, random.Random(seed)) for seed in range(60)]
    assert all({one.story.tier for one in drawn} == {0, 1} for drawn in first)
    assert {one.story.number for drawn in first for one in drawn} == {1, 2, 4}


@pytest.mark.parametrize("seed", range(60))
def test_no_pair_of_values_is_drawn_twice_and_the_same_seed_draws_the_same(seed: int) -> None:
    rng = random.Random(seed)
    pairs = [(first, second) for _ in range(rng.randrange(20)) for first, second in [rng.sample(range(6), 2)]]
    stories = [story(n, pair, context=f"c{n % 3}", tier=n % 2, shown=n % 4) for n, pair in enumerate(pairs)]
    wanted = rng.randint(1, 8)
    drawn = draw_stories(stories, wanted, random.Random(seed))
    met = [frozenset(one.story.pair) for one in drawn]
    assert len(met) == len(set(met)) == min(wanted, len({frozenset(pair) for pair in pairs}))
    assert drawn == draw_stories(stories, wanted, random.Random(seed))
    assert all(0 < one.probability <= 1 for one in drawn)


def test_pairs_for_stories_link_every_value_and_stop_at_the_limit() -> None:
    rng = random.Random(3)
    vectors = {n: [rng.gauss(0, 1) for _ in range(8)] for n in range(1, 13)}
    pairs = choose_pairs(vectors, {1: 9}, most=40)
    assert {n for pair in pairs for n in pair} == set(vectors)
    assert 1 in pairs[0] and len(set(pairs)) == len(pairs)
    assert len(choose_pairs(vectors, {}, most=5, known=frozenset(pairs[:3]))) == 2
    assert choose_pairs({1: [1.0]}, {}, most=5) == []


def test_bots_take_their_turns_by_number_once_all_are_there() -> None:
    went: list[int] = []

    async def bot(number: int, places: asyncio.Semaphore, turns: Turns) -> None:
        async with places:
            await asyncio.sleep(0.001 * (7 - number))  # later numbers come first
            if number != 3:  # somebody leaves before the stage
                assert await turns.enter(number)
                assert not await turns.enter(number), "the turn is theirs until they leave"
                went.append(number)
                await asyncio.sleep(0)
            turns.leave(number)

    async def crowd() -> None:
        places = asyncio.Semaphore(2)
        turns = Turns(7, places)
        await asyncio.wait_for(asyncio.gather(*(bot(n, places, turns) for n in range(7))), 10)

    asyncio.run(crowd())
    assert went == [0, 1, 2, 4, 5, 6]


@pytest.mark.django_db
def test_a_database_without_pgvector_is_named_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from elicitation.moral_graph.checks import vectors_can_be_compared

    assert vectors_can_be_compared(databases=["default"]) == []
    monkeypatch.setattr("elicitation.moral_graph.checks.EXTENSION", "no-such-extension")
    (found,) = vectors_can_be_compared(databases=["default"])
    assert found.id == "moral_graph.E001" and "pgvector" in (found.hint or "")
