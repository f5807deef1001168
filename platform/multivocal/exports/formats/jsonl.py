"""JSON Lines: one object per row, keys in the order of the columns, UTF-8."""

from collections.abc import Iterator

from psycopg import sql

from multivocal.exports.formats.source import Source, gathered


def stream(source: Source) -> Iterator[bytes]:
    """Yield the rows of ``source`` as lines of JSON.

    COPY's text format escapes line breaks and backslashes. JSON text has no raw line breaks, so that what is
    left to undo is the doubled backslash: one pass over whole rows, exact.
    """
    shaped = sql.SQL("(select row_to_json(shaped_) from (select {}) as shaped_)").format(
        source.columns(as_text=False)
    )
    for piece in gathered(source.copy(shaped, "format text")):
        yield piece.replace(b"\\\\", b"\\")
