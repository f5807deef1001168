"""Endpoints that lie or do not end: every call ends as a row, within memory, and good words are never thrown away."""

import json
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest

from multivocal.llm.models import Call
from multivocal.llm.receiving import LARGEST_ANSWER, LARGEST_BODY
from tests.llm.conftest import MakeModel
from tests.llm.test_gateway import ask, chat, fail

Answer = tuple[int, bytes | None]
"""Status and body; None is spaces without end."""
Hostile = Callable[[Answer], str]


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    """A function that makes an endpoint which always answers so, and returns its address."""
    servers = []

    def start(answer: Answer) -> str:
        status, body = answer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args: Any) -> None: ...

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(status)
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                with suppress(OSError):
                    self._send(body if body is not None else b" " * 65_536)
                    while body is None:
                        self._send(b" " * 65_536)
                    self.wfile.write(b"0\r\n\r\n")

            def _send(self, data: bytes) -> None:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def completion(text: str, usage: str) -> Answer:
    choice = {"message": {"content": text}, "finish_reason": "stop"}
    return 200, f'{{"model": "m", "choices": [{json.dumps(choice)}], "usage": {usage}}}'.encode()


@pytest.mark.parametrize(
    "usage",
    [
        "null",
        "[1, 2]",
        '{"prompt_tokens": 5}',
        '{"prompt_tokens": -5, "completion_tokens": -100}',
        '{"prompt_tokens": 1000000000000, "completion_tokens": 2}',
        '{"prompt_tokens": 1e400, "completion_tokens": 2}',
        '{"prompt_tokens": "12", "completion_tokens": "lots"}',
    ],
)
def test_a_count_that_cannot_be_is_replaced_by_a_high_estimate(
    make_model: MakeModel, account: UUID, hostile: Hostile, usage: str
) -> None:
    model = make_model(address=hostile(completion("The first.", usage)))
    reply, _pieces = chat(ask(model, account), stream=False)
    call = Call.objects.get()
    assert (reply.text, call.state) == ("The first.", "done")
    assert 5 < call.tokens_in < 50 and call.tokens_out == 4
    assert call.cost == Decimal(call.tokens_in + 3 * call.tokens_out) / 1_000_000


@pytest.mark.parametrize(("status", "kind"), [(200, "garbage"), (500, "server"), (302, "bad_request")])
def test_an_answer_without_end_is_left_before_memory_is(
    make_model: MakeModel, account: UUID, hostile: Hostile, status: int, kind: str
) -> None:
    model = make_model(address=hostile((status, None)), timeout_s=5.0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert fail(ask(model, account), stream=False).kind == kind
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 5 * LARGEST_BODY
    assert Call.objects.get().state == "failed"


def test_an_answer_longer_than_any_is_none(make_model: MakeModel, account: UUID, hostile: Hostile) -> None:
    model = make_model(address=hostile(completion("x" * (LARGEST_ANSWER + 1), "null")))
    assert fail(ask(model, account), stream=False).kind == "garbage"
