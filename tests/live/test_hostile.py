"""What Mallory tries on a live stage: each time a clear sentence, the right status, and nothing changed."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from annotation.conversations.models import Conversation, Turn
from annotation.protocols.models import Judgement
from multivocal import pace
from multivocal.asgi import application
from multivocal.live.session import MOST_TABS
from multivocal.pages import SMALL_BODY
from multivocal.studies.sessions import cookie_name, open_session
from multivocal.studies.stages import Visit
from tests.conversations.conftest import answer, begin, say
from tests.live.tab import Tab
from tests.live.test_socket import close_up, connect, noor, plain

__all__ = ["close_up", "noor"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mallory(noor: tuple[Visit, str], make_visit: Callable[..., Visit]) -> tuple[Visit, str]:
    """Mallory, who takes part in a study of her own."""
    visit = make_visit(min_turns=1)
    begin(visit)
    return visit, open_session(enrolment=visit.enrolment)


def _said(text: str) -> bytes:
    return orjson.dumps({"do": "say", "key": str(uuid4()), "text": text})


async def test_a_message_of_100_kb_is_refused_on_every_way(noor: tuple[Visit, str]) -> None:
    long = "x" * 100_000
    status, lines = await plain(*noor, "POST", _said(long))
    assert (status, lines[0]["code"]) == (413, "too_large")
    status, lines = await plain(*noor, "POST", _said("x" * 4001))
    assert (status, lines[0]["code"]) == (413, "too_large") and "4001" in lines[0]["message"]
    socket = await connect(*noor)
    await socket.event("state")
    await socket.send(_said(long).decode())
    assert (await socket.event("refused"))["code"] == "too_large"
    await socket.leave()
    assert not await Turn.objects.aexists()


async def test_a_body_without_an_end_is_not_written_to_the_disk(noor: tuple[Visit, str]) -> None:
    visit, token = noor
    slug = visit.definition.slug
    headers = {
        "cookie": f"{cookie_name(slug)}={token}",
        "host": "testserver",
        "content-type": "application/json",
    }
    request = ApplicationCommunicator(
        application,
        {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "path": f"/live/{slug}/talk/",
            "query_string": b"",
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        },
    )
    for _ in range(SMALL_BODY // 65_536 + 1):
        await request.send_input({"type": "http.request", "body": b" " * 65_536, "more_body": True})
    assert (await request.receive_output(10))["status"] == 413
    assert orjson.loads((await request.receive_output(10))["body"])["code"] == "too_large"


async def test_control_characters_vanish_and_markup_stays_text(noor: tuple[Visit, str]) -> None:
    status, lines = await plain(*noor, "POST", _said("\x00\x1b[31m<script>alert(1)</script>\x07\u202e"))
    assert status == 200
    assert lines[0]["state"]["conversation"]["turns"][0]["prompt"].startswith("[31m<script>alert(1)")
    assert b"\x00" not in orjson.dumps(lines)
    page = await sync_to_async(_page_of)(*noor)
    assert "<script>alert(1)" not in page and "alert(1)" in page


def _page_of(visit: Visit, token: str) -> str:
    client = Client()
    client.cookies[cookie_name(visit.definition.slug)] = token
    return client.get(f"/s/{visit.definition.slug}/here/").content.decode()


FORGED: list[tuple[dict[str, Any], int]] = [
    ({"scores": {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5}}, 422),
    ({"scores": {"A": 1, "B": 2, "C": 3, "__proto__": 4}}, 422),
    ({"scores": {"A": 1, "B": 2, "C": 3, "D": 101}}, 422),
    ({"scores": {"A": 1, "B": 2, "C": 3, "D": -(10**30)}}, 400),
    ({"scores": {"A": 1, "B": 2, "C": 3, "D": 4.5}}, 400),
    ({"scores": [1, 2, 3, 4]}, 400),
    ({"scores": {}, "model": "which"}, 400),
    ({"choice": "A"}, 400),
    ({}, 422),
]


@pytest.mark.parametrize(("payload", "status"), FORGED)
async def test_forged_slots_and_scores_judge_nothing(
    noor: tuple[Visit, str], payload: dict[str, Any], status: int
) -> None:
    turn = await sync_to_async(lambda: answer(say(noor[0])))()
    action = {"do": "judge", "key": str(uuid4()), "turn": str(turn.pk), "payload": payload}
    got, lines = await plain(*noor, "POST", json.dumps(action).encode())
    assert got == status and lines[0]["message"]
    await turn.arefresh_from_db()
    assert turn.state == Turn.State.JUDGING
    assert not await Judgement.objects.aexists()


@pytest.mark.parametrize("do", ["judge", "break_tie", "retry"])
async def test_somebody_elses_turn_is_no_turn_of_mallorys(
    noor: tuple[Visit, str], mallory: tuple[Visit, str], do: str
) -> None:
    turn = await sync_to_async(lambda: answer(say(noor[0])))()
    more: dict[str, Any] = {
        "judge": {"payload": {"scores": dict.fromkeys("ABCD", 5)}},
        "break_tie": {"slot": "A"},
        "retry": {},
    }[do]
    action = {"do": do, "key": str(uuid4()), "turn": str(turn.pk), **more}
    status, lines = await plain(*mallory, "POST", orjson.dumps(action))
    assert (status, lines[0]["code"]) == (404, "no_such_turn")
    await turn.arefresh_from_db()
    assert turn.state == Turn.State.JUDGING
    # her own cookie, on the other study's address: not known there
    status, lines = await plain(noor[0], mallory[1], "POST", _said("I am Noor"))
    assert (status, lines[0]["code"]) == (401, "no_session")
    assert await Turn.objects.acount() == 1


async def test_a_socket_from_another_origin_does_not_open(noor: tuple[Visit, str]) -> None:
    visit, token = noor
    slug = visit.definition.slug
    tab = Tab(f"/ws/live/{slug}/talk/", f"{cookie_name(slug)}={token}", origin="https://evil.example")
    assert not await tab.connect()


async def test_two_hundred_sockets_of_one_person_leave_room_for_others(
    noor: tuple[Visit, str], mallory: tuple[Visit, str]
) -> None:
    tabs, refused = [], 0
    for _ in range(200):
        tab = await connect(*mallory)
        first = await tab.receive()
        if first["type"] == "refused":
            assert first["code"] == "too_many_windows" and first["message"]
            assert (await tab.receive())["type"] == "closed"
            refused += 1
        else:
            tabs.append(tab)
    assert (len(tabs), refused) == (MOST_TABS, 200 - MOST_TABS)
    other = await connect(*noor)
    assert (await other.receive())["type"] == "state"
    await tabs.pop().leave()
    again = await connect(*mallory)
    assert (await again.receive())["type"] == "state"
    for tab in (*tabs, other, again):
        await tab.leave()


async def test_rapid_fire_is_slowed_down_for_that_person_alone(
    noor: tuple[Visit, str], mallory: tuple[Visit, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "actions", pace.Pace(burst=5, per_second=0))
    for n in range(8):
        status, lines = await plain(*mallory, "POST", orjson.dumps({"do": "draft", "text": str(n)}))
        assert status == (200 if n < 5 else 429)
    assert lines[0]["code"] == "too_fast" and lines[0]["message"]
    held = await Conversation.objects.aget(enrolment=mallory[0].enrolment)
    assert held.draft == "4"
    status, _lines = await plain(*noor, "POST", orjson.dumps({"do": "draft", "text": "mine"}))
    assert status == 200
    socket = await connect(*mallory)
    await socket.event("state")
    await socket.send({"do": "draft", "text": "again"})
    assert (await socket.event("refused"))["code"] == "too_fast"
    await socket.send({"do": "ping"})
    await socket.event("pong")
    await socket.leave()


@pytest.mark.parametrize(
    "frame",
    [
        "[" * 30_000,
        '{"do":' * 9_000,
        '"\\ud800"',
        '{"do":"say","key":"' + "9" * 40 + '","text":[]}',
        "1e999",
        "\x00",
    ],
)
async def test_odd_frames_are_answered(noor: tuple[Visit, str], frame: str) -> None:
    socket = await connect(*noor)
    await socket.event("state")
    await socket.send(frame)
    assert (await socket.event("refused"))["message"]
    await socket.leave()
    assert not await Turn.objects.aexists()
