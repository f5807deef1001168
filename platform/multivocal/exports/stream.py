"""A dataset on its way to somebody: opened at one moment, read as it is sent, ended when nobody listens."""

from collections.abc import Iterator
from datetime import datetime

from psycopg import sql

from multivocal.domain.datasets import Dataset
from multivocal.exports.cut import Cut
from multivocal.exports.formats import Format, Source
from multivocal.exports.snapshot import snapshot


class DatasetStream:
    """The bytes of one dataset. The first piece is read at once, so that what is wrong is said in time."""

    def __init__(self, dataset: Dataset, cut: Cut, form: Format, *, safe: bool = False) -> None:
        self.at: datetime
        self._pieces = self._read(dataset, cut, form, safe)
        self._first = next(self._pieces, b"")

    def _read(self, dataset: Dataset, cut: Cut, form: Format, safe: bool) -> Iterator[bytes]:
        with snapshot() as moment:
            self.at = moment.at
            yield from form.stream(Source(moment.connection, dataset, cut, safe))

    def __iter__(self) -> Iterator[bytes]:
        """Yield the first piece and then the others as they come."""
        yield self._first
        yield from self._pieces

    def close(self) -> None:
        """End the query; called by the server when the client has it all, or has left."""
        self._pieces.close()  # type: ignore[attr-defined]


def count_rows(dataset: Dataset, cut: Cut) -> tuple[int, datetime]:
    """Return how many rows ``cut`` has, and at which moment that was."""
    with snapshot() as moment:
        if dataset.derive is not None:
            return sum(1 for _row in dataset.derive(moment.connection, cut.parameters())), moment.at
        query = sql.SQL("select count(*) from ({}\n) as row_").format(sql.SQL(dataset.sql))  # type: ignore[arg-type]
        row = moment.connection.execute(query, cut.parameters()).fetchone()
        assert row is not None
        return int(str(row[0])), moment.at
