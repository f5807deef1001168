"""The simulator's taste: merit first, then what it was told to be swayed by, and nothing else."""

import json
import random

import pytest

from multivocal.llm.simulator.judging import Material, material_in, worth_of
from multivocal.llm.simulator.personalities import PERSONALITIES, Taste
from multivocal.llm.simulator.requests import BadRequest, read_chat
from tests.annotators.kit import GOOD, POOR

STEADY = Taste(noise=0)


def worth(texts: dict[str, str], taste: Taste, reference: str = "") -> dict[str, float]:
    material = Material(texts, "Why is seven special?", reference, "")
    return worth_of(material, taste, random.Random(1))


def test_merit_does_not_depend_on_the_place() -> None:
    straight = worth({"A": GOOD, "B": POOR}, STEADY)
    turned = worth({"A": POOR, "B": GOOD}, STEADY)
    assert straight["A"] == turned["B"] > straight["B"] == turned["A"]


def test_the_first_is_favoured_only_where_that_was_asked_for_and_there_is_a_second() -> None:
    same = worth({"A": POOR, "B": POOR}, STEADY)
    assert same["A"] == same["B"]
    bent = worth({"A": POOR, "B": POOR}, Taste(noise=0, first=0.2))
    assert bent["A"] == pytest.approx(bent["B"] + 0.2)
    assert worth({"A": POOR}, Taste(noise=0, first=0.2))["A"] == same["A"]


def test_length_sways_only_who_is_asked_to_be_swayed() -> None:
    # Repeating oneself is no merit; it is length.
    texts = {"A": POOR, "B": f"{POOR} {POOR} {POOR}"}
    fair, long = worth(texts, STEADY), worth(texts, Taste(noise=0, longer=0.5))
    assert fair["B"] <= fair["A"]
    assert long["B"] > long["A"]


def test_what_is_nearest_to_the_reference_is_best_and_nothing_is_worst() -> None:
    found = worth({"A": POOR, "B": GOOD, "C": ""}, STEADY, reference=GOOD)
    assert found["B"] > found["A"] > found["C"]


def test_personalities_differ_in_taste_and_a_request_may_set_it() -> None:
    assert PERSONALITIES["sim-blunt"].taste.first > 0 == PERSONALITIES["sim-plain"].taste.first
    assert PERSONALITIES["sim-scholar"].taste.longer > 0
    said = {"model": "sim-plain", "messages": [{"role": "user", "content": "Hello"}]}
    assert read_chat(json.dumps(said | {"taste": {"first": 0.3}}).encode()).taste.first == 0.3
    for wrong in ({"second": 1}, {"first": "much"}, {"first": True}, [1], "long"):
        with pytest.raises(BadRequest):
            read_chat(json.dumps(said | {"taste": wrong}).encode())


def test_talk_is_not_taken_for_material() -> None:
    assert material_in([{"role": "user", "content": "Is <<<response A>>> a good name?"}]) is None
    assert material_in([]) is None
