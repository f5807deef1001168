"""A management command from files to a file: it needs no database, and what it refuses it names by line."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from multivocal.domain.files import BadFile

SHOWN = 40  # bad rows that are printed; the rest are counted


class FileCommand(BaseCommand):
    """Ends with 2, and has written nothing, where input is bad."""

    requires_system_checks = ()

    @contextmanager
    def refusals(self, *others: type[Exception]) -> Iterator[None]:
        """Turn a bad file, a file that cannot be opened, and ``others`` into sentences and exit code 2."""
        try:
            yield
        except BadFile as fault:
            self.stderr.write("\n".join(said_of(fault)))
            self._end()
        except OSError as error:
            self.stderr.write(f"{error.filename}: {error.strerror}.")
            self._end()
        except others as refusal:
            self.stderr.write(str(refusal))
            self._end()

    def _end(self) -> None:
        self.stderr.write("Nothing was written.")
        sys.exit(2)

    def write_json(self, data: dict[str, Any], output: str) -> None:
        """Write a document to a file, or to the screen where ``output`` is a dash."""
        text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        if output == "-":
            self.stdout.write(text, ending="")
            return
        write_whole(Path(output), lambda beside: beside.write_text(text, encoding="utf-8"))


def said_of(fault: BadFile) -> list[str]:
    """Return what is wrong in a file, a line each, and at the end how much more there is."""
    more = [f"and {len(fault.problems) - SHOWN} more"] if len(fault.problems) > SHOWN else []
    return [f"{fault.name}: {said}" for said in [*fault.problems[:SHOWN], *more]]


def write_whole(target: Path, write: Callable[[Path], Any]) -> None:
    """Let ``write`` make a file beside ``target`` and move it into place: a full disk leaves no half a file."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        write(beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
