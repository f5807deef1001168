"""One HTTP exchange over ASGI, in the few forms the simulator needs."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from multivocal.llm.simulator.requests import BadRequest

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

LARGEST_BODY = 20_000_000


class Exchange:
    """A request that is being answered."""

    def __init__(self, scope: Event, receive: Receive, send: Send) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.begun = False
        self.gone = False

    async def body(self) -> bytes:
        """Return the request's body; BadRequest (413) when it is too large."""
        parts, size = [], 0
        while True:
            event = await self.receive()
            parts.append(event.get("body", b""))
            size += len(parts[-1])
            if size > LARGEST_BODY:
                raise BadRequest("The body is too large.", 413, "too_large")
            if event["type"] == "http.disconnect" or not event.get("more_body"):
                return b"".join(parts)

    async def begin(
        self, content_type: bytes, status: int = 200, headers: list[tuple[bytes, bytes]] | None = None
    ) -> None:
        """Send the status and the headers."""
        self.begun = True
        every = [(b"content-type", content_type), (b"cache-control", b"no-store"), *(headers or ())]
        await self.send({"type": "http.response.start", "status": status, "headers": every})

    async def write(self, data: bytes) -> None:
        """Send some of the body; a client that has left is noted, not an error."""
        try:
            await self.send({"type": "http.response.body", "body": data, "more_body": True})
        except OSError:
            self.gone = True

    async def end(self) -> None:
        """End the body."""
        await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def send_whole(self, data: bytes, content_type: bytes = b"application/json", status: int = 200,
                         headers: list[tuple[bytes, bytes]] | None = None) -> None:  # fmt: skip
        """Send an answer in one piece."""
        length = (b"content-length", str(len(data)).encode())
        await self.begin(content_type, status, [length, *(headers or ())])
        await self.send({"type": "http.response.body", "body": data})

    async def send_json(
        self, data: bytes, status: int = 200, headers: list[tuple[bytes, bytes]] | None = None
    ) -> None:
        """Send a JSON answer in one piece."""
        await self.send_whole(data, b"application/json", status, headers)

    async def drop(self) -> None:
        """Promise an answer and leave without one: the server then closes the connection."""
        await self.begin(b"application/json", 200, [(b"content-length", b"1000")])

    async def wait_for_goodbye(self) -> None:
        """Say nothing until the client leaves."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.gone = True
