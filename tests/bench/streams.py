"""Conversation streams held by one server process: signed-in sockets, rows written, gaps between frames."""

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from itertools import pairwise

import aiohttp
import orjson

from multivocal.studies.sessions import cookie_name
from multivocal.studies.simulate.records import quantile
from tests.bench.figures import Figure
from tests.bench.places import floor_process
from tests.bench.rows import Person, make_people, make_study
from tests.processes.servers import Place

SLUG = "bench"
PACE = 20
ARRIVALS_PER_SECOND = 40


@dataclass
class Heard:
    """What the clients heard: gaps between frames of one stream, and streams that came to their end."""

    frames_at: list[list[float]] = field(default_factory=list)
    ended: int = 0
    lost: int = 0

    def gaps(self, *, full: bool) -> list[float]:
        """Return the gaps between frames of each stream; with ``full`` only while nine in ten were running."""
        running = [times for times in self.frames_at if len(times) > 1]
        low = quantile([times[0] for times in running], 0.95) if full else 0.0
        high = quantile([times[-1] for times in running], 0.05) if full else float("inf")
        found = [
            later - earlier
            for times in running
            for earlier, later in pairwise(times)
            if low <= earlier and later <= high
        ]
        return found or self.gaps(full=False)


def run(place: Place, quick: bool) -> list[Figure]:
    """Hold many streams at once, of the real thing and of a bare consumer that streams constants."""
    streams = 60 if quick else 500
    place.extra["SIM_TOKENS_PER_SECOND"] = str(PACE)
    with floor_process(place, "tests.bench.floor_stream:application") as (url, _):
        bare = asyncio.run(_hold([f"{url}/{n}" for n in range(streams)], [{}] * streams, None, 2))
    study = make_study(SLUG, 1, f"{place.simulator_url}/v1")
    place.start("simulator", "web")
    process = place.processes["web"]
    asyncio.run(_real(place, make_people(study, 5, stage="chat", judging=False)))  # warm
    people = make_people(study, streams, stage="chat", judging=False)
    before, started = process.cpu_seconds(), time.monotonic()
    heard = asyncio.run(_real(place, people))
    cpu = (process.cpu_seconds() - before) / (time.monotonic() - started)
    stored = place.one("SELECT count(*) FROM conversations_candidate WHERE state = 'complete'") - 5
    place.stop("web", "simulator")
    held, floor = heard.gaps(full=True), bare.gaps(full=True)
    note = f"CPU {cpu:.0%} of a core; lost {heard.lost}"
    return [
        Figure("streams at 20 tokens/s that ended whole and are rows", min(heard.ended, stored), "", streams, "high",
               bare.ended, note),
        Figure(f"  p95 gap while nine in ten of {streams} run", _ms(held, 0.95), "ms", 100, "low", _ms(floor, 0.95),
               f"{len(held):,} gaps"),
        Figure("  p50 gap", _ms(held, 0.5), "ms", None, "low", _ms(floor, 0.5)),
        Figure("  p95 gap, with their start and end", _ms(heard.gaps(full=False), 0.95), "ms",
               note=f"{ARRIVALS_PER_SECOND} messages a second"),
    ]  # fmt: skip


def _ms(gaps: list[float], share: float) -> float:
    return 1000 * quantile(gaps, share)


async def _real(place: Place, people: list[Person]) -> Heard:
    headers = [{"Cookie": f"{cookie_name(SLUG)}={person.token}"} for person in people]
    prompt = "Tell me about the sea and the wind, in around 600 words."
    spread = len(people) / ARRIVALS_PER_SECOND
    return await _hold([f"{place.url}/ws/live/{SLUG}/chat/"] * len(people), headers, prompt, spread)


async def _hold(urls: list[str], headers: list[dict[str, str]], prompt: str | None, spread: float) -> Heard:
    """Open every socket, then say the prompt on one after the other over ``spread`` seconds; listen to the end."""
    heard = Heard()
    ready = asyncio.Event()
    opened = asyncio.Semaphore(32)
    waiting = len(urls)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:

        async def listen(number: int, url: str, head: dict[str, str]) -> None:
            nonlocal waiting
            async with opened:
                socket = await session.ws_connect(
                    url.replace("http", "ws", 1),
                    headers=head,
                    origin=url.split("/ws/")[0] if prompt else None,
                )
                if prompt:
                    await socket.receive_str(timeout=60)
            waiting -= 1
            if not waiting:
                ready.set()
            await ready.wait()
            await asyncio.sleep(spread * number / len(urls))
            said = {"do": "say", "key": str(uuid.uuid4()), "text": prompt or "go"}
            await socket.send_str(orjson.dumps(said).decode())
            times: list[float] = []
            heard.frames_at.append(times)
            try:
                while True:
                    event = orjson.loads(await socket.receive_str(timeout=60))
                    if event["type"] == "text":
                        times.append(time.perf_counter())
                    elif event["type"] in ("answer", "refused", "failed"):
                        heard.ended += event["type"] == "answer"
                        break
            except (TypeError, TimeoutError, aiohttp.ClientError):
                heard.lost += 1
            await socket.close()

        await asyncio.gather(
            *(listen(n, url, head) for n, (url, head) in enumerate(zip(urls, headers, strict=True)))
        )
    return heard
