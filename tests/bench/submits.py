"""CPU of the server per submitted answer, and how many answers a second it takes."""

import asyncio
import uuid
from collections.abc import Callable

import aiohttp
import orjson
import psycopg

from multivocal.studies.models import Study
from multivocal.studies.sessions import cookie_name
from tests.bench.figures import Figure
from tests.bench.load import Load, Send, drive
from tests.bench.places import floor_process
from tests.bench.profiles import post_in_process, profile
from tests.bench.rows import Person, make_people, make_study
from tests.processes.servers import Place

SLUG = "bench"
CSRF = "a" * 32


def run(place: Place, quick: bool) -> list[Figure]:
    """Measure judgements by form and by socket, prompts, and survey pages, each against one bare insert."""
    n = 150 if quick else 600
    study = make_study(SLUG, 2, f"{place.simulator_url}/v1")
    place.start("web")
    pid = place.processes["web"]

    def cost(send: Send, requests: int, clients: int = 8) -> tuple[float, Load]:
        before = pid.cpu_seconds()
        load = asyncio.run(drive(send, requests, clients))
        return 1000 * (pid.cpu_seconds() - before) / requests, load

    floor_ms, floor_load = _floor(place, n)
    figures = []
    for name, stage, judging, make in (
        ("CPU per answer: judgement by form", "chat", True, judge_by_form),
        ("CPU per answer: survey page", "questions", False, survey_page),
    ):
        cost(make(place, make_people(study, 30, stage=stage, judging=judging)), 30)  # warm
        ms, load = cost(make(place, make_people(study, n, stage=stage, judging=judging)), n)
        note = f"p95 {load.quantile_ms(0.95):.0f} ms, statuses {dict(load.statuses)}"
        figures.append(Figure(name, ms, "ms", 6.0, "low", floor_ms, note))
        figures.append(
            Figure(f"  as a multiple of one bare insert ({name.split(': ')[1]})", ms / floor_ms, "×", 3.0)
        )
    warm = make_people(study, 20, stage="chat", judging=True)
    asyncio.run(judge_by_socket(place, warm))
    people = make_people(study, n, stage="chat", judging=True)
    sockets = asyncio.run(_on_sockets(place, people, pid.cpu_seconds))
    figures.append(Figure("CPU per answer: judgement by socket", sockets, "ms", 6.0, "low", floor_ms))
    figures.append(
        Figure("  as a multiple of one bare insert (judgement by socket)", sockets / floor_ms, "×", 3.0)
    )
    for clients, target in ((32, 250.0), (64, None)):
        people = make_people(study, 4 * n, stage="chat", judging=True)
        _, load = cost(judge_by_form(place, people), len(people), clients)
        bad = sum(count for status, count in load.statuses.items() if status >= 500)
        figures.append(
            Figure(
                f"answers per second, {clients} clients",
                load.per_second,
                "/s",
                target,
                "high",
                floor_load.per_second,
            )
        )
        figures.append(
            Figure(f"  p95 at {clients} clients", load.quantile_ms(0.95), "ms", 200.0 if target else None)
        )
        figures.append(Figure(f"  answers with 5xx at {clients} clients", bad, "", 0))
    place.stop("web")
    if any(figure.reached is False for figure in figures):
        _explain(study)
    return figures


def _explain(study: Study) -> None:
    """Save profiles of a judgement and of a survey page under var/bench, and print where their time goes."""
    for name, stage, fields in (
        ("judgement", "chat", judgement_fields),
        ("survey_page", "questions", survey_fields),
    ):
        people = make_people(study, 220, stage=stage, judging=stage == "chat")
        post = post_in_process(SLUG, people, fields, CSRF)
        for number in range(20):
            post(number)
        told = profile(name, lambda number, post=post: post(20 + number), 200)
        print(f"\n{name}: the whole profile is in var/bench/{name}.profile.txt\n{told}\n", flush=True)


