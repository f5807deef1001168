"""A file of items is read whole or every bad row is named by its line and the reason."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.protocols.items.reading import LARGEST, Read, read_items


def row(**more: Any) -> str:
    """Return one line of JSONL."""
    return json.dumps({"id": "a", "prompt": "Why?", "responses": [{"text": "x"}, {"text": "y"}], **more})


def read(text: str | bytes, name: str = "items.jsonl") -> Read:
    """Return what a file holds."""
    return read_items(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), name=name)


HEADER = "id,prompt,response_1,response_2"
BAD_LINES = [
    (row(id=7), 1, "id: a text is needed"),
    (row(prompt=" "), 1, "the prompt is empty"),
    (row(responses=[]), 1, "responses: at least 1"),
    (json.dumps({"id": "a", "prompt": "Why?"}), 1, "responses: this is needed"),
    (row(responses=[{"text": "x"}, {"text": " "}]), 1, "the response “2” is empty"),
    (
        row(responses=[{"id": "r", "text": "x"}, {"id": "r", "text": "y"}]),
        1,
        "the response id “r” stands twice",
    ),
    (row(responses=[{"text": 5}]), 1, "responses.0.text: a text is needed"),
    (row(responses=[{"text": "x", "role": "boss"}]), 1, "responses.0.role"),
    (row(responses=[{"text": "x", "role": "hidden_reference"}] * 2), 1, "at most one hidden reference"),
    (row(responses=[{"text": "x", "covariates": {"t": True}}]), 1, "covariates.t: a number is needed"),
    (row().replace('"x"', '"x", "covariates": {"t": NaN}'), 1, "NaN"),
    (row().replace('"x"', '"x", "covariates": {"t": 1e999}'), 1, "too large"),
    (row().replace('"x"', f'"x", "covariates": {{"t": 1{"0" * 5000}}}'), 1, "too large"),
    (row(bogus=1), 1, "bogus: this key is not known here"),
    (row(gold={"any": {"best": ["9"]}}), 1, "“9”, which the item has not"),
    (row(gold={"any": {}}), 1, "says nothing"),
    (row(gold={"any": {"score": {"1": [7, 1]}}}), 1, "above the highest"),
    (row(gold={"any": {"answer": {"k": ["\0"]}}}), 1, "U+0000"),
    (row(gold={"any": {"answer": {"k": ["\ud800"]}}}), 1, "U+D800"),
    (row(split="gold"), 1, "says in gold what is accepted"),
    (row(units=[{"id": "q", "text": "?", "parent": "q"}]), 1, "does not stand before it"),
    (row() + "\n\n" + row(prompt="Other"), 3, "the id “a” stands in line 1 with other content"),
    (row()[:-1], 1, "is not JSON"),
    ('{"id": "a", "id": "b"}', 1, "the key “id” twice"),
    (f"[{row()}]", 1, "one object on each line"),
    ("[" * 100_000, 1, "nested too deeply"),
    (row(prompt="x" * 100_001), 1, "at most 100000"),
    (b'{"id": "a"}\n{"id": "\xe9"}', 2, "is not UTF-8 (byte 9 of the line)"),
    (row().encode("utf-16"), 0, "UTF-16"),
    (b" \n\n", 0, "the file is empty"),
    (b'{"prompt": "' + b"x" * LARGEST + b'"}', 0, "larger than 64 MB"),
    (json.dumps({"id": "p", "instruction": "x", "response_1": "y"}), 1, "response_2: this is needed"),
    (
        json.dumps({"id": "p", "instruction": "x", "response_1": "y", "response_2": None}),
        1,
        "response_2: a text",
    ),
    (
        json.dumps({"id": "p", "instruction": "x", "response_1": "y", "response_2": "z", "models": "a"}),
        1,
        "two names",
    ),
]


@pytest.mark.parametrize(("text", "line", "reason"), BAD_LINES, ids=[case[2][:30] for case in BAD_LINES])
def test_a_bad_line_is_named_with_its_reason(text: str | bytes, line: int, reason: str) -> None:
    (note,) = (note for note in read(text).bad if note.line == line)
    assert reason in note.reason


BAD_TABLES = [
    (f"{HEADER},score\na,Why?,x,y,1\n", 1, "the column “score” is not known"),
    ("id,prompt,response_1,response_01\na,Why?,x,y\n", 1, "the column “response_01” is not known"),
    (f"{HEADER},id\n", 1, "the column “id” stands twice"),
    ("prompt,response_1\nWhy?,x\n", 1, "no column “id”"),
    ("id,prompt\na,Why?\n", 1, "neither a column “text” nor “response_1”"),
    (f"{HEADER}\na,Why?,x\nb,Why?,x,y\n", 2, "has 3 columns, and the header 4"),
    (f'{HEADER}\na,"Why\n?",x,y\nb,Why?,x,y,z\n', 4, "has 5 columns"),
    (f'{HEADER}\na,Why?,"x,y\n', 2, "is not CSV"),
    (f"{HEADER}\na,Why?,x\0,y\n", 2, "U+0000"),
    (f"{HEADER},block\na,Why?,x,y,²\n", 2, "block: is no whole number"),
    (f'{HEADER},gold\na,Why?,x,y,"{{""any"": NaN}}"\n', 2, "gold: has NaN"),
    (f"{HEADER}\na,Why?,x,y\na,Why?,x,z\n", 3, "stands in line 2 with other content"),
    ("id,prompt,text\na,Why?,x\na,How?,y\n", 3, "says other things about the item “a” than line 2"),
    ("id,prompt,text,response_id\na,Why?,x,r\na,Why?,y,r\n", 2, "the response id “r” stands twice"),
    (f"{HEADER}\n", 0, "the file has no items"),
    (HEADER.encode() + b"\na,\xe9,x,y\n", 2, "is not UTF-8 (byte 3 of the line)"),
]


@pytest.mark.parametrize(("text", "line", "reason"), BAD_TABLES, ids=[case[2][:30] for case in BAD_TABLES])
def test_a_bad_row_of_a_table_is_named_with_its_reason(text: str | bytes, line: int, reason: str) -> None:
    (note,) = (note for note in read(text, "items.csv").bad if note.line == line)
    assert reason in note.reason


def test_what_programs_write_is_read_as_what_it_means() -> None:
    expected = read(row()).items[0][1]
    assert read(b"\xef\xbb\xbf" + row().encode()).items[0][1] == expected
    for mark in ",;\t":
        table = f"{HEADER}\r\na,Why?,x,y\r\n".replace(",", mark)
        assert read("\ufeff" + table, "items.csv").items[0][1] == expected
    long = "id,prompt,text,response_id\na,Why?,x,1\na,Why?,y,2\n"
    assert read(long, "").items[0][1] == expected
    assert read(f"{row()}\n{row()}").repeated == 1


def test_any_number_of_responses_with_references_anchors_and_gold() -> None:
    rows = [
        row(id="one", responses=[{"text": "x"}]),
        row(id="many", responses=[{"text": str(n), "system": f"s{n}"} for n in range(26)]),
        row(id="heard", reference="R", responses=[
            {"text": "R", "role": "hidden_reference"}, {"text": "l", "role": "low_anchor"}, {"text": "x"},
        ]),
        row(id="sure", split="gold", gold={"likert": {"score": {"1": [5, 7]}}, "any": {"best": ["1"]}}),
    ]  # fmt: skip
    found = read("\n".join(rows))
    assert not found.bad
    assert [len(item.responses) for _line, item in found.items] == [1, 26, 3, 2]
    assert len(read(row(responses=[{"text": "x"}] * 27)).bad) == 1


def test_a_boolean_where_a_model_said_true_is_its_text() -> None:
    pair = {
        "id": "p",
        "instruction": "Is it so?",
        "input": "",
        "response_1": True,
        "response_2": "",
        "models": "a_b",
    }
    found = read(json.dumps(pair))
    ((line, item),) = found.items
    assert (line, item.responses[0].text, item.responses[1].text) == (1, "true", "")
    assert [note.line for note in found.notes] == [1, 1]
    assert {response.system for response in item.responses} == {"a", "b"}


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(["a.csv", "a.jsonl", ""]),
)
def test_no_bytes_break_the_reader(raw: bytes, name: str) -> None:
    found = read(raw, name)
    assert found.items or found.bad


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
KEYS = (
    "id",
    "prompt",
    "responses",
    "gold",
    "units",
    "context",
    "block",
    "split",
    "response_1",
    "instruction",
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), VALUE, max_size=6))
def test_no_object_breaks_the_reader(data: dict[str, Any]) -> None:
    found = read(json.dumps(data) + "\n" + row())
    assert {note.line for note in found.bad} <= {1, 2}
    assert len(found.items) + len(found.bad) == 2
