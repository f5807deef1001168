"""The file formats: functions from a dataset and a connection to bytes, constant in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from multivocal.exports.formats import csv, jsonl, parquet
from multivocal.exports.formats.source import Source


@dataclass(frozen=True)
class Format:
    """A way to write rows down."""

    key: str
    media_type: str
    stream: Callable[[Source], Iterator[bytes]]


FORMATS: dict[str, Format] = {
    "jsonl": Format("jsonl", "application/x-ndjson; charset=utf-8", jsonl.stream),
    "csv": Format("csv", "text/csv; charset=utf-8; header=present", csv.stream),
    "parquet": Format("parquet", "application/vnd.apache.parquet", parquet.stream),
}

__all__ = ["FORMATS", "Format", "Source"]