def _floor(place: Place, n: int) -> tuple[float, Load]:
    with psycopg.connect(place.database_url) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, key uuid, body text)"
        )
    with floor_process(place) as (url, process):

        async def send(session: aiohttp.ClientSession, number: int) -> int:
            data = {"key": str(uuid.uuid4()), "body": "score-A=70&score-B=20"}
            async with session.post(f"{url}/submit", data=data) as response:
                await response.read()
                return response.status

        asyncio.run(drive(send, 60, 8))
        before = process.cpu_seconds()
        asyncio.run(drive(send, 2 * n, 8))
        ms = 1000 * (process.cpu_seconds() - before) / (2 * n)
        return ms, asyncio.run(drive(send, 4 * n, 32))


def _headers(person: Person) -> dict[str, str]:
    return {"Cookie": f"{cookie_name(SLUG)}={person.token}; csrftoken={CSRF}"}


def _poster(place: Place, people: list[Person], fields: Callable[[Person], dict[str, str]]) -> Send:
    async def send(session: aiohttp.ClientSession, number: int) -> int:
        person = people[number]
        data = {"csrfmiddlewaretoken": CSRF, "key": str(uuid.uuid4()), **fields(person)}
        async with session.post(
            f"{place.url}/s/{SLUG}/here/", data=data, headers=_headers(person), allow_redirects=False
        ) as response:
            await response.read()
            if response.status == 303 and "note=" in response.headers["Location"]:
                return 409
            return response.status

    return send


def judge_by_form(place: Place, people: list[Person]) -> Send:
    """Return a client that posts the judgement of a turn as a plain form."""
    return _poster(place, people, judgement_fields)


def judgement_fields(person: Person) -> dict[str, str]:
    """Return the form of a judgement."""
    scores = {f"score-{slot}": str(70 - 9 * n) for n, slot in enumerate(person.slots)}
    return {"stage": "chat", "step": "chat", "do": "judge", "turn": person.turn, **scores}


def survey_page(place: Place, people: list[Person]) -> Send:
    """Return a client that posts a page of a survey: choices, a text, five scales."""
    return _poster(place, people, survey_fields)


def survey_fields(person: Person) -> dict[str, str]:
    """Return the form of a survey page."""
    return {
        "stage": "questions",
        "step": "one",
        "page": "one",
        "familiar": "b",
        "reasons": "a",
        "story": "A few words. " * 12,
        **{f"wants.r{n}": str(40 + n) for n in range(1, 6)},
    }


async def judge_by_socket(place: Place, people: list[Person]) -> None:
    """Open a socket for everybody, judge, wait for the acknowledgement, close."""
    await _on_sockets(place, people, lambda: 0.0)


async def _on_sockets(place: Place, people: list[Person], cpu: Callable[[], float]) -> float:
    """Return milliseconds of the server's CPU per judgement on sockets that are open already."""
    url = place.url.replace("http", "ws", 1) + f"/ws/live/{SLUG}/chat/"
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        gate = asyncio.Semaphore(32)

        async def connect(person: Person) -> aiohttp.ClientWebSocketResponse:
            async with gate:
                socket = await session.ws_connect(url, origin=place.url, headers=_headers(person))
                assert orjson.loads(await socket.receive_str(timeout=30))["type"] == "state"
                return socket

        sockets = await asyncio.gather(*map(connect, people))
        before = cpu()

        async def judge(person: Person, socket: aiohttp.ClientWebSocketResponse) -> None:
            async with gate:
                scores = {slot: 70 - 9 * n for n, slot in enumerate(person.slots)}
                key = str(uuid.uuid4())
                action = {"do": "judge", "key": key, "turn": person.turn, "payload": {"scores": scores}}
                await socket.send_str(orjson.dumps(action).decode())
                told = orjson.loads(await socket.receive_str(timeout=30))
                assert told["type"] == "state", told
                assert told["key"] == key

        await asyncio.gather(*map(judge, people, sockets))
        spent = 1000 * (cpu() - before) / len(people)
        await asyncio.gather(*(socket.close() for socket in sockets))
        return spent
