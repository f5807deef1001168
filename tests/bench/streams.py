"""Conversation streams held by one server process: signed-in sockets, rows written, gaps between frames."""

import asyncio
import time
import uuid
from dataclasses import dataclass, field

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


@dataclass
class Heard:
    """What the clients heard: gaps between frames of one stream, and streams that came to their end."""

    gaps: list[float] = field(default_factory=list)
    ended: int = 0
    lost: int = 0
    frames: int = 0


def run(place: Place, quick: bool) -> list[Figure]:
    """Hold many streams at once, of the real thing and of a bare consumer that streams constants."""
    streams = 60 if quick else 500
    place.extra["SIM_TOKENS_PER_SECOND"] = str(PACE)
    with floor_process(place, "tests.bench.floor_stream:application") as (url, _):
        bare = asyncio.run(_hold([f"{url}/{n}" for n in range(streams)], [{}] * streams, None))
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
    p95, floor = 1000 * quantile(heard.gaps, 0.95), 1000 * quantile(bare.gaps, 0.95)
    note = f"{heard.frames:,} frames, CPU {cpu:.0%} of a core; lost {heard.lost}"
    return [
        Figure("streams at 20 tokens/s that ended whole and are rows", min(heard.ended, stored), "", streams, "high",
               bare.ended, note),
        Figure(f"  p95 gap between frames at {streams} streams", p95, "ms", 100, "low", floor),
        Figure("  p50 gap", 1000 * quantile(heard.gaps, 0.5), "ms", None, "low", 1000 * quantile(bare.gaps, 0.5)),
    ]  # fmt: skip


async def _real(place: Place, people: list[Person]) -> Heard:
    headers = [{"Cookie": f"{cookie_name(SLUG)}={person.token}"} for person in people]
    prompt = "Tell me about the sea and the wind, in around 120 words."
    return await _hold([f"{place.url}/ws/live/{SLUG}/chat/"] * len(people), headers, prompt)


async def _hold(urls: list[str], headers: list[dict[str, str]], prompt: str | None) -> Heard:
    """Open every socket, then say the prompt on all of them at once and listen to the end."""
    heard = Heard()
    ready = asyncio.Event()
    opened = asyncio.Semaphore(32)
    waiting = len(urls)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:

        async def listen(url: str, head: dict[str, str]) -> None:
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
            said = {"do": "say", "key": str(uuid.uuid4()), "text": prompt or "go"}
            await socket.send_str(orjson.dumps(said).decode())
            last = 0.0
            try:
                while True:
                    event = orjson.loads(await socket.receive_str(timeout=60))
                    if event["type"] == "text":
                        now = time.perf_counter()
                        if last:
                            heard.gaps.append(now - last)
                        last = now
                        heard.frames += 1
                    elif event["type"] in ("answer", "refused", "failed"):
                        heard.ended += event["type"] == "answer"
                        break
            except (TypeError, TimeoutError, aiohttp.ClientError):
                heard.lost += 1
            await socket.close()

        await asyncio.gather(*(listen(url, head) for url, head in zip(urls, headers, strict=True)))
    return heard
