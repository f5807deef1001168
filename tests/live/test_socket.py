"""The socket and its plain twin, through the real ASGI application: the same state, the same refusals."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import orjson
import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.db import connections

from annotation.conversations.models import Turn
from multivocal.asgi import application
from multivocal.live.hub import hub
from multivocal.llm.models import Account, LanguageModel
from multivocal.studies.models import Study
from multivocal.studies.sessions import cookie_name, open_session
from multivocal.studies.stages import Visit
from tests.conversations.conftest import begin
from tests.live.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def noor(rows: None, simulator: str, make_visit: Callable[..., Visit]) -> tuple[Visit, str]:
    """Noor in her conversation, and her session's token."""
    visit = make_visit(min_turns=1)
    LanguageModel.objects.update(base_url=f"{simulator}/v1", model_id="sim-warm", simulated=True)
    Account.objects.create(id=visit.enrolment.study_id, limit_usd=1)
    begin(visit)
    return visit, open_session(enrolment=visit.enrolment)


@pytest.fixture(autouse=True)
async def close_up() -> AsyncIterator[None]:
    """Stop what still runs, and close the async thread's connection."""
    yield
    await hub().close()
    await sync_to_async(connections.close_all)()


async def connect(visit: Visit, token: str, stage: str = "talk") -> Tab:
    """Open a tab."""
    slug = visit.definition.slug
    tab = Tab(f"/ws/live/{slug}/{stage}/", f"{cookie_name(slug)}={token}")
    assert await tab.connect()
    return tab


async def test_a_turn_over_the_socket_and_the_same_state_after_reconnecting(noor: tuple[Visit, str]) -> None:
    socket = await connect(*noor)
    assert (await socket.event("state"))["state"]["conversation"]["phase"] == "opening"
    await socket.send({"do": "say", "key": str(uuid4()), "text": "What makes a good friend?"})
    talk = await socket.until("judging")
    scores = {answer["slot"]: 10 for answer in talk["turns"][0]["answers"]} | {"C": 90}
    verdict = {
        "do": "judge",
        "key": str(uuid4()),
        "turn": talk["turns"][0]["id"],
        "payload": {"scores": scores},
    }
    await socket.send(verdict)
    before = await socket.until("continuing")
    assert [a["slot"] for a in before["turns"][0]["answers"] if a["chosen"]] == ["C"]
    await socket.leave()
    again = await connect(*noor)
    assert (await again.event("state"))["state"]["conversation"] == before
    await again.send(verdict)
    assert (await again.event("state"))["state"]["conversation"] == before
    await again.leave()


async def test_the_events_replayed_onto_the_old_state_give_the_new_one(noor: tuple[Visit, str]) -> None:
    socket = await connect(*noor)
    await socket.event("state")
    await socket.send({"do": "say", "key": str(uuid4()), "text": "Tell me about the sea"})
    texts: dict[str, str] = {}
    while True:
        told = await socket.receive()
        if told["type"] == "text":
            texts[told["slot"]] = texts.get(told["slot"], "")[: told["at"]] + told["text"]
        elif told["type"] == "answer":
            texts[told["slot"]] = told["text"]
        elif told["type"] == "state" and told["state"]["conversation"]["phase"] == "judging":
            break
    assert texts == {a["slot"]: a["text"] for a in told["state"]["conversation"]["turns"][0]["answers"]}
    await socket.leave()


async def test_a_second_tab_sees_what_the_first_one_does(noor: tuple[Visit, str]) -> None:
    one, two = await connect(*noor), await connect(*noor)
    await one.event("state")
    await two.event("state")
    await one.send({"do": "say", "key": str(uuid4()), "text": "Hello from the first tab"})
    assert (await two.until("judging"))["turns"][0]["prompt"] == "Hello from the first tab"
    await one.until("judging")
    await one.leave()
    await two.leave()


