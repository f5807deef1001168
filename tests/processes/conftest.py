"""Fixtures: a place with a study in it, and bots on their way in the background."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from multivocal.studies.simulate.crowd import Crowd, send_crowd
from multivocal.studies.simulate.records import Acknowledged, Records
from multivocal.studies.simulate.report import as_text, summary
from tests.processes.servers import Place, a_place


@dataclass
class Bots:
    """A crowd in a thread of its own; every acknowledged answer can be waited for."""

    crowd: Crowd
    records: Records = field(default_factory=Records)
    failure: BaseException | None = None

    def start(self) -> "Bots":
        """Send them off."""
        self.thread = threading.Thread(target=self._go)
        self.thread.start()
        return self

    def _go(self) -> None:
        try:
            asyncio.run(send_crowd(self.crowd, self.records))
        except BaseException as failure:  # noqa: BLE001 - told by finish()
            self.failure = failure

    def wait_until(self, holds: Callable[[list[Acknowledged]], bool], patience: float = 60) -> None:
        """Return when what was acknowledged so far satisfies ``holds``; fail when it never does."""
        end = time.monotonic() + patience
        while not holds(list(self.records.acknowledged)):
            assert time.monotonic() < end, f"waited in vain\n{self.told()}"
            assert self.thread.is_alive(), f"the bots ended too early\n{self.told()}"
            time.sleep(0.02)

    def finish(self, patience: float = 150) -> Records:
        """Wait for all of them and return their records."""
        self.thread.join(patience)
        assert not self.thread.is_alive(), f"the bots do not end\n{self.told()}"
        if self.failure is not None:
            raise self.failure
        return self.records

    def told(self) -> str:
        """Return the table of the run."""
        return as_text(summary(self.records, 0))


def said(acts: list[Acknowledged], what: str) -> int:
    """Return how many acts of a kind were acknowledged."""
    return sum(one.act == what for one in acts)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A platform of its own: nothing runs in it yet."""
    with a_place("processes", SIM_TOKENS_PER_SECOND="60", WEB_THREADS="4") as made:
        yield made
