"""The interchange files: good ones read whole, every bad row named by line and reason."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.statistics.interchange import Rules, read_pairwise, read_rankings, read_ratings
from multivocal.domain.files import BadFile

R, K, P = "item,rater,stimulus,score", "item,rater,stimulus,rank", "item,rater,a,b,outcome"
READERS: dict[str, Callable[..., Any]] = {R: read_ratings, K: read_rankings, P: read_pairwise}


def table(head: str, *rows: str) -> bytes:
    return "\n".join([head, *rows, ""]).encode()


# head, rows, the line of the first fault (0: the whole file) and the words that name it
BAD: dict[str, tuple[str, list[str], int, str]] = {
    "score NaN": (R, ["i,ann,x,4", "i,ann,y,NaN"], 3, "the score “NaN” is not a number"),
    "score infinite": (R, ["i,ann,x,inf"], 2, "the score “inf” is not finite"),
    "score a word": (R, ["i,ann,x,good"], 2, "the score “good” is not a number"),
    "decimal comma": (R, ['i,ann,x,"4,5"'], 2, "write a decimal point"),
    "score missing": (R, ["i,ann,x,"], 2, "the score is empty"),
    "rater missing": (R, ["i,ann,x,4", "i,,y,4"], 3, "the rater is empty"),
    "cells missing": (R, ["i,ann,x,4", "i,ann"], 3, "the row has 2 cells, the header 4"),
    "equal ids, other text": (
        R + ",text",
        ["i,ann,x,4,one text", "i,bo,x,5,another text"],
        3,
        "the response “x” of item “i” has another text before",
    ),
    "two strata": (R + ",stratum", ["i,ann,x,4,news", "i,bo,x,5,poems"], 3, "was in stratum “news” before"),
    "0-based": (
        K,
        ["i,ann,x,0", "i,ann,y,1"],
        2,
        "the rank 0 is below 1; where 0 is the best, say --ranks zero-based",
    ),
    "a rank missing": (K, ["i,ann,x,1", "i,ann,y,3"], 2, "the ranks of this judgement are 1, 3"),
    "a rank too many": (
        K,
        ["i,ann,x,2", "i,ann,y,3", "i,ann,z,3"],
        2,
        "the ranks of this judgement are 2, 3, 3",
    ),
    "misses a response": (
        K,
        ["i,ann,x,1", "i,ann,y,2", "i,bo,x,1"],
        4,
        "the ranking of “bo” misses “y”, which others ranked on this item",
    ),
    "repeats a response": (
        K,
        ["i,ann,x,1", "i,ann,y,2", "i,ann,x,2"],
        4,
        "“x” is ranked a second time, differently (first in line 2)",
    ),
    "rank a word": (K, ["i,ann,x,first"], 2, "the rank “first” is not a number"),
    "rank NaN": (K, ["i,ann,x,nan"], 2, "the rank “nan” is not a number"),
    "unknown word": (P, ["i,ann,x,y,a", "i,ann,y,z,A"], 3, "“A” is no outcome; write a, b or tie"),
    "empty word": (P, ["i,ann,x,y,"], 2, "the outcome is empty"),
    "better than itself": (P, ["i,ann,x,x,a"], 2, "“x” is compared with itself"),
    "strength": (P + ",strength", ["i,ann,x,y,a,-2"], 2, "the strength -2 is negative"),
    "strength NaN": (P + ",strength", ["i,ann,x,y,a,nan"], 2, "the strength “nan” is not a number"),
    "text by side": (
        P + ",text_a,text_b",
        ["i,ann,x,y,a,one,two", "i,bo,y,x,b,two,ONE"],
        3,
        "the response “x” of item “i” has another text before",
    ),
    "empty ratings": (R, [], 0, "the file has a header and no rows"),
    "empty rankings": (K, [], 0, "the file has a header and no rows"),
    "empty pairs": (P, [], 0, "the file has a header and no rows"),
    "no such column": ("item,rater,stimulus", ["i,ann,x"], 1, "the header has no “score”"),
    "column twice": (R + ",score", ["i,ann,x,4,4"], 1, "the header names “score” twice"),
    "semicolons": (R.replace(",", ";"), ["i;ann;x;4"], 1, "separated by semicolons"),
    "not CSV": (R, ['i,ann,"x,4'], 2, "not CSV"),
}


@pytest.mark.parametrize(("head", "rows", "line", "reason"), BAD.values(), ids=BAD)
def test_a_bad_row_is_named_by_line_and_reason(head: str, rows: list[str], line: int, reason: str) -> None:
    reader = next((read for start, read in READERS.items() if head.startswith(start)), read_ratings)
    with pytest.raises(BadFile) as refused:
        reader(table(head, *rows), name="mine.csv")
    first = refused.value.problems[0]
    assert first.line == line
    assert reason in first.reason
    assert refused.value.name == "mine.csv"


@pytest.mark.parametrize("reader", READERS.values())
def test_files_that_are_no_text_are_refused(reader: Callable[..., Any]) -> None:
    for content, reason in (
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        ("item\xe9".encode("latin-1"), "not UTF-8"),
        ("item,rater".encode("utf-16"), "it looks like UTF-16"),
        (b"item\0", "a zero byte"),
    ):
        with pytest.raises(BadFile, match=reason):
            reader(content)


def test_every_bad_row_is_named_and_in_order() -> None:
    rows = ["i,ann,x,4", "i,ann,y,?", "i,bo", ",bo,y,2", "i,bo,z,inf"]
    with pytest.raises(BadFile) as refused:
        read_ratings(table(R, *rows))
    assert [problem.line for problem in refused.value.problems] == [3, 4, 5, 6]


def test_scores_off_the_scale_are_refused_where_there_is_one_and_suspected_where_not() -> None:
    content = table(R, *(f"i{n},ann,x,{1 + n % 7}" for n in range(40)), "i,ann,y,77")
    with pytest.raises(BadFile, match="line 42: the score 77 is off the scale 1 to 7"):
        read_ratings(content, scale=(1, 7))
    found = read_ratings(content)
    assert "77 in line 42" in found.suspect[0] and found.counts.used == 41


def test_bad_rows_can_be_left_out_and_are_counted() -> None:
    found = read_ratings(
        table(R, "i,ann,x,4", "i,ann,y,?", "i,bo", "i,ann,x,5"), rules=Rules(skip_invalid=True)
    )
    assert found.counts.as_json() == {"read": 4, "used": 1, "duplicate": 1, "unmatched": 0, "invalid": 2}
    assert [problem.line for problem in found.skipped] == [3, 4]
    assert found.rows.score.tolist() == [4]  # the first of two is used
    with pytest.raises(BadFile, match="line 2"):
        read_ratings(table(R, "i,ann,y,?"), rules=Rules(skip_invalid=True))


def test_lines_are_those_of_the_file_also_behind_breaks_and_blanks() -> None:
    content = table(R + ",text", 'i,ann,x,4,"two\nlines"', "", "i,ann,y,bad,text")
    with pytest.raises(BadFile) as refused:
        read_ratings(content)
    assert refused.value.problems[0].line == 5


def test_a_mark_foreign_separators_and_other_columns_do_no_harm() -> None:
    content = b"\xef\xbb\xbf" + "stimulus;colour;score;rater;item\r\nx;red;4;ann;é 7\r\n".encode()
    found = read_ratings(content, rules=Rules(delimiter=";"), name="mine.csv")
    assert (found.rows.items, found.rows.score.tolist()) == (("é 7",), [4])
    assert found.remarks == ("mine.csv: not read: colour",)


def test_dimensions_are_ratings_of_their_own() -> None:
    found = read_ratings(table(R + ",dimension", "i,ann,x,4,tone", "i,ann,x,5,truth", "i,ann,x,5,tone"))
    assert (found.counts.used, found.counts.duplicate, found.rows.dimensions) == (2, 1, ("tone", "truth"))


@pytest.mark.parametrize(
    ("ranks", "given", "meant"),
    [
        ("best-first", (1, 1, 3), (1, 1, 3)),
        ("best-first", (1, 1, 2), (1, 1, 2)),
        ("best-first", (1.5, 1.5, 3), (1.5, 1.5, 3)),
        ("best-first", (2, 2, 3), (2, 2, 3)),
        ("best-first", (2, 3, 3), None),
        ("best-first", (1, 3, 3), (1, 3, 3)),
        ("zero-based", (0, 1, 2), (1, 2, 3)),
        ("worst-first", (1, 2, 3), (3, 2, 1)),
        ("worst-first", (1, 1, 2), (2, 2, 1)),
    ],
)
def test_ranks_are_read_as_they_are_written(
    ranks: str, given: tuple[float, ...], meant: tuple[float, ...] | None
) -> None:
    content = table(K, *(f"i,ann,{s},{k}" for s, k in zip("xyz", given, strict=True)))
    if meant is None:
        with pytest.raises(BadFile, match="missing or wrong"):
            read_rankings(content, ranks=ranks)
        return
    found = read_rankings(content, ranks=ranks).rows
    assert dict(zip("xyz", found.rank.tolist(), strict=True)) == dict(zip("xyz", meant, strict=True))


def test_rankings_of_a_part_are_read_where_that_is_said() -> None:
    content = table(K, "i,ann,x,1", "i,ann,y,2", "i,bo,x,1", "i,bo,x,1")
    found = read_rankings(content, partial=True)
    assert found.counts.as_json() == {"read": 4, "used": 3, "duplicate": 1, "unmatched": 0, "invalid": 0}


def test_a_pair_judged_again_with_the_sides_swapped_is_a_duplicate() -> None:
    found = read_pairwise(table(P, "i,ann,x,y,a", "i,ann,y,x,a", "i,bo,y,x,tie"))
    assert (found.counts.used, found.counts.duplicate) == (2, 1)
    assert found.rows.outcome.tolist() == [1, 0]


def possible(ranks: list[int]) -> bool:
    """1..n, the first two tied written 1 1 3, 2 2 3, 1 1 2 or 1.5 1.5 3."""
    least = [1 + sum(other < one for other in ranks) for one in ranks]
    most = [sum(other <= one for other in ranks) for one in ranks]
    dense = [1 + len({other for other in ranks if other < one}) for one in ranks]
    return ranks in (least, most, dense) or ranks == [(a + b) / 2 for a, b in zip(least, most, strict=True)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_ranks_are_refused_exactly_where_no_way_of_writing_ties_gives_them(ranks: list[int]) -> None:
    content = table(K, *(f"i,ann,s{place},{rank}" for place, rank in enumerate(ranks)))
    if possible(ranks):
        assert read_rankings(content).rows.rank.tolist() == ranks
    else:
        with pytest.raises(BadFile) as refused:
            read_rankings(content)
        assert [problem.line for problem in refused.value.problems] == list(range(2, 2 + len(ranks)))


ids = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6).filter(str.strip)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.tuples(ids, ids, ids), st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_any_ids_and_numbers_come_back_as_they_were_written(rows: dict[Any, float]) -> None:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out).writerows([R.split(","), *([*key, repr(value)] for key, value in rows.items())])
    found = read_ratings(out.getvalue().encode()).rows
    back = {
        (found.items[i], found.raters[r], found.stimuli[s]): v
        for i, r, s, v in zip(found.item, found.rater, found.stimulus, found.score.tolist(), strict=True)
    }
    assert back == rows
    assert np.isfinite(found.score).all()
