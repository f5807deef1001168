"""A browser tab's socket, on the ASGI application itself (channels' own test client wants daphne and Twisted)."""

from typing import Any

import orjson
from asgiref.testing import ApplicationCommunicator

from multivocal.asgi import application


class Tab:
    """One WebSocket."""

    def __init__(self, path: str, cookie: str, origin: str = "http://testserver") -> None:
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": b"",
            "subprotocols": [],
            "headers": [(b"cookie", cookie.encode()), (b"origin", origin.encode()), (b"host", b"testserver")],
        }
        self.wire = ApplicationCommunicator(application, scope)

    async def connect(self) -> bool:
        """Shake hands; False where the server declines."""
        await self.wire.send_input({"type": "websocket.connect"})
        return bool((await self.wire.receive_output(10))["type"] == "websocket.accept")

    async def send(self, data: Any) -> None:
        """Send an action, or raw text."""
        text = data if isinstance(data, str) else orjson.dumps(data).decode()
        await self.wire.send_input({"type": "websocket.receive", "text": text})

    async def receive(self) -> dict[str, Any]:
        """Return the next event; a closed socket is the event ``closed``."""
        frame = await self.wire.receive_output(10)
        return orjson.loads(frame["text"]) if frame["type"] == "websocket.send" else {"type": "closed"}  # type: ignore[no-any-return]

    async def event(self, kind: str) -> dict[str, Any]:
        """Return the next event of a kind."""
        while True:
            found = await self.receive()
            if found["type"] == kind:
                return found

    async def until(self, phase: str) -> dict[str, Any]:
        """Return the conversation once it is in a phase."""
        while True:
            conversation: dict[str, Any] = (await self.event("state"))["state"]["conversation"]
            if conversation["phase"] == phase:
                return conversation

    async def leave(self) -> None:
        """Close the tab."""
        await self.wire.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wire.wait()
