"""Answering a chat request over ASGI, at the pace and with the fault that was asked for."""

import asyncio
import os
from dataclasses import dataclass

from multivocal.llm.simulator import wire
from multivocal.llm.simulator.http import Exchange
from multivocal.llm.simulator.replies import Made, make_reply
from multivocal.llm.simulator.requests import Asked, read_chat

_ERRORS = {
    "400": (400, "This request is not one the model takes.", "invalid_request_error", "invalid_request"),
    "401": (401, "The key is not known.", "invalid_request_error", "invalid_api_key"),
    "429": (429, "Too many requests; wait a little.", "rate_limit_error", "rate_limit_exceeded"),
    "500": (500, "The model is not well just now.", "server_error", "server_error"),
}
_REFUSAL = "I cannot help with that."
_GARBAGE = ("\ufffd\x07\ufffd\x0b", "\x00\x01\x02", "\ufffd\ufffd\ufffd\ufffd", "\x1b\x1b\x0e", "\ufffd" * 9)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast words leave: tokens per second (0: as fast as possible), tokens per chunk, wait before the first."""

    tokens_per_second: float = 30.0
    chunk: int = 1
    first_s: float = 0.0

    @classmethod
    def from_environment(cls) -> "Pace":
        """Return the pace set by SIM_TOKENS_PER_SECOND, SIM_CHUNK and SIM_FIRST_SECONDS."""
        return cls(
            float(os.environ.get("SIM_TOKENS_PER_SECOND", "30")),
            max(1, int(os.environ.get("SIM_CHUNK", "1"))),
            float(os.environ.get("SIM_FIRST_SECONDS", "0")),
        )


async def answer_chat(exchange: Exchange, body: bytes, pace: Pace, fault: str | None) -> None:
    """Answer one chat request; ``fault`` decides how it goes wrong, if it does."""
    if fault in _ERRORS:
        status, message, kind, code = _ERRORS[fault]
        headers = [(b"retry-after", b"1")] if status == 429 else []
        await exchange.send_json(wire.error(message, kind, code), status, headers)
        return
    asked = read_chat(body)
    if fault == "timeout":
        await exchange.wait_for_goodbye()
        return
    if fault == "drop":
        await exchange.drop()
        return
    made = make_reply(asked)
    if fault == "empty":
        made = Made([] if asked.rng.random() < 0.5 else [" ", "\n", "  "], "stop")
    elif fault == "garbage" and asked.rng.random() < 0.5:
        made = Made([asked.rng.choice(_GARBAGE) for _ in range(12)], "stop")
    elif fault in {"truncated", "stall"}:
        made = Made(made.pieces[: max(1, len(made.pieces) // 2)], "", made.tool)
    elif fault == "garbage":
        await exchange.send_whole(b"<html>\xff\xfe not what you asked for", b"text/html")
        return
    if asked.stream:
        await _stream(exchange, asked, made, pace, fault)
    else:
        await _whole(exchange, asked, made, pace, fault)


async def _whole(exchange: Exchange, asked: Asked, made: Made, pace: Pace, fault: str | None) -> None:
    if fault == "stall":
        await exchange.wait_for_goodbye()
        return
    every = [made, *(make_reply(asked) for _ in range(asked.count - 1))]
    if pace.tokens_per_second:
        await asyncio.sleep(pace.first_s + len(made.pieces) / pace.tokens_per_second)
    refused = fault == "refused"
    if refused:
        every = [Made([], "content_filter" if asked.rng.random() < 0.5 else "stop")]
    await exchange.send_json(wire.completion(asked, every, _REFUSAL if refused else None))


async def _stream(exchange: Exchange, asked: Asked, made: Made, pace: Pace, fault: str | None) -> None:
    chunks = wire.Chunks(asked, made.tool)
    if pace.first_s:
        await asyncio.sleep(pace.first_s)
    await exchange.begin(b"text/event-stream")
    if fault == "refused" and asked.rng.random() < 0.5:
        await exchange.write(chunks.first() + chunks.refusal(_REFUSAL) + chunks.last("stop") + wire.DONE)
        await exchange.end()
        return
    await exchange.write(chunks.first())
    if fault == "refused":
        made = Made(made.pieces[:3], "content_filter")
    if pace.tokens_per_second:
        await _paced(exchange, chunks, made, pace)
    else:
        await exchange.write(b"".join(chunks.piece(text) for text in made.pieces))
    if fault == "stall":
        await exchange.wait_for_goodbye()
        return
    if made.finish_reason:
        tail = chunks.last(made.finish_reason)
        await exchange.write(tail + (chunks.usage(len(made.pieces)) if asked.usage else b"") + wire.DONE)
    await exchange.end()


async def _paced(exchange: Exchange, chunks: wire.Chunks, made: Made, pace: Pace) -> None:
    loop = asyncio.get_running_loop()
    start, gap = loop.time(), pace.chunk / pace.tokens_per_second
    for n, first in enumerate(range(0, len(made.pieces), pace.chunk)):
        # Against the clock, not after the last write: a busy moment must not slow the whole answer.
        wait = start + n * gap - loop.time()
        if wait > 0.001:
            await asyncio.sleep(wait)
        if exchange.gone:
            return
        await exchange.write(chunks.piece("".join(made.pieces[first : first + pace.chunk])))
