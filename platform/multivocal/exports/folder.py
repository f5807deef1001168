"""A folder of files being written: every file is counted and hashed as it goes to disk."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from multivocal.exports.formats import Source


@dataclass(frozen=True)
class File:
    """One file of a release; ``rows`` is null where it holds no rows."""

    name: str
    rows: int | None
    bytes: int
    sha256: str


@dataclass
class Folder:
    """Where a release is written; ``files`` grows with it, ``notes`` are sentences for its README."""

    path: Path
    files: list[File] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def write(self, name: str, pieces: Iterable[bytes], *, rows: int | None = None) -> File:
        """Write one file; it is on disk, flushed, when this returns."""
        digest, size = hashlib.sha256(), 0
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            for piece in pieces:
                out.write(piece)
                digest.update(piece)
                size += len(piece)
            out.flush()
            os.fsync(out.fileno())
        target.chmod(0o444)
        file = File(name, rows, size, digest.hexdigest())
        self.files.append(file)
        return file

    def write_rows(self, name: str, pieces: Iterable[bytes], source: Source) -> File:
        """Write one file of a dataset's rows, and count them."""
        file = self.write(name, pieces)
        self.files[-1] = file = File(file.name, source.rows, file.bytes, file.sha256)
        return file

    def write_text(self, name: str, text: str, *, rows: int | None = None) -> File:
        """Write one text file, UTF-8."""
        return self.write(name, [text.encode()], rows=rows)

    def write_json(self, name: str, data: Any, *, sort_keys: bool = False) -> File:
        """Write one JSON document, indented."""
        return self.write_text(
            name, json.dumps(data, indent=1, ensure_ascii=False, sort_keys=sort_keys) + "\n"
        )

    def listing(self) -> list[dict[str, Any]]:
        """Return the files as plain data, by name."""
        return [asdict(file) for file in sorted(self.files, key=lambda file: file.name)]
