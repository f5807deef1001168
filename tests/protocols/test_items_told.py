"""A file that is wrong is told what would be right, and every faulty rule of a row at once."""

import json

from annotation.protocols.items.reading import read_items


def test_an_unknown_column_names_those_that_are_known() -> None:
    (note,) = read_items(b"id,prompt,response_a\n1,Why?,So\n", name="x.csv").bad
    assert "“response_a” is not known" in str(note) and "response_1" in str(note) and "text" in str(note)


def test_every_faulty_rule_of_a_row_is_named() -> None:
    gold = {"likert": {"best": ["x"]}, "vas": {"score": {"y": [1, 2]}}}
    row = {"id": "1", "prompt": "Why?", "responses": [{"text": "So"}], "split": "gold", "gold": gold}
    (note,) = read_items(json.dumps(row).encode(), name="x.jsonl").bad
    assert "gold.likert" in str(note) and "gold.vas" in str(note)
