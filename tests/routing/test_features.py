"""Features of texts, bins that stay where they were fixed, and tags held to their vocabulary."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.routing.domain.batch import Batch
from annotation.routing.domain.bins import Edges, apply, fix_edges
from annotation.routing.domain.cases import Case
from annotation.routing.domain.features import REGISTRY, feature
from annotation.routing.domain.gathering import feature_table
from annotation.routing.domain.table import Table
from annotation.routing.domain.tags import Tags, columns, names_of_columns, prompt, read_tags, schema
from annotation.routing.domain.texts import LONGEST
from annotation.routing.domain.vocabulary import DIMENSIONS
from annotation.statistics.errors import NotEstimable
from tests.routing.plain_features import PLAIN, Taken

WORD = st.sampled_from(
    [
        "Ada", "ada", "ADA", "the", "The", "walked", "walking", "1843", "٣", "²", "İstanbul", "ΣΑΣ", "don't", "ǅ",
        "x_1", "- one", "\n* two", "\n\n 3) ", "•", "def f():", "</p>", "){", "\x1c", "\xa0", "مرحبا", "你好", "\ud800",
    ]
)  # fmt: skip
TEXT = st.lists(WORD | st.text(max_size=8), max_size=9).flatmap(
    lambda words: st.sampled_from([" ", "", "\n", ", "]).map(lambda between: between.join(words))
)


def measure(name: str, prompt: str, a: str, b: str) -> float:
    return float(REGISTRY[name].measure(Batch.of([Case("1", prompt, a, b)]))[0])


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
@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=6), st.data())
def test_many_at_once_are_what_each_is_word_by_word(
    texts: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    if texts:  # a text that stands at several places is taken apart once
        texts += [data.draw(st.permutations(texts[0])), (texts[0][1],) * 3]
    table = feature_table([Case(str(n), *each) for n, each in enumerate(texts)])
    assert set(table.names) == set(PLAIN)
    for each, row in zip(texts, table.values.tolist(), strict=True):
        expected = [PLAIN[name](Taken(*each)) for name in table.names]
        assert row == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True), (each, table.names)


def test_what_many_at_once_are_does_not_depend_on_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [Case(str(n), f"say {n}", f"yes {n % 3}", f"No {n}.\n- {n}") for n in range(10)]
    whole = feature_table(cases).values
    monkeypatch.setattr("annotation.routing.domain.gathering._AT_ONCE", 3)
    np.testing.assert_array_equal(feature_table(cases).values, whole)


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert measure("word_overlap", "", "a" * LONGEST + " b", "a" * LONGEST) == 1


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT, TEXT)
def test_measures_are_numbers_and_do_not_care_which_response_is_a(prompt: str, a: str, b: str) -> None:
    there = feature_table([Case("1", prompt, a, b), Case("2", prompt, b, a)])
    for name, group, values in zip(there.names, there.groups, there.values.T, strict=True):
        assert values[0] == pytest.approx(values[1], nan_ok=True), name
        if group == "similarity":
            assert math.isnan(values[0]) or -1e-9 <= values[0] <= 1 + 1e-9


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