async def test_work_goes_on_when_the_phone_drops(noor: tuple[Visit, str]) -> None:
    socket = await connect(*noor)
    await socket.event("state")
    await socket.send({"do": "say", "key": str(uuid4()), "text": "Going into a tunnel"})
    await socket.event("state")
    await socket.leave()
    for task in list(hub().works.values()):
        await task
    assert (await Turn.objects.aget()).state == Turn.State.JUDGING


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", "not_json"),
        ("[]", "not_an_object"),
        ('{"do": "dance"}', "invalid"),
        ('{"do": "say", "key": "1", "text": "x"}', "invalid"),
        ('{"do": "ping", "text": "' + "x" * 70_000 + '"}', "too_large"),
    ],
)
async def test_bad_frames_are_refused_and_the_socket_stays(
    noor: tuple[Visit, str], frame: str, code: str
) -> None:
    socket = await connect(*noor)
    await socket.event("state")
    await socket.send(frame)
    assert (await socket.event("refused"))["code"] == code
    await socket.send({"do": "ping"})
    await socket.event("pong")
    await socket.leave()


async def test_a_stranger_is_told_and_let_go(noor: tuple[Visit, str]) -> None:
    socket = await connect(noor[0], "the-token-of-sven-the-stranger")
    assert (await socket.event("refused"))["code"] == "no_session"
    assert (await socket.receive())["type"] == "closed"


async def test_another_stage_and_a_closed_study_are_refused(noor: tuple[Visit, str]) -> None:
    socket = await connect(*noor, stage="elsewhere")
    assert (await socket.event("refused"))["code"] == "moved_on"
    await Study.objects.aupdate(state=Study.State.CLOSED)
    socket = await connect(*noor)
    assert (await socket.event("refused"))["code"] == "study_closed"


async def plain(
    visit: Visit, token: str, method: str, body: bytes = b"", **headers: str
) -> tuple[int, list[dict[str, Any]]]:
    """Send one plain request and return its status and lines."""
    slug = visit.definition.slug
    sent = {
        "cookie": f"{cookie_name(slug)}={token}",
        "host": "testserver",
        "content-type": "application/json",
    }
    request = ApplicationCommunicator(
        application,
        {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": f"/live/{slug}/talk/",
            "query_string": b"",
            "headers": [(k.encode(), v.encode()) for k, v in (sent | headers).items()],
        },
    )
    await request.send_input({"type": "http.request", "body": body})
    start = await request.receive_output(timeout=10)
    content = b""
    while True:
        part = await request.receive_output(timeout=10)
        content += part.get("body", b"")
        if not part.get("more_body"):
            break
    await request.wait()
    return start["status"], [orjson.loads(line) for line in content.splitlines()]


async def test_the_plain_twin_says_the_same(noor: tuple[Visit, str]) -> None:
    status, lines = await plain(*noor, "GET")
    assert status == 200 and lines[0]["state"]["conversation"]["phase"] == "opening"
    say = {"do": "say", "key": str(uuid4()), "text": "Over plain HTTP"}
    status, lines = await plain(*noor, "POST", orjson.dumps(say))
    assert status == 200 and lines[0]["type"] == "state"
    assert lines[-1]["state"]["conversation"]["phase"] == "judging"
    status, again = await plain(*noor, "POST", orjson.dumps(say))
    assert again[-1]["state"] == lines[-1]["state"]
    assert await Turn.objects.acount() == 1


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b'{"do": "dance"}', {}, 400),
        (b"{}", {"content-type": "text/plain"}, 415),
        (b"{}", {"origin": "https://evil.example"}, 400),
        (b"{}", {"content-length": "9000000"}, 413),
        (b"{}", {"cookie": "mv_session_x=forged"}, 401),
    ],
)
async def test_bad_plain_requests_have_their_status(
    noor: tuple[Visit, str], body: bytes, headers: dict[str, str], status: int
) -> None:
    got, lines = await plain(*noor, "POST", body, **headers)
    assert got == status
    assert set(lines[0]) == {"code", "message", "fields"}
    assert not await Turn.objects.aexists()
