"""The bare floor of a stream: a Channels consumer that sends constants, 20 tokens a second, flushed as ours are."""

import asyncio
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")

import django

django.setup()

import orjson  # noqa: E402 - after the settings
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402

from annotation.conversations.answering import FLUSH_S  # noqa: E402

SECONDS = 12.0
consumers: set[asyncio.Task[None]] = set()


class Constants(AsyncWebsocketConsumer):
    """Sends the same words again and again."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Start to stream."""
        task = asyncio.create_task(self._stream())
        consumers.add(task)
        task.add_done_callback(consumers.discard)

    async def _stream(self) -> None:
        event: dict[str, Any] = {
            "type": "text",
            "turn": "x" * 36,
            "slot": "A",
            "at": 0,
            "text": "some words ",
        }
        for at in range(int(SECONDS / FLUSH_S)):
            await asyncio.sleep(FLUSH_S)
            await self.send(text_data=orjson.dumps({**event, "at": at}).decode())
        await self.send(text_data='{"type":"answer"}')


_consumer = Constants.as_asgi()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve sockets, and say over HTTP that the process is there."""
    if scope["type"] == "websocket":
        await _consumer(scope, receive, send)
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
    else:
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
