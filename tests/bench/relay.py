"""Model streams relayed by one process: the gateway with its ledger, beside a client that only reads."""

import asyncio
import json
import subprocess
import sys

from multivocal.studies.simulate.records import quantile
from tests.bench.figures import Figure
from tests.bench.rows import make_study
from tests.processes.servers import ROOT, Place

PACE = 20
PROMPT = "Tell me about the sea and the wind, in around 120 words."


def run(place: Place, quick: bool) -> list[Figure]:
    """Measure the gaps between pieces of a stream, with many streams at once, directly and through the gateway."""
    streams = 60 if quick else 400
    place.extra["SIM_TOKENS_PER_SECOND"] = str(PACE)
    make_study("bench", 2, f"{place.simulator_url}/v1")
    place.start("simulator")
    told = {way: _reader(place, way, streams) for way in ("direct", "gateway")}
    place.stop("simulator")
    p95 = {way: one["p95_ms"] for way, one in told.items()}
    nominal = 1000 / PACE
    gaps = f"p95 gap {p95['gateway']:.0f} ms against {p95['direct']:.0f} ms direct"
    note = f"{gaps}; CPU {told['gateway']['cpu']:.0%} of a core"
    return [
        Figure("model streams relayed whole, with ledger", told["gateway"]["whole"], "", streams, "high",
               told["direct"]["whole"]),
        Figure("  added p95 gap over a direct client", max(p95["gateway"] - p95["direct"], 0.0), "ms", 50, note=note),
        Figure("  p95 later than the model's own pace", max(p95["gateway"] - nominal, 0.0), "ms", None, "low",
               max(p95["direct"] - nominal, 0.01)),
    ]  # fmt: skip


def _reader(place: Place, way: str, streams: int) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.relay", way, str(streams), place.simulator_url],
        cwd=ROOT, env=place.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout)


def main() -> None:
    """In a process of its own: read all streams and print the gaps as JSON."""
    way, streams, url = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    import resource
    import time

    import uvloop

    if way == "gateway":
        import django

        django.setup()
    gaps: list[float] = []
    started = time.perf_counter()
    whole = uvloop.run((_gateway if way == "gateway" else _direct)(streams, url, gaps))
    spent = resource.getrusage(resource.RUSAGE_SELF)
    cpu = (spent.ru_utime + spent.ru_stime) / (time.perf_counter() - started)
    print(
        json.dumps({"p95_ms": 1000 * quantile(gaps, 0.95), "pieces": len(gaps), "whole": whole, "cpu": cpu})
    )


async def _direct(streams: int, url: str, gaps: list[float]) -> int:
    import time

    import aiohttp

    async def one(session: aiohttp.ClientSession, number: int) -> bool:
        body = {
            "model": "sim-plain",
            "stream": True,
            "messages": [{"role": "user", "content": f"{PROMPT} {number}"}],
        }
        last = 0.0
        end = b""
        async with session.post(f"{url}/v1/chat/completions", json=body) as response:
            async for data in response.content.iter_any():
                now = time.perf_counter()
                if last:
                    gaps.append(now - last)
                last = now
                end = data
        return b"[DONE]" in end

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        return sum(await asyncio.gather(*(one(session, n) for n in range(streams))))


async def _gateway(streams: int, url: str, gaps: list[float]) -> int:
    import time
    import uuid

    from multivocal.llm.gateway import ChatRequest, Gateway, Message
    from multivocal.llm.models import LanguageModel
    from multivocal.llm.threads import in_db
    from multivocal.studies.models import Study

    model = await in_db(LanguageModel.objects.get, name="bench-0")
    study = await in_db(Study.objects.get, slug="bench")

    async def one(gateway: Gateway, number: int) -> bool:
        last = 0.0

        def on_text(text: str) -> None:
            nonlocal last
            now = time.perf_counter()
            if last:
                gaps.append(now - last)
            last = now

        request = ChatRequest(
            model=model, messages=(Message("user", f"{PROMPT} {number}"),), purpose="bench", account=study.pk,
            subject=str(uuid.uuid4()),
        )  # fmt: skip
        return bool((await gateway.chat(request, on_text)).text)

    async with Gateway() as gateway:
        return sum(await asyncio.gather(*(one(gateway, n) for n in range(streams))))


if __name__ == "__main__":
    main()
