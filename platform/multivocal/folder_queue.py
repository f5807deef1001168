"""The broker of one machine: a message is a file that is whole or not there, because it arrives by its rename.

kombu's own filesystem transport writes a message where its reader looks. A reader that comes between the file's
making and its last byte meets half a document, and the worker dies of it.
"""

import contextlib
import fcntl
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

logger = logging.getLogger("multivocal.queue")
Table = list[list[str]]


class Channel(filesystem.Channel):
    """Messages and tables by rename: readers take no lock, writers of messages neither."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The names of the last look, newest first: one look serves many messages.
        self._seen: dict[str, list[str]] = {}

    # kombu's own two base classes call it by two names.
    def _put(self, queue: Any, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Put a message on ``queue``."""
        # Wall time, not the time since start: what waited through a restart is still first.
        name = f"{time.time_ns():020}_{uuid.uuid4()}.{queue}.msg"
        try:
            _write_whole(Path(self.data_folder_out) / name, payload)
        except OSError as error:
            raise ChannelError(f"The message cannot be added to the folder {self.data_folder_out}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Take the oldest message of ``queue``, or raise Empty."""
        folder = Path(self.data_folder_in)
        for name in self._waiting(queue, folder):
            taken = folder / f"{name}.taken"
            try:
                # One reader's rename succeeds; to the others the message is gone.
                (folder / name).rename(taken)
            except FileNotFoundError:
                continue
            raw = taken.read_bytes()
            taken.unlink()
            try:
                return loads(raw.decode())
            except ValueError:
                logger.exception("message %s is not readable and was dropped; the sweeps find its row", name)
        raise Empty

    def _waiting(self, queue: str, folder: Path) -> Iterator[str]:
        seen = self._seen.get(queue)
        if not seen:
            ending = f".{queue}.msg"
            with os.scandir(folder) as entries:
                seen = sorted((e.name for e in entries if e.name.endswith(ending)), reverse=True)
            self._seen[queue] = seen
        while seen:
            yield seen.pop()

    def get_table(self, exchange: str) -> list[Any]:
        """Return the bindings of ``exchange``."""
        return [filesystem.exchange_queue_t(*row) for row in _read_table(self._exchange_file(exchange))]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Write down that ``queue`` takes from ``exchange``; a second time changes nothing."""
        row = [routing_key or "", pattern or "", queue or ""]
        self.control_folder.mkdir(exist_ok=True)
        _change_table(
            self._exchange_file(exchange), lambda rows: rows if row in rows else [row, *rows]
        )  # fmt: skip

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        """Take the binding back, and what waits in the queue with it."""
        self._purge(queue)
        row = [routing_key or "", pattern or "", queue or ""]
        file = self._exchange_file(exchange)
        if file.exists():
            _change_table(file, lambda rows: [r for r in rows if r != row])


class Transport(filesystem.Transport):
    """kombu's filesystem transport, with the channel above."""

    Channel = Channel
    # A folder that is gone or full is a broker that is away: callers of any transport catch one error.
    connection_errors = (*filesystem.Transport.connection_errors, OSError)  # type: ignore[assignment]
    # kombu keeps the exchanges in a state shared by the class; ours is our own.
    global_state = filesystem.virtual.BrokerState()


def _write_whole(file: Path, content: Any) -> None:
    part = file.with_name(f".{file.name}.{uuid.uuid4().hex}.part")
    try:
        part.write_bytes(dumps(content).encode())
        part.rename(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _read_table(file: Path) -> Table:
    try:
        rows: Table = loads(file.read_bytes().decode())
    except FileNotFoundError:
        return []
    except ValueError:
        # Cut off by a version that wrote in place: who still takes from it binds again.
        logger.warning("the table %s was not readable; it starts anew", file.name)
        return []
    return rows


def _change_table(file: Path, change: Callable[[Table], Table]) -> None:
    # Only writers queue here: two that change the table at once would forget one another's row.
    with contextlib.ExitStack() as stack:
        gate = stack.enter_context(file.with_suffix(".lock").open("a"))
        fcntl.flock(gate, fcntl.LOCK_EX)
        rows = _read_table(file)
        changed = change(rows)
        if changed != rows or not file.exists():
            _write_whole(file, changed)
