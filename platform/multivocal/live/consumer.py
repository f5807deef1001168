"""The socket: sends the whole state on every connection and after every action, and streams what happens between."""

import asyncio
from typing import Any

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http.cookie import parse_cookie
from django.utils.translation import gettext as _

from multivocal.errors import Invalid, Refused, TooLarge
from multivocal.live.hub import Event, hub
from multivocal.live.session import LiveSession

LONGEST_FRAME = 64_000
UNKNOWN, MOVED, BUSY = 4401, 4409, 4429


class LiveConsumer(AsyncWebsocketConsumer):
    """One browser tab on one live stage."""

    session: LiveSession
    topic: str | None = None

    async def connect(self) -> None:
        """Accept the people of this stage; others are told why and let go."""
        route = self.scope["url_route"]["kwargs"]
        self.session = LiveSession(_cookies(self.scope), route["slug"], route["stage"])
        self.outbox: asyncio.Queue[Event] = asyncio.Queue()
        await self.accept()
        try:
            self.topic = await self.session.open()
        except Refused as refusal:
            await self._send({"type": "refused", **refusal.as_json()})
            await self.close({409: MOVED, 429: BUSY}.get(refusal.status, UNKNOWN))
            return
        hub().listen(self.topic, self.outbox.put_nowait)
        self.sender = asyncio.create_task(self._deliver())
        self.outbox.put_nowait({"type": "state", "state": await self.session.state()})
        hub().begin_warming()  # while the person still writes; what they send meanwhile is heard

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one action; every refusal is an answer on the socket, and changes nothing."""
        key = None
        try:
            data = _parsed(text_data)
            key = data.get("key")
            if data.get("do") == "ping":
                self.outbox.put_nowait({"type": "pong"})
                return
            state = await self.session.act(data)
            self.outbox.put_nowait({"type": "state", "state": state, "key": key})
            if data.get("do") != "draft" and self.topic is not None:
                hub().tell_others(self.topic, {"type": "state", "state": state}, self.outbox.put_nowait)
        except Refused as refusal:
            self.outbox.put_nowait({"type": "refused", "key": key, **refusal.as_json()})

    async def disconnect(self, code: int) -> None:
        """Stop listening; the work goes on without this tab."""
        if self.topic is not None:
            hub().leave(self.topic, self.outbox.put_nowait)
            self.sender.cancel()

    async def _deliver(self) -> None:
        while True:
            event = await self.outbox.get()
            if event["type"] == "turn":
                try:
                    event = {"type": "state", "state": await self.session.state()}
                except Refused as refusal:  # withdrawn, or moved on in another tab
                    event = {"type": "refused", **refusal.as_json()}
            await self._send(event)

    async def _send(self, event: Event) -> None:
        await self.send(text_data=orjson.dumps(event).decode())


def _cookies(scope: dict[str, Any]) -> dict[str, str]:
    raw = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(raw.decode("latin1"))


def _parsed(text: str | None) -> dict[str, Any]:
    if text is None:
        raise Invalid(_("Send text frames."), code="not_text")
    if len(text) > LONGEST_FRAME:
        raise TooLarge(
            _("This message is too long."),
            fields={"text": _("at most {count} bytes").format(count=LONGEST_FRAME)},
        )
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid(_("This message is not JSON."), code="not_json") from None
    if not isinstance(data, dict):
        raise Invalid(_("A message is a JSON object."), code="not_an_object")
    return data
