"""Every registered dataset against the database: names, order, types; nobody who withdrew, nothing identifying."""

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.utils import timezone

from multivocal.exports import registry
from multivocal.exports.cut import Cut
from multivocal.exports.formats import FORMATS, Source
from multivocal.exports.snapshot import snapshot
from tests.exports.seed import Seeded

# Without the mark this module alone would be seeded, and emptied, in the database people work with.
pytestmark = pytest.mark.django_db

TYPES = {
    "string": {"varchar", "text", "bpchar"},
    "text": {"varchar", "text"},
    "integer": {"int2", "int4", "int8"},
    "number": {"float4", "float8", "numeric"},
    "boolean": {"bool"},
    "timestamp": {"timestamptz"},
    "date": {"date"},
    "uuid": {"uuid"},
    "json": {"json", "jsonb"},
}

# What people were shown, or what was made of all they said: of nobody, and narrowed by whom it has to do with.
MATERIAL = {
    "items",
    "values",
    "upgrades",
    "snapshots",
    "curation",
    "suggestions",
    "routes",
    "labels",
    "ai_calls",
}


def _bytes(key: str, cut: Cut, form: str = "jsonl") -> bytes:
    with snapshot() as moment:
        return b"".join(FORMATS[form].stream(Source(moment.connection, registry.dataset(key), cut)))


@pytest.mark.parametrize("key", list(settings.DATASETS))
def test_sql_gives_the_columns_it_promises(key: str, shared: Seeded) -> None:
    found = registry.dataset(key)
    assert found.key == key
    assert len(set(found.names)) == len(found.names)
    assert all(column.description for column in found.columns)
    with snapshot() as moment:
        cursor = psycopg.ClientCursor(moment.connection)
        cursor.execute(found.statement, Cut(shared.study.id).parameters())  # type: ignore[arg-type]
        given = [
            (column.name, moment.connection.adapters.types[column.type_code].name)
            for column in cursor.description or ()
        ]
    assert tuple(name for name, _kind in given) == found.names
    for (name, kind), column in zip(given, found.columns, strict=True):
        assert kind in TYPES[column.type], f"{key}.{name} is {kind}, its codebook says {column.type}"
    row = json.loads(_bytes(key, Cut(shared.study.id)).splitlines()[0])
    assert list(row) == list(found.names)


@pytest.mark.parametrize("key", list(settings.DATASETS))
@pytest.mark.parametrize("form", list(FORMATS))
def test_nothing_identifying_and_nobody_who_withdrew(key: str, form: str, shared: Seeded) -> None:
    out = _bytes(key, Cut(shared.study.id), form)
    assert not any(column.identifying for column in registry.dataset(key).columns)
    if form == "parquet":
        import io

        from pyarrow import parquet

        out = str(parquet.read_table(io.BytesIO(out)).to_pylist()).encode()
    assert b"pana0000" in out or key in MATERIAL
    for secret in [*shared.secrets, "pchidi0002", "pdora0003", "secret-endpoint", "SECRET_KEY_OF_ACME"]:
        assert secret.encode() not in out


@pytest.mark.parametrize("key", list(settings.DATASETS))
def test_two_exports_of_one_cut_are_the_same_bytes(key: str, shared: Seeded) -> None:
    for form in FORMATS:
        assert _bytes(key, Cut(shared.study.id), form) == _bytes(key, Cut(shared.study.id), form)


def _of_no_version(row: dict[str, Any]) -> bool:
    return row.get("version", 1) is None or row.get("rater_kind") == "model"


@pytest.mark.parametrize("key", list(settings.DATASETS))
def test_since_annotator_and_version_narrow(key: str, shared: Seeded) -> None:
    study = shared.study.id
    everything = _bytes(key, Cut(study)).splitlines()
    assert everything
    # What a model answered or was asked outside of any person's visit is of no version.
    of_people = [line for line in everything if not _of_no_version(json.loads(line))]
    assert of_people
    assert _bytes(key, Cut(study, version=1)).splitlines() == (everything if key in MATERIAL else of_people)
    assert _bytes(key, Cut(study, version=2)) == b""
    assert _bytes(key, Cut(study, since=timezone.now() + timedelta(days=2))) == b""
    assert _bytes(key, Cut(study, since=timezone.now() - timedelta(days=2))).splitlines() == everything
    mine = _bytes(key, Cut(study, annotator="pana0000")).splitlines()
    assert mine
    if key not in MATERIAL:
        named = [json.loads(line) for line in mine]
        people = {row.get("annotator", row.get("rater", row.get("participant"))) for row in named}
        assert people == {"pana0000"}
