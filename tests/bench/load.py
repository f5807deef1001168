"""Clients of the benchmarks: plain, keep-alive, as many as asked for, each timing its own requests."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from multivocal.studies.simulate.records import quantile


@dataclass
class Load:
    """What a load measured: seconds of each request, statuses, and the whole."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wall: float = 0.0

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return len(self.seconds) / self.wall

    def quantile_ms(self, share: float) -> float:
        """Return a quantile of the requests' durations in milliseconds."""
        return 1000 * quantile(self.seconds, share)


Send = Callable[[aiohttp.ClientSession, int], Awaitable[int]]


async def drive(send: Send, requests: int, clients: int) -> Load:
    """Call ``send(session, number)`` for every number, ``clients`` at a time; it returns the status."""
    load = Load()
    numbers = iter(range(requests))

    async def client() -> None:
        connector = aiohttp.TCPConnector(limit=1)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
            for number in numbers:
                started = time.perf_counter()
                status = await send(session, number)
                load.seconds.append(time.perf_counter() - started)
                load.statuses[status] += 1

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    load.wall = time.perf_counter() - started
    return load
