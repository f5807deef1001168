"""A line to models for a worker's turn: one event loop, its connections, and several questions at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from multivocal.llm.gateway import Gateway

S = TypeVar("S")
A = TypeVar("A")


class Line:
    """Asks from code without an event loop; opening the connections costs more than a question, so keep it."""

    def __init__(self, runner: asyncio.Runner, gateway: Gateway) -> None:
        self._runner, self._gateway = runner, gateway

    def ask(
        self,
        subjects: Iterable[S],
        one: Callable[[S, Gateway], Awaitable[A]],
        *,
        at_once: int,
        goes_on: Callable[[A], Awaitable[bool]] | None = None,
    ) -> list[A]:
        """Ask ``one`` about each of ``subjects``, ``at_once`` at a time; return the answers as they came.

        Each answer is given to ``goes_on``; once that says no, or a question goes wrong, none is begun any more. What
        has begun comes to its end, for what is paid for is to be stored; then the first thing that went wrong is
        raised.
        """
        return self._runner.run(_Turn(self._gateway, one, goes_on).run(subjects, at_once))


@contextmanager
def open_line() -> Iterator[Line]:
    """Open a line and close its connections at the end."""
    with asyncio.Runner() as runner:
        gateway = Gateway()
        runner.run(gateway.__aenter__())
        try:
            yield Line(runner, gateway)
        finally:
            runner.run(gateway.__aexit__(None, None, None))


class _Turn(Generic[S, A]):
    def __init__(
        self,
        gateway: Gateway,
        one: Callable[[S, Gateway], Awaitable[A]],
        goes_on: Callable[[A], Awaitable[bool]] | None,
    ) -> None:
        self.gateway, self.one, self.goes_on = gateway, one, goes_on
        self.answers: list[A] = []
        self.over = False

    async def run(self, subjects: Iterable[S], at_once: int) -> list[A]:
        waiting = iter(subjects)
        ends = await asyncio.gather(*(self._hand(waiting) for _ in range(at_once)), return_exceptions=True)
        for end in ends:
            if end is not None:
                raise end
        return self.answers

    async def _hand(self, waiting: Iterator[S]) -> None:
        """Take one subject after the other from those that all hands share."""
        try:
            for subject in waiting:
                answer = await self.one(subject, self.gateway)
                self.answers.append(answer)
                if self.goes_on is not None and not await self.goes_on(answer):
                    self.over = True
                if self.over:
                    return
        except BaseException:
            self.over = True
            raise
