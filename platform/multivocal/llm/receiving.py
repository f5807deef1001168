"""Reading what a model sends: the event lines of a stream, or one whole completion, into an answer."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from multivocal.domain.shapes import clean_text
from multivocal.llm.requests import ModelFailed, ToolCall

LARGEST_ANSWER = 2_000_000
LARGEST_BODY = 40 * LARGEST_ANSWER
"""Bytes on the wire: events are many times larger than their words."""
_MOST_TOKENS = 100_000_000  # no model reads so many: whoever counts more has not counted
_ODD = re.compile(r"[\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(slots=True)
class Received:
    """An answer as far as it came."""

    on_text: Callable[[str], None] | None = None
    parts: list[str] = field(default_factory=list)
    finish_reason: str = ""
    version: str = ""
    refusal: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    odd: int = 0
    characters: int = 0
    tools: dict[int, list[str]] = field(default_factory=dict)
    done: bool = False
    _rest: bytes = b""
    _size: int = 0
    _other: list[bytes] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the text so far."""
        return "".join(self.parts)

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """Return the functions the model wants called."""
        return tuple(ToolCall(name, arguments) for _n, (name, arguments) in sorted(self.tools.items()))

    def feed(self, data: bytes) -> None:
        """Take some bytes of an event stream; ModelFailed where they are no such thing."""
        self._weigh(data)
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._line(line)

    def feed_end(self) -> None:
        """Take the end of an event stream; an endpoint that did not stream has sent a whole completion."""
        self._line(self._rest)
        self._rest = b""
        if self._other and not self.parts and not self.finish_reason:
            self.whole(b"\n".join(self._other))

    def keep(self, data: bytes) -> None:
        """Take some bytes of a whole completion; ModelFailed where there are too many to be one."""
        self._weigh(data)
        self._other.append(data)

    def keep_end(self) -> None:
        """Take the end of a whole completion; ModelFailed where it was none."""
        self.whole(b"".join(self._other))
        self._weigh(b"")

    def _weigh(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > LARGEST_BODY or self.characters > LARGEST_ANSWER:
            raise ModelFailed("garbage", "the answer does not end")

    def _line(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            payload = line[5:].strip()
            if payload == b"[DONE]":
                self.done = True
            elif payload:
                self._chunk(_loads(payload))
        elif line.strip() and not line.startswith((b":", b"event:", b"id:", b"retry:")):
            self._other.append(line)

    def _chunk(self, chunk: Any) -> None:
        try:
            if chunk.get("error"):
                raise ModelFailed("server", _say(chunk["error"]))
            self._answered_by(chunk)
            self._usage(chunk.get("usage"))
            for choice in chunk.get("choices") or ():
                self._piece(choice.get("delta") or {})
                self.finish_reason = choice.get("finish_reason") or self.finish_reason
        except (AttributeError, TypeError, KeyError, ValueError) as problem:
            raise ModelFailed("garbage", f"an event is not of the protocol: {problem}") from problem

    def whole(self, body: bytes) -> None:
        """Take a whole completion; ModelFailed where it is none."""
        data = _loads(body)
        try:
            if data.get("error"):
                raise ModelFailed("server", _say(data["error"]))
            choice = data["choices"][0]
            self._answered_by(data)
            self._usage(data.get("usage"))
            self._piece(choice["message"])
            self.finish_reason = choice.get("finish_reason") or ""
        except (AttributeError, TypeError, KeyError, IndexError, ValueError) as problem:
            raise ModelFailed("garbage", f"this is not a completion: {problem!r}") from problem

    def _answered_by(self, data: dict[str, Any]) -> None:
        # What really answered: an alias may stand for another model tomorrow.
        if not self.version and data.get("model"):
            names = (data["model"], data.get("system_fingerprint"))
            self.version = clean_text("/".join(str(name) for name in names if name))[:200]

    def _usage(self, usage: Any) -> None:
        # A count nobody could have counted is none; the words are good all the same, and paid for.
        if not isinstance(usage, dict):
            return
        counts = [_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens")]
        if None not in counts:
            self.tokens_in, self.tokens_out = counts

    def _piece(self, delta: dict[str, Any]) -> None:
        self.refusal += delta.get("refusal") or ""
        for n, call in enumerate(delta.get("tool_calls") or ()):
            function = call.get("function") or {}
            made = self.tools.setdefault(int(call.get("index", n)), ["", ""])
            made[0] += clean_text(function.get("name") or "")
            made[1] += clean_text(function.get("arguments") or "")
        text = delta.get("content")
        if not text:
            return
        if not isinstance(text, str):
            raise ValueError("content is not text")
        self.characters += len(text)
        if not text.isascii() or not text.isprintable():
            self.odd += len(_ODD.findall(text))
            text = clean_text(text)
        if text:
            self.parts.append(text)
            # What may be garbage is held back: nobody should read it before it is known to be an answer.
            if self.on_text is not None and self.odd * 5 <= self.characters:
                self.on_text(text)

    def judge(self, wants_json: bool) -> None:
        """Raise ModelFailed where what came is not a usable answer."""
        text = self.text
        if self.refusal or self.finish_reason == "content_filter":
            raise ModelFailed("refused", self.refusal or "the provider's content filter")
        if self.odd * 5 > self.characters:
            raise ModelFailed("garbage", "mostly replacement or control characters")
        if not self.finish_reason:
            raise ModelFailed("truncated", "the answer ended without a reason")
        if not text.strip() and not self.tools:
            raise ModelFailed("empty", "no text")
        if wants_json and not self.tools:
            if self.finish_reason == "length":
                raise ModelFailed("truncated", "the JSON reached the limit of tokens")
            try:
                orjson.loads(text)
            except orjson.JSONDecodeError:
                raise ModelFailed("garbage", "the answer is not JSON") from None


def _count(value: Any) -> int | None:
    try:
        found = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if 0 <= found <= _MOST_TOKENS else None


def _loads(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        pass
    try:
        # Some endpoints escape half a character (a lone surrogate), which only the lenient parser reads.
        return json.loads(payload)
    except (ValueError, RecursionError):
        shown = payload[:200].decode("utf-8", "replace")
        raise ModelFailed("garbage", f"not JSON: {shown}") from None


def _say(error: Any) -> str:
    return str(error.get("message") or error)[:1000] if isinstance(error, dict) else str(error)[:1000]
