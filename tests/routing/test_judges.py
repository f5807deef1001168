"""The simulated judges have the quality they are planted with: measured over the shipped pairs, through requests."""

import json
from collections import Counter
from typing import Any

import orjson
import pytest

from annotation.protocols.annotators.making import config_of_kind
from annotation.protocols.annotators.prompts import messages_for
from annotation.protocols.annotators.replies import Unparsed, read_reply
from annotation.protocols.annotators.shapes import DEFAULT_RUBRIC, AskParams
from annotation.protocols.registry import NoAnswer, Shown, answer_schema
from multivocal.llm.simulator.judges import JUDGES, own_worth
from multivocal.llm.simulator.replies import make_reply
from multivocal.llm.simulator.requests import read_chat
from multivocal.studies.shipped import FOLDER
from multivocal.studies.simulate.known import known_answer, truth_of
from multivocal.studies.simulate.planted import read_mind, shipped_mind

SHARP, ROUGH = JUDGES


def pairs() -> list[tuple[str, str, str]]:
    rows = [json.loads(line) for line in (FOLDER / "hybrid.pandalm.jsonl").read_text("utf-8").splitlines()]
    return [
        (row["prompt"], *(one["text"] for one in row["responses"]))
        for row in rows
        if row.get("split", "main") == "main"
    ]


def ask(judge: str, prompt: str, texts: tuple[str, str], seed: int = 1) -> Any:
    config, params = config_of_kind("pairwise5"), AskParams()
    shown = Shown(slots=("A", "B"), texts=dict(zip("AB", texts, strict=True)), prompt=prompt)
    body = {
        "model": judge,
        "messages": [vars_of(one) for one in messages_for(DEFAULT_RUBRIC, config, params, shown)],
        "seed": seed,
        "max_tokens": 600,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"schema": answer_schema(config, shown)},
        },
    }
    text = make_reply(read_chat(orjson.dumps(body))).text
    return read_reply(config, text, shown)


def vars_of(message: Any) -> dict[str, str]:
    return {"role": message.role, "content": message.content}


def sign(strength: int) -> str:
    return "tie" if strength == 0 else "a" if strength < 0 else "b"


TURN = {"a": "b", "b": "a", "tie": "tie"}


def measured(judge: str) -> dict[str, float]:
    """Shares over the shipped pairs: right, conflicts between orders, first slot chosen, unread replies."""
    found: Counter[str] = Counter()
    for prompt, first, second in pairs():
        both = [ask(judge, prompt, (first, second)), ask(judge, prompt, (second, first))]
        read = [one for one in both if not isinstance(one, Unparsed | NoAnswer)]
        found["unread"] += 2 - len(read)
        found["first"] += sum(sign(one.strength) == "a" for one in read)
        found["decided"] += sum(one.strength != 0 for one in read)
        if len(read) == 2:
            labels = sign(read[0].strength), TURN[sign(read[1].strength)]
            found["both"] += 1
            found["conflict"] += labels[0] != labels[1]
            found["right"] += labels[0] == truth_of(first, second)
    return {
        "right": found["right"] / found["both"],
        "conflict": found["conflict"] / found["both"],
        "first": found["first"] / found["decided"],
        "unread": found["unread"] / (2 * len(pairs())),
    }


def test_one_judge_is_better_than_the_other_and_both_have_their_planted_faults() -> None:
    sharp, rough = measured(SHARP), measured(ROUGH)
    assert 0.7 < sharp["right"] < 0.9
    assert 0.5 < rough["right"] < sharp["right"] - 0.1
    assert 0.05 < sharp["conflict"] < rough["conflict"] - 0.1
    assert 0.5 < sharp["first"] < rough["first"] - 0.05
    assert 0 < sharp["unread"] < rough["unread"] < 0.1


def test_a_judge_says_the_same_of_the_same_request_and_another_thing_with_another_seed() -> None:
    prompt, first, second = pairs()[0]
    assert ask(ROUGH, prompt, (first, second)) == ask(ROUGH, prompt, (first, second))
    assert len({repr(ask(ROUGH, prompt, (first, second), seed=n)) for n in range(12)}) > 1


def test_conflicts_tell_where_a_judge_is_wrong() -> None:
    """The signal that routing lives on is in the planted errors."""
    right: dict[bool, list[bool]] = {True: [], False: []}
    for prompt, first, second in pairs():
        both = [ask(ROUGH, prompt, (first, second)), ask(ROUGH, prompt, (second, first))]
        if not any(isinstance(one, Unparsed | NoAnswer) for one in both):
            labels = sign(both[0].strength), TURN[sign(both[1].strength)]
            right[labels[0] != labels[1]].append(labels[0] == truth_of(first, second))
    conflict, calm = (sum(right[key]) / len(right[key]) for key in (True, False))
    assert conflict < calm - 0.15


def test_a_judge_is_sure_where_it_sees_a_difference() -> None:
    config = config_of_kind("dimensions").model_copy(update={"confidence": 5, "overall": "first"})
    ordered = sorted(pairs(), key=lambda pair: abs(own_worth(pair[1]) - own_worth(pair[2])))

    def mean(some: list[tuple[str, str, str]]) -> float:
        return sum(_confidence(config, *pair) for pair in some) / len(some)

    assert mean(ordered[:25]) < mean(ordered[-25:]) - 1


def _confidence(config: Any, prompt: str, first: str, second: str) -> int:
    shown = Shown(slots=("A", "B"), texts={"A": first, "B": second}, prompt=prompt)
    body = {
        "model": SHARP,
        "messages": [vars_of(one) for one in messages_for(DEFAULT_RUBRIC, config, AskParams(), shown)],
        "seed": 1,
        "taste": {"prose": 0, "fenced": 0},
        "response_format": {"type": "json_schema", "json_schema": {"schema": answer_schema(config, shown)}},
    }
    return int(json.loads(make_reply(read_chat(orjson.dumps(body))).text)["confidence"])


@pytest.mark.parametrize("kind", ["pairwise2", "pairwise3", "pairwise5", "pairwise7"])
def test_the_crowd_is_right_as_often_as_it_is_planted(kind: str) -> None:
    mind = read_mind(FOLDER / "hybrid.mind.yaml")
    said = Counter[bool]()
    for n in range(8):
        for _prompt, *texts in pairs():
            given = dict(mind.answer(kind, [" ".join(text.split()) for text in texts], f"person-{n}", "s1"))
            if "answer.no_answer" not in given:
                strength = int(given.get("answer.strength", 0))
                outcome = given.get("answer.choice") or sign(strength)
                said[outcome == truth_of(*texts, ties=kind != "pairwise2")] += 1
    assert abs(said[True] / said.total() - 0.9) < 0.03


def test_sides_do_not_change_what_the_crowd_says() -> None:
    import random

    texts = ["one of them is short", "the other one is a little longer than that"]
    for seed in range(20):
        straight = known_answer("pairwise3", texts, 0.5, random.Random(seed))
        turned = known_answer("pairwise3", texts[::-1], 0.5, random.Random(seed))
        assert TURN[straight[0][1]] == turned[0][1]


def test_a_mind_is_used_unasked_only_where_its_study_needs_it() -> None:
    assert shipped_mind("hybrid") is not None
    assert shipped_mind("rating-vs-ranking") is None
    assert shipped_mind("../shipped/hybrid") is None
    assert shipped_mind("nothing") is None
