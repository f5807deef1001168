"""Plain pages: a WSGI application on a few threads of the ASGI process; streams end when nobody reads."""

import asyncio
import concurrent.futures
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST_BODY = 32 * 1024 * 1024
SMALL_BODY = 1024 * 1024
_IN_MEMORY = 256 * 1024
_AT_ONCE = 1024 * 1024


class GoneError(Exception):
    """The client left before its request had arrived."""


class Pages:
    """An ASGI application that runs ``wsgi`` on ``threads`` threads.

    The body is read before a thread is taken, so a slow sender holds none. An answer that is not a stream
    costs one hop to the thread and back. A stream keeps its thread (and so its database cursor), waits for a
    slow reader, and is closed when the reader leaves. An error inside a stream breaks the connection: half a
    file never looks whole.
    """

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], *, threads: int = 6) -> None:
        self.wsgi = wsgi
        self.pool = concurrent.futures.ThreadPoolExecutor(threads, thread_name_prefix="pages")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        body = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed below
        try:
            if await _read(body, scope, receive):
                loop = asyncio.get_running_loop()
                exchange = _Exchange(self.wsgi, scope, receive, send, loop)
                try:
                    await loop.run_in_executor(self.pool, exchange.run, environ_of(scope, body))
                    await exchange.finish()
                finally:
                    exchange.gone = True  # the server may stop waiting; the thread must then not go on
            else:
                await _say_too_large(send)
        except GoneError:
            pass
        finally:
            body.close()


class _Exchange:
    """One request on its thread; the methods say on which side they run."""

    def __init__(
        self,
        wsgi: Callable[..., Any],
        scope: Message,
        receive: Receive,
        send: Send,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.wsgi, self.receive, self.send, self.loop = wsgi, receive, send, loop
        self.head_only = scope["method"] == "HEAD"
        self.start: Message = {}
        self.whole: bytes | None = None
        self.gone = False
        self.watch: asyncio.Task[None] | None = None

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.start = {
            "type": "http.response.start",
            "status": int(status[:3]),
            "headers": [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers],
        }

    def run(self, environ: dict[str, Any]) -> None:
        """On the thread: run the application; keep a short answer for ``finish``, send a stream now."""
        response = self.wsgi(environ, self.start_response)
        try:
            if self.head_only:
                self.whole = b""
            elif self._is_short(response):
                self.whole = b"".join(response)
            else:
                self._wait(self._begin())
                for piece in response:
                    if piece:
                        self._wait(
                            self.send({"type": "http.response.body", "body": piece, "more_body": True})
                        )
                    if self.gone:
                        break
        finally:
            if close := getattr(response, "close", None):
                close()

    def _is_short(self, response: Any) -> bool:
        if not getattr(response, "streaming", False):
            return True
        length = dict(self.start["headers"]).get(b"content-length", b"")
        return length.isdigit() and int(length) <= _AT_ONCE

    def _wait(self, awaitable: Any) -> None:
        future = asyncio.run_coroutine_threadsafe(awaitable, self.loop)
        while (
            not self.loop.is_closed()
        ):  # a loop that has ended never answers, and the thread would never leave
            try:
                future.result(timeout=5)
                return
            except concurrent.futures.TimeoutError:
                if future.done():
                    raise
        raise GoneError

    async def _begin(self) -> None:
        await self.send(self.start)
        self.watch = self.loop.create_task(self._wait_for_leaving())

    async def _wait_for_leaving(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.gone = True

    async def finish(self) -> None:
        """On the loop: send what ``run`` left to send."""
        if self.watch is not None:
            self.watch.cancel()
        if self.whole is not None:
            if self.whole and not any(name == b"content-length" for name, _ in self.start["headers"]):
                self.start["headers"].append((b"content-length", str(len(self.whole)).encode()))
            await self.send(self.start)
        await self.send({"type": "http.response.body", "body": self.whole or b"", "more_body": False})


def environ_of(scope: Message, body: Any) -> dict[str, Any]:
    """Return the WSGI environment (PEP 3333) of an ASGI HTTP scope whose body has been read into a file."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode("utf-8").decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if scope.get("client"):
        environ["REMOTE_ADDR"] = scope["client"][0]
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue  # X_Forwarded_Proto would become the name that only the proxy in front may set
        name = raw_name.decode("latin1").upper().replace("-", "_")
        if name not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            name = f"HTTP_{name}"
        value = raw_value.decode("latin1")
        environ[name] = f"{environ[name]},{value}" if name in environ else value
    return environ


async def _read(body: Any, scope: Message, receive: Receive) -> bool:
    """Read the request's body into ``body``; return False where it is larger than we take."""
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if length.isdigit() and int(length) > LARGEST_BODY:
        return False
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        piece = message.get("body", b"")
        size += len(piece)
        if size > LARGEST_BODY:
            return False
        body.write(piece)
        if not message.get("more_body", False):
            break
    body.seek(0)
    if size:
        # A chunked request says no length, and Django reads nothing without one.
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
        scope["headers"].append((b"content-length", str(size).encode()))
    return True


async def with_small_body(
    app: Callable[..., Awaitable[None]], scope: Message, receive: Receive, send: Send
) -> None:
    """Run an ASGI application on one request, and answer 413 once its body grows beyond ``SMALL_BODY``.

    Django's own handler writes a body of any length to disk before a view sees the request.
    """
    size, answered = 0, False

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return {"type": "http.disconnect"} if size > SMALL_BODY else message

    async def noted(message: Message) -> None:
        nonlocal answered
        answered = True
        await send(message)

    await app(scope, counted, noted)
    if size > SMALL_BODY and not answered:
        await _say_too_large(send)


async def _say_too_large(send: Send) -> None:
    said = b'{"code": "too_large", "message": "This is more than the server takes at once.", "fields": {}}'
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": said})
