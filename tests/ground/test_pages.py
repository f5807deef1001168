"""Pages on threads: streams wait for their reader, end with them, and never look whole when they are not."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import uvicorn
from django.http import HttpResponse, StreamingHttpResponse

from multivocal.pages import LARGEST_BODY, Pages


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """A WSGI application with one path per question of these tests."""
    path = environ["PATH_INFO"]
    response: Any
    if path == "/echo":
        response = HttpResponse(environ["wsgi.input"].read(), headers={"X-Method": environ["REQUEST_METHOD"]})
    elif path == "/headers":
        names = sorted(name for name in environ if name.startswith("HTTP_X_"))
        response = HttpResponse(",".join(f"{name}={environ[name]}" for name in names))
    elif path == "/endless":
        response = StreamingHttpResponse(endless())
    elif path == "/broken":
        response = StreamingHttpResponse(broken())
    else:
        response = StreamingHttpResponse(iter([b"one ", b"", b"two"]))
    start_response(f"{response.status_code} X", list(response.items()))
    return response


closed = threading.Event()
produced = 0


def endless() -> Iterator[bytes]:
    global produced
    try:
        while True:
            produced += 1
            yield b"x" * 65536
    finally:
        closed.set()


def broken() -> Iterator[bytes]:
    yield b"the first half"
    raise RuntimeError("the database went away")


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """A real server on loopback; gives its port."""
    pages = Pages(application, threads=2)
    config = uvicorn.Config(pages, port=0, log_level="critical", lifespan="off", loop="asyncio", ws="none")
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        task = asyncio.create_task(server._serve([listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        await task
    pages.pool.shutdown()


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def get(path: str, extra: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{extra}\r\n".encode()


async def test_a_body_arrives_whole_with_and_without_a_length() -> None:
    async with serving() as port:
        plain = b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
        assert (await ask(port, plain)).endswith(b"hello")
        chunked = b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert b"hello" in await ask(port, chunked + b"5\r\nhello\r\n0\r\n\r\n")


async def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    async with serving() as port:
        head = f"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGEST_BODY + 1}\r\n\r\n".encode()
        assert b" 413 " in await ask(port, head)


async def test_a_header_with_an_underscore_cannot_pose_as_the_proxy() -> None:
    async with serving() as port:
        answer = await ask(port, get("/headers", "X-Real: 1\r\nX_Forwarded_Proto: https\r\n"))
        assert answer.endswith(b"HTTP_X_REAL=1")


async def test_a_stream_is_sent_and_a_head_request_gets_no_body() -> None:
    async with serving() as port:
        answer = await ask(port, get("/stream"))
        assert b"one " in answer and b"two" in answer
        head = await ask(port, get("/stream").replace(b"GET", b"HEAD"))
        assert b" 200 " in head and b"two" not in head


async def test_a_stream_waits_for_a_slow_reader_and_ends_when_the_reader_leaves() -> None:
    closed.clear()
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(get("/endless"))
        await reader.readexactly(1_000_000)
        await asyncio.sleep(0.3)
        waiting = produced
        await asyncio.sleep(0.3)
        assert produced == waiting, "a reader that does not read must hold the stream back"
        writer.transport.abort()
        assert await asyncio.to_thread(closed.wait, 10), "the stream must be closed when its reader has left"


async def test_a_stream_that_fails_half_way_does_not_look_whole() -> None:
    async with serving() as port:
        answer = await ask(port, get("/broken"))
    assert b"the first half" in answer
    assert not answer.endswith(b"0\r\n\r\n"), "the closing chunk would tell the client that it has everything"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_the_method_is_passed_on(method: str) -> None:
    async with serving() as port:
        answer = await ask(port, get("/echo").replace(b"GET", method.encode()))
        assert f"x-method: {method}".encode() in answer
