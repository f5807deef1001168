"""Hostile words come back exactly from all three formats; a spreadsheet runs nothing in a safe CSV."""

import csv
import io
import json
import uuid
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from multivocal.domain.datasets import Column, Dataset
from multivocal.exports.cut import Cut
from multivocal.exports.formats import FORMATS, Source
from multivocal.exports.snapshot import snapshot
from tests.exports.seed import HOSTILE

COLUMNS = (
    Column("n", "integer", "number"),
    Column("words", "text", "words"),
    Column("share", "number", "share"),
    Column("ok", "boolean", "ok"),
    Column("at", "timestamp", "moment"),
    Column("day", "date", "day"),
    Column("id", "uuid", "id"),
    Column("extra", "json", "extra"),
)
SQL = """
select (r->>'n')::int, r->>'words', (r->>'share')::float8, (r->>'ok')::bool, (r->>'at')::timestamptz,
       (r->>'day')::date, (r->>'id')::uuid, r->'extra'
from jsonb_array_elements(%(annotator)s::jsonb) with ordinality as e(r, nr)
where %(study)s::uuid is not null and %(since)s::timestamptz is null and %(version)s::int is null order by nr
"""
DATASET = Dataset("made", "Made", "Made here", COLUMNS, SQL)


def _write(rows: list[dict[str, Any]], form: str, *, safe: bool = False) -> tuple[bytes, int]:
    with snapshot() as moment:
        cut = Cut(uuid.uuid4(), annotator=json.dumps(rows))
        source = Source(moment.connection, DATASET, cut, safe)
        return b"".join(FORMATS[form].stream(source)), source.rows


def _row(n: int, words: str | None) -> dict[str, Any]:
    return {
        "n": n,
        "words": words,
        "share": n / 3,
        "ok": n % 2 == 0,
        "at": "2026-05-31T12:00:00.123456Z",
        "day": "2026-05-31",
        "id": str(uuid.UUID(int=abs(n))),
        "extra": {"said": words, "list": [1, None, "x\ny"]},
    }


ROWS = [_row(n, words) for n, words in enumerate([*HOSTILE, None, "long " * 40_000])]


def _csv(data: bytes) -> list[dict[str, str]]:
    csv.field_size_limit(1_000_000)
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@pytest.mark.django_db
def test_jsonl_is_exact() -> None:
    data, count = _write(ROWS, "jsonl")
    assert [json.loads(line) for line in data.split(b"\n")[:-1]] == ROWS
    assert count == len(ROWS)


@pytest.mark.django_db
def test_csv_is_exact_and_tells_null_from_empty() -> None:
    data, count = _write(ROWS, "csv")
    rows = _csv(data)
    assert [row["words"] for row in rows] == [row["words"] or "" for row in ROWS]
    assert [json.loads(row["extra"]) for row in rows] == [row["extra"] for row in ROWS]
    assert {row["ok"] for row in rows} == {"true", "false"}
    assert rows[0]["at"] == ROWS[0]["at"]
    assert count == len(ROWS)
    empty, none = _write([_row(1, ""), _row(1, None)], "csv")[0].decode().splitlines()[1:]
    assert empty.startswith('1,"",')
    assert none.startswith("1,,")


@pytest.mark.django_db
def test_parquet_is_exact_and_typed() -> None:
    data, count = _write(ROWS, "parquet")
    table = parquet.read_table(io.BytesIO(data))
    assert table.column("words").to_pylist() == [row["words"] for row in ROWS]
    assert table.column("share").to_pylist() == [row["share"] for row in ROWS]
    assert str(table.schema.field("at").type) == "timestamp[us, tz=UTC]"
    assert table.column("at")[0].as_py().isoformat() == "2026-05-31T12:00:00.123456+00:00"
    assert table.schema.field("n").metadata[b"description"] == b"number"
    assert count == len(ROWS) == table.num_rows


@pytest.mark.django_db
@pytest.mark.parametrize("form", list(FORMATS))
def test_no_rows_is_a_whole_file(form: str) -> None:
    data, count = _write([], form)
    assert count == 0
    if form == "parquet":
        assert parquet.read_table(io.BytesIO(data)).num_rows == 0
    else:
        assert data == (b"" if form == "jsonl" else b"n,words,share,ok,at,day,id,extra\n")


@pytest.mark.django_db
def test_safe_csv_begins_no_cell_with_a_formula() -> None:
    rows = [_row(n, start + "1+1") for n, start in enumerate("=+-@\t＝＠")]
    for row, wanted in zip(_csv(_write(rows, "csv", safe=True)[0]), rows, strict=True):
        assert row["words"] == "'" + wanted["words"]
    plain = _csv(_write([_row(-5, "a = b")], "csv", safe=True)[0])[0]
    assert (plain["n"], plain["words"], plain["share"]) == ("-5", "a = b", str(-5 / 3))


@pytest.mark.django_db
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=8))
def test_any_text_survives_every_format(texts: list[str]) -> None:
    rows = [_row(n, text) for n, text in enumerate(texts)]
    assert [json.loads(line)["words"] for line in _write(rows, "jsonl")[0].split(b"\n")[:-1]] == texts
    assert [row["words"] for row in _csv(_write(rows, "csv")[0])] == texts
    assert parquet.read_table(io.BytesIO(_write(rows, "parquet")[0])).column("words").to_pylist() == texts


@pytest.mark.django_db
def test_a_failing_query_raises_and_does_not_look_whole() -> None:
    broken = Dataset("broken", "b", "b", COLUMNS[:1], "select 1 / (g - 900) from generate_series(1, 1000) g")
    with snapshot() as moment, pytest.raises(psycopg.errors.DivisionByZero):
        list(FORMATS["jsonl"].stream(Source(moment.connection, broken, Cut(uuid.uuid4()))))


@pytest.mark.django_db
def test_leaving_early_ends_the_query() -> None:
    endless = Dataset("endless", "e", "e", COLUMNS[:1], "select generate_series(1, 1000000000)")
    with snapshot() as moment:
        process = moment.connection.info.backend_pid
        next(FORMATS["jsonl"].stream(Source(moment.connection, endless, Cut(uuid.uuid4()))))
    with snapshot() as moment:
        for _again in range(100):
            row = moment.connection.execute(
                "select count(*) from pg_stat_activity where pid = %s", [process]
            ).fetchone()
            if row == (0,):
                return
            moment.connection.execute("select pg_sleep(0.1), pg_stat_clear_snapshot()")
    pytest.fail("the query still runs")
