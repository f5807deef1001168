"""CSV: UTF-8, a header, line feeds; null is an empty cell and an empty text is ``""``."""

from collections.abc import Iterator

from multivocal.exports.formats.source import Source, gathered


def stream(source: Source) -> Iterator[bytes]:
    """Yield the rows of ``source`` as CSV, the header first."""
    yield (",".join(source.dataset.names) + "\n").encode()
    yield from gathered(source.copy(source.cells(), "format csv"))
