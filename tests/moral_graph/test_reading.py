"""The quick reader of votes and the one that names lines: the same votes, or the quick one leaves the file alone."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from elicitation.moral_graph.domain import reading
from elicitation.moral_graph.domain.reading import COLUMNS, read_rows, read_votes
from elicitation.moral_graph.domain.votes import Votes, make_votes
from multivocal.domain.files import BadFile

CELLS = {
    "participant": ["p", "q", "", " p", "é", '"p,q"', "p" * 201],
    "from_value": ["a", "b", "NA", "null", "1", "01", "a "],
    "to_value": ["b", "c", "NaN", "1.0", "", "a\tb"],
    "context": ["x", "", "when I'm asked", "y\u00a0"],
    "vote": ["wiser", "not_wiser", "unsure", "both", "Wiser", " unsure"],
    "created_at": ["", "2026-01-01", "2026-01-01T10:00:00Z", "2026-01-01T10:00:00+02:00", "yesterday"],
}
good = st.tuples(
    *(st.sampled_from(CELLS[name][:2] if name != "vote" else CELLS[name][:4]) for name in COLUMNS)
)
odd = st.tuples(*(st.sampled_from(CELLS[name]) for name in COLUMNS))


def text(rows: list[tuple[str, ...]], head: str, end: str, between: str) -> bytes:
    return (head + end + "".join(",".join(row) + end + between for row in rows)).encode()


def same(one: Votes, other: Votes) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(good | odd, min_size=1, max_size=8),
    head=st.sampled_from([",".join(COLUMNS), "\ufeff" + ",".join(COLUMNS), ",".join(COLUMNS[::-1])]),
    end=st.sampled_from(["\n", "\r\n"]),
    between=st.sampled_from(["", "", "\n", " \n"]),
)
@example(rows=[("p", "a", "b", "x", "wiser", "")], head=",".join(COLUMNS), end="\n", between="")
def test_both_readers_agree(rows: list[tuple[str, ...]], head: str, end: str, between: str) -> None:
    data = text([row[::-1] for row in rows] if head.startswith("created") else rows, head, end, between)
    quickly = reading._read_plain(data)
    try:
        slowly = make_votes(row for _line, row in read_rows(data))
    except BadFile:
        assert quickly is None
        return
    assert quickly is None or same(quickly, slowly)
    assert same(read_votes(data), slowly)


def test_a_plain_file_is_read_quickly_and_further_columns_are_not_read(tmp_path: Path) -> None:
    file = tmp_path / "votes.csv"
    file.write_text(",".join(COLUMNS) + ",note\np,a,b,x,wiser,2026-01-01,me\nq,b,a,x,unsure,2026-01-02,you\n")
    votes = reading._read_plain(file)
    assert votes is not None
    assert (votes.values, votes.outcome.tolist(), votes.participants) == (("a", "b"), [0, 2], ("p", "q"))
    assert same(votes, make_votes(row for _line, row in read_rows(file)))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"p,a,b,x,wiser,,\n", "line 3: the row has 7 cells, the header 6"),
        (b"p,a\0,b,x,wiser,\n", "line 3: a zero byte"),
        (b"p,a,b,x,wiser\xff,\n", "line 3: byte 0xff is not UTF-8"),
        (b"p,a,b,x,wiser,2026-13-01\n", "line 3: created_at is '2026-13-01'"),
        (b"p,b,b,x,wiser,\n", "line 3: from_value and to_value are both b"),
        (b"p,b, b,x,wiser,\n", "line 3: from_value and to_value are both b"),
    ],
)
def test_one_bad_line_among_good_ones_is_named(line: bytes, said: str) -> None:
    good_line = b"p,a,b,x,wiser,2026-01-01\n"
    with pytest.raises(BadFile) as refused:
        read_votes(",".join(COLUMNS).encode() + b"\n" + good_line + line + good_line)
    assert said in str(refused.value)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_no_row_can_hold_is_refused_by_line(when: str) -> None:
    text = f"participant,from_value,to_value,context,vote,created_at\na,1,2,c,wiser,{when}\n"
    with pytest.raises(BadFile, match="line 2: created_at"):
        read_votes(text.encode())
