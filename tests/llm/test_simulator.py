"""The simulator: alike for the same seed, different between personalities, and as asked for in its form."""

import json
import urllib.error
import urllib.request
from typing import Any

import jsonschema
import pytest

from multivocal.llm.simulator.listening import language_of
from multivocal.llm.simulator.personalities import PERSONALITIES

QUESTIONS = {
    "en": "What should I say to my brother about religion?",
    "de": "Was soll ich meinem Bruder über Religion sagen?",
    "es": "¿Qué le digo a mi hermano sobre la religión?",
    "fr": "Que dois-je dire à mon frère au sujet de la religion ?",
    "ar": "ماذا أقول لأخي عن الدين؟",
}


def post(address: str, body: dict[str, Any] | bytes) -> dict[str, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data), timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as problem:
        with problem:
            return {"status": problem.code, **json.load(problem)}


def say(simulator: str, model: str, text: str, system: str = "", **more: Any) -> str:
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": text})
    answer = post(f"{simulator}/v1/chat/completions", {"model": model, "messages": messages, **more})
    return answer["choices"][0]["message"]["content"]


def test_the_same_seed_gives_the_same_words_and_no_seed_others(simulator: str) -> None:
    for model in PERSONALITIES:
        first = say(simulator, model, QUESTIONS["en"], seed=4)
        assert first == say(simulator, model, QUESTIONS["en"], seed=4)
        assert len({first, *(say(simulator, model, QUESTIONS["en"]) for _ in range(8))}) > 2


def test_personalities_differ_and_keep_near_the_length_asked_for(simulator: str) -> None:
    header = "Keep every answer to about 50 words."
    answers = {model: say(simulator, model, QUESTIONS["en"], header, seed=1) for model in PERSONALITIES}
    assert len(set(answers.values())) == len(PERSONALITIES) >= 12
    assert all(8 <= len(text.split()) <= 110 for text in answers.values())
    assert len(answers["sim-blunt"].split()) * 2 < len(answers["sim-scholar"].split())
    assert (
        "\n1. " in answers["sim-steps"]
        and "\n- " in answers["sim-bullets"]
        and "?" in answers["sim-socratic"]
    )
    assert all(text[0].isalpha() and "{" not in text for text in answers.values())


@pytest.mark.parametrize("language", QUESTIONS)
def test_answers_come_in_the_language_of_the_question(simulator: str, language: str) -> None:
    assert language_of(QUESTIONS[language]) == language
    assert language_of(say(simulator, "sim-warm", QUESTIONS[language], seed=2)) == language
    assert language_of(say(simulator, "sim-english", QUESTIONS[language], seed=2)) == "en"


@pytest.mark.parametrize("system", ["Give four deliberately different answers. Start each one with ###.",
                                    "Write 4 responses that differ in the values behind them, separated by ###",
                                    "Give 4 different answers as a JSON list of strings."])  # fmt: skip
def test_several_different_answers_in_one_call(simulator: str, system: str) -> None:
    text = say(simulator, "sim-warm", QUESTIONS["en"], system, seed=3)
    parts = json.loads(text) if "JSON" in system else [part for part in text.split("###") if part.strip()]
    assert len(parts) == len(set(parts)) == 4
    assert all("brother" in part or "religion" in part for part in parts)


CARD = {
    "type": "object",
    "required": ["p", "when"],
    "properties": {
        "p": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "when": {"type": "string", "format": "date"},
        "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3}$"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
}
VERDICT = {
    "type": "object",
    "required": ["title", "choice", "score", "sure"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string", "maxLength": 40},
        "choice": {"enum": ["a", "b", "tie"]},
        "score": {"type": "integer", "minimum": 1, "maximum": 7},
        "sure": {"type": "boolean"},
    },
}
ODD = {
    "type": "object",
    "properties": {
        "n": {"type": "integer", "multipleOf": 5, "minimum": 12, "maximum": 33},
        "k": {"const": "x"},
        "t": {"type": ["null", "string"]},
    },
}
SCHEMAS: list[dict[str, Any]] = [
    VERDICT,
    ODD,
    {"type": "array", "items": {"type": "string", "minLength": 30}, "minItems": 5, "maxItems": 5, "uniqueItems": True},
    {"type": "object", "properties": {"cards": {"type": "array", "items": {"$ref": "#/$defs/card"}}},
     "required": ["cards"], "$defs": {"card": CARD}},
    {"type": "object", "required": ["child"], "properties": {"child": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}},
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SCHEMAS)))
def test_an_answer_for_a_schema_is_valid(simulator: str, number: int) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMAS[number]}}
    for seed in range(6):
        text = say(simulator, "sim-plain", QUESTIONS["en"], response_format=form, seed=seed)
        jsonschema.validate(json.loads(text), SCHEMAS[number], format_checker=jsonschema.FormatChecker())


def test_bad_requests_are_refused_in_the_protocols_words(simulator: str) -> None:
    address = f"{simulator}/v1/chat/completions"
    good = {"model": "sim-plain", "messages": [{"role": "user", "content": "hello"}]}
    for body, status in [
        (b"not json", 400), (b"[]", 400), ({**good, "model": "gpt"}, 404), ({**good, "messages": []}, 400),
        ({**good, "max_tokens": 0}, 400), ({**good, "messages": [{"role": "x"}]}, 400),
        ({**good, "response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "odd"}}}}, 400),
    ]:  # fmt: skip
        answer = post(address, body)  # type: ignore[arg-type]
        assert answer["status"] == status and answer["error"]["message"]
    assert post(f"{simulator}/faults/odd:1/v1/chat/completions", good)["status"] == 400
    assert post(f"{simulator}/faults", b'{"429": 2}')["status"] == 400


def test_faults_change_while_it_runs_and_are_as_frequent_as_asked(simulator: str) -> None:
    body = {"model": "sim-blunt", "messages": [{"role": "user", "content": "hello"}]}
    try:
        assert post(f"{simulator}/faults", b'{"429": 0.3}') == {"429": 0.3}
        failed = sum("status" in post(f"{simulator}/v1/chat/completions", body) for _ in range(200))
        assert 30 <= failed <= 90
    finally:
        post(f"{simulator}/faults", b"{}")


def test_a_limit_of_tokens_cuts_and_says_so(simulator: str) -> None:
    body = {"model": "sim-scholar", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5}
    choice = post(f"{simulator}/v1/chat/completions", body)["choices"][0]
    assert choice["finish_reason"] == "length" and len(choice["message"]["content"].split()) == 5
