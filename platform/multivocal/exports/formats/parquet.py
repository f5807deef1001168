"""Parquet: typed columns with their descriptions, in row groups made from COPY's CSV."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from multivocal.domain.datasets import Dataset
from multivocal.exports.formats.source import Source

if TYPE_CHECKING:
    import pyarrow

_ROWS, _BYTES = 10_000, 3_145_728
_MAGIC = b"PAR1"


def stream(source: Source) -> Iterator[bytes]:
    """Yield the rows of ``source`` as one Parquet file; equal rows give equal bytes."""
    yield _MAGIC  # before pyarrow is loaded, which takes a process its first second
    import pyarrow.parquet

    schema = schema_of(source.dataset)
    sink = _Sink(skip=len(_MAGIC))
    # Dictionaries and statistics of long texts cost more than they save.
    short = [c.name for c in source.dataset.columns if c.type not in ("text", "json", "number", "timestamp")]
    with pyarrow.parquet.ParquetWriter(
        sink, schema, compression="zstd", compression_level=1, use_dictionary=short, write_statistics=short
    ) as writer:
        for rows in _batches(source):
            writer.write_table(_table(rows, schema))
            if piece := sink.taken():
                yield piece
    yield sink.taken()


def schema_of(dataset: Dataset) -> "pyarrow.Schema":
    """Return the Parquet schema of ``dataset``; descriptions and units stand in the fields' metadata."""
    import pyarrow as pa

    types = {
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "timestamp": pa.timestamp("us", tz="UTC"),
        "date": pa.date32(),
    }
    return pa.schema(
        [
            pa.field(
                column.name,
                types.get(column.type, pa.string()),
                metadata={"description": column.description, "unit": column.unit, "type": column.type},
            )
            for column in dataset.columns
        ],
        metadata={"dataset": dataset.key},
    )


def _batches(source: Source) -> Iterator[bytes]:
    held: list[Any] = []
    size = 0
    for row in source.copy(source.cells(), "format csv"):
        held.append(row)
        size += len(row)
        if len(held) >= _ROWS or size >= _BYTES:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def _table(rows: bytes, schema: "pyarrow.Schema") -> "pyarrow.Table":
    import pyarrow as pa
    from pyarrow import csv

    return csv.read_csv(
        pa.BufferReader(rows),
        # One block for all: a long answer never stands on the edge of two.
        csv.ReadOptions(column_names=schema.names, block_size=len(rows) + 1, use_threads=False),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=schema, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    ).cast(schema)


class _Sink(BytesIO):
    """Takes what the writer writes and gives it away; only the position goes on."""

    def __init__(self, skip: int) -> None:
        super().__init__()
        self._given, self._skip = 0, skip

    def tell(self) -> int:
        """Return the position in the whole file."""
        return self._given + super().tell()

    def seekable(self) -> bool:
        """Say that there is no way back."""
        return False

    def close(self) -> None:
        """Stay readable: the writer closes its sink before the last bytes were taken."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        piece = self.getvalue()
        self._given += len(piece)
        self.seek(0)
        self.truncate()
        skipped, self._skip = min(self._skip, len(piece)), max(0, self._skip - len(piece))
        return piece[skipped:]
