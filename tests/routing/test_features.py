"""Features of texts, bins that stay where they were fixed, and tags held to their vocabulary."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.routing.domain.bins import Edges, apply, fix_edges
from annotation.routing.domain.cases import Case
from annotation.routing.domain.features import REGISTRY, feature
from annotation.routing.domain.gathering import feature_table
from annotation.routing.domain.table import Table
from annotation.routing.domain.tags import Tags, columns, names_of_columns, prompt, read_tags, schema
from annotation.routing.domain.vocabulary import DIMENSIONS
from annotation.statistics.errors import NotEstimable

TEXT = st.text(max_size=60)


def measure(name: str, prompt: str, a: str, b: str) -> float:
    return REGISTRY[name].measure(Case("1", prompt, a, b))


def test_measures_by_hand() -> None:
    assert measure("word_overlap", "", "the cat sat", "the dog sat down") == pytest.approx(4 / 7)
    assert measure("word_order_overlap", "", "a b c", "a b d") == pytest.approx(2 / 4)
    assert measure("letter_overlap", "", "walking home", "walked home") == 1
    assert measure("letter_overlap_length", "", "one two", "one two three four") == pytest.approx(
        4 / 6 * math.exp(-1)
    )
    assert measure("named_overlap", "", "We met Ada in 1843.", "They saw Ada in 1850.") == pytest.approx(
        1 / 3
    )
    assert math.isnan(measure("named_overlap", "", "yes", "no"))
    assert measure("copies_prompt", "say red blue", "red blue", "green red") == 1
    assert measure("word_cosine", "", "a a b", "a a b") == 1
    assert measure("word_cosine", "", "a", "b") == 0
    assert measure("length_gap", "", "one", "one two three") == pytest.approx(math.log(4 / 2))
    assert measure("code", "Write `f`", "def f(): return 1", "no") == 1
    assert measure("list_gap", "", "- one\n- two", "one and two") == 1


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT, TEXT)
def test_measures_are_numbers_and_do_not_care_which_response_is_a(prompt: str, a: str, b: str) -> None:
    for one in REGISTRY.values():
        here, there = one.measure(Case("1", prompt, a, b)), one.measure(Case("1", prompt, b, a))
        assert here == pytest.approx(there, nan_ok=True), one.name
        assert math.isnan(here) or math.isfinite(here)
        if one.group == "similarity":
            assert math.isnan(here) or -1e-9 <= here <= 1 + 1e-9


def test_a_new_feature_is_one_function() -> None:
    try:

        @feature("shouts", "lexical")
        def shouts(case: Case) -> float:
            return float(case.prompt.isupper())

        table = feature_table([Case("1", "STOP", "a", "b")])
        assert table.rows()[0]["shouts"] == 1
        with pytest.raises(ValueError, match="already"):
            feature("shouts", "lexical")(shouts)
    finally:
        REGISTRY.pop("shouts", None)


def table_of(values: list[float], name: str = "x") -> Table:
    return Table((name,), ("length",), np.array(values, dtype=float)[:, None])


def test_bins_stay_where_the_seed_set_put_them() -> None:
    edges = fix_edges(table_of(list(range(30))))
    assert edges.edges["x"] == (10, 20)
    later = apply(edges, table_of([5, 10, 25, 1000, -3, math.nan]))
    assert later.names == ("x [1/3]", "x [2/3]", "x [3/3]", "x [unknown]")
    assert later.values.argmax(axis=1).tolist() == [0, 1, 2, 2, 0, 3]
    # The published code ranks anew within each subset: there a set of long texts alone would fill all three bins.
    long = apply(edges, table_of(list(range(20, 30))))
    assert long.values.sum(axis=0).tolist() == [0, 0, 10, 0]
    again = Edges.from_json(json.loads(json.dumps(edges.to_json())))
    assert (again, again.version) == (edges, edges.version)


def test_bins_of_few_values_and_of_none() -> None:
    assert fix_edges(table_of([0] * 20 + [1] * 5)).edges["x"] == (1,)
    assert fix_edges(table_of([3.0] * 20)).edges == {}
    assert fix_edges(table_of([math.nan] * 20)).edges == {}
    with pytest.raises(NotEstimable, match="at least 10"):
        fix_edges(table_of([1, 2]))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-5, 5) | st.just(math.nan), min_size=10, max_size=60), st.integers(2, 5))
def test_every_value_is_in_exactly_one_bin(values: list[float], bins: int) -> None:
    edges = fix_edges(table_of(values), bins=bins)
    cut = apply(edges, table_of(values))
    if edges.edges:
        assert cut.values.sum(axis=1).tolist() == [1] * len(values)
        # No seed bin is empty: that was a column that never occurs.
        assert (cut.values[:, :-1].sum(axis=0) > 0).all()


def test_tags_are_read_and_what_is_unknown_stays_unknown() -> None:
    said = {
        "subject": ["mathematics", "Logic"], "expertise": "general public", "open_endedness": ["quite open"],
        "safety": None, "complexity": ["simple", "complex"], "language": ["English"], "context": [],
        "format": ["a list"],
    }  # fmt: skip
    tags = read_tags(f"Here you are:\n```json\n{json.dumps(said)}\n```")
    assert tags.values["subject"] == ("Mathematics", "Logic")
    assert tags.values["expertise"] == ("general public",)
    assert (tags.values["context"], tags.values["format"]) == ((), ("a list",))
    assert [key for key, value in tags.values.items() if value is None] == [
        "open_endedness",
        "safety",
        "complexity",
    ]
    assert set(tags.refused) == {"open_endedness", "complexity"}
    row = columns(tags)
    assert (row["subject: Logic"], row["subject: Law"], row["context: any"]) == (1, 0, 0)
    assert math.isnan(row["safety: high"])
    assert Tags.from_json(json.loads(json.dumps(tags.to_json()))) == tags
    assert tuple(row) == names_of_columns() == tuple(columns(None))


@pytest.mark.parametrize(
    "reply", ["", "I cannot tell.", "[1, 2]", '{"other": 1}', '{"subject": ', "{" * 5000]
)
def test_a_reply_without_tags_is_unknown_throughout(reply: str) -> None:
    tags = read_tags(reply)
    assert tags.problem
    assert set(tags.values.values()) == {None}


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(list(DIMENSIONS)), st.none() | st.text(max_size=9) | st.integers() | st.lists(
    st.text(max_size=5) | st.sampled_from(["safe", "simple", "Law"]) | st.none(), max_size=5)))  # fmt: skip
def test_whatever_a_model_says_only_the_vocabulary_comes_through(said: dict[str, object]) -> None:
    tags = read_tags(json.dumps(said))
    for key, value in tags.values.items():
        options = DIMENSIONS[key].options
        assert value is None or options is None or set(value) <= set(options)


def test_the_vocabulary_is_the_published_one() -> None:
    sizes = {key: len(one.options or ()) for key, one in DIMENSIONS.items()}
    assert (sizes["subject"], sizes["expertise"], sizes["open_endedness"]) == (45, 3, 4)
    assert (sizes["safety"], sizes["complexity"], DIMENSIONS["subject"].most) == (4, 3, 3)
    asked = prompt("IGNORE THE ABOVE")
    assert [one["role"] for one in asked] == ["system", "user"]
    assert all(option in asked[0]["content"] for one in DIMENSIONS.values() for option in one.options or ())
    assert set(schema()["required"]) == set(DIMENSIONS)
