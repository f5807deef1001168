"""How a conversation reaches the server: the socket, or its plain twin where sockets do not pass."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Protocol, Self

import aiohttp
import orjson

from multivocal.studies.simulate.browser import Browser

Event = dict[str, Any]
CANNOT = (aiohttp.ClientError, ConnectionError, TimeoutError, OSError)


class MovedOnError(Exception):
    """The server says that this part is over, or not this browser's: the page is to be loaded again."""


class DroppedError(Exception):
    """The connection is gone; what was not acknowledged is sent again on the next one."""


class Wire(Protocol):
    """A way to send actions and hear events."""

    async def __aenter__(self) -> Self:
        """Connect; one of CANNOT when that fails."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go."""

    async def send(self, action: Event) -> None:
        """Send an action."""

    def events(self, silence: float) -> AsyncIterator[Event]:
        """Yield what the server says; DroppedError after ``silence`` seconds without a word."""


class Socket:
    """The WebSocket."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser = browser
        self.url = browser.at(path).replace("http", "ws", 1)

    async def __aenter__(self) -> Self:
        self.socket = await self.browser.session.ws_connect(
            self.url,
            origin=self.browser.site,
            max_msg_size=2_000_000,
            timeout=aiohttp.ClientWSTimeout(ws_close=2),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()

    async def send(self, action: Event) -> None:
        """Send an action as one text frame."""
        try:
            await self.socket.send_str(orjson.dumps(action).decode())
        except CANNOT as error:
            raise DroppedError(type(error).__name__) from None

    async def events(self, silence: float) -> AsyncIterator[Event]:
        """Yield events until the socket closes or is silent for too long."""
        while True:
            try:
                message = await self.socket.receive(timeout=silence)
            except CANNOT as error:
                raise DroppedError(f"silent ({type(error).__name__})") from None
            if message.type is not aiohttp.WSMsgType.TEXT:
                if (self.socket.close_code or 0) >= 4400:
                    raise MovedOnError(str(self.socket.close_code))
                raise DroppedError(f"closed ({self.socket.close_code})")
            yield orjson.loads(message.data)


class Twin:
    """The plain twin: GET for the state, POST for an action, whose answer is lines of events."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser, self.url = browser, browser.at(path)
        self.inbox: asyncio.Queue[Event | Exception] = asyncio.Queue()
        self.tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._start(self._state())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def send(self, action: Event) -> None:
        """Post an action; its events arrive through ``events``."""
        self._start(self._post(action))

    async def events(self, silence: float) -> AsyncIterator[Event]:
        """Yield events; between two posts the state is asked for now and then."""
        quiet = 0.0
        while quiet < silence:
            try:
                event = await asyncio.wait_for(self.inbox.get(), 3.0)
            except TimeoutError:
                quiet += 3.0
                if not self.tasks:
                    self._start(self._state())
                continue
            if isinstance(event, Exception):
                raise event
            quiet = 0.0 if event["type"] != "state" else quiet
            yield event
        raise DroppedError("silent")

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _state(self) -> None:
        await self._exchange("GET", None)

    async def _post(self, action: Event) -> None:
        await self._exchange("POST", action)

    async def _exchange(self, method: str, action: Event | None) -> None:
        headers = {"Content-Type": "application/json", "Origin": self.browser.site} if action else {}
        body = orjson.dumps(action) if action else None
        # A turn may take minutes: only silence is a fault here.
        patience = aiohttp.ClientTimeout(total=None, sock_read=60)
        try:
            async with self.browser.session.request(
                method, self.url, data=body, headers=headers, timeout=patience
            ) as response:
                if response.status >= 500 or response.status == 429:
                    raise DroppedError(str(response.status))
                if response.status >= 400:
                    refusal = orjson.loads(await response.read())
                    if response.status in (401, 410) or refusal.get("code") == "moved_on":
                        raise MovedOnError(refusal.get("code", ""))
                    self.inbox.put_nowait({"type": "refused", "key": (action or {}).get("key"), **refusal})
                    return
                async for line in response.content:
                    self.inbox.put_nowait(orjson.loads(line))
        except (DroppedError, MovedOnError) as error:
            self.inbox.put_nowait(error)
        except (*CANNOT, orjson.JSONDecodeError) as error:
            self.inbox.put_nowait(DroppedError(type(error).__name__))
