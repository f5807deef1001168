"""One after another: bots wait before pages that depend on what others did, until all are there, then go by number."""

import asyncio

from multivocal.studies.simulate.markup import Node


def in_turn(page: Node) -> bool:
    """Return whether a page says that simulated people take it one after another (``data-in-turn``)."""
    return any("data-in-turn" in node.attrs for node in page.walk())


class Turns:
    """Who of ``people`` bots may go on; whoever waits gives their place among ``places`` to others meanwhile.

    What a draw that looks at earlier answers gives then depends on the bots' numbers alone, however quick each was.
    """

    def __init__(self, people: int, places: asyncio.Semaphore) -> None:
        self.people, self.places = people, places
        self.waiting: dict[int, asyncio.Future[None]] = {}
        self.passed: set[int] = set()
        self.current: int | None = None

    async def enter(self, number: int) -> bool:
        """Wait for this bot's turn; return whether it had to, so that its page may be an old one."""
        if self.current == number:
            return False
        self.passed.discard(number)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        self.places.release()
        self._next()
        await self.waiting[number]
        del self.waiting[number]
        await self.places.acquire()
        return True

    def leave(self, number: int) -> None:
        """Say that this bot is past such pages, or has ended."""
        self.passed.add(number)
        if self.current == number:
            self.current = None
        self._next()

    def _next(self) -> None:
        if self.current is None and self.waiting and len(self.waiting.keys() | self.passed) >= self.people:
            self.current = min(self.waiting)
            self.waiting[self.current].set_result(None)
