"""The bytes of the protocol: completions, chunks of a stream, usage and errors."""

import time
from typing import Any

import orjson

from multivocal.llm.simulator.replies import Made
from multivocal.llm.simulator.requests import Asked

DONE = b"data: [DONE]\n\n"


def error(message: str, kind: str, code: str) -> bytes:
    """Return the body of an error answer."""
    return orjson.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}})


def usage(asked: Asked, tokens_out: int) -> dict[str, int]:
    """Return the protocol's count of tokens."""
    return {
        "prompt_tokens": asked.prompt_tokens,
        "completion_tokens": tokens_out,
        "total_tokens": asked.prompt_tokens + tokens_out,
    }


def new_id(asked: Asked) -> str:
    """Return an id for a completion, from the answer's own generator: the same request gives the same bytes."""
    return f"chatcmpl-sim{asked.rng.getrandbits(64):016x}"


def completion(asked: Asked, made: list[Made], refusal: str | None = None) -> bytes:
    """Return a whole completion with one choice for each of ``made``."""
    choices = []
    for index, each in enumerate(made):
        message: dict[str, Any] = {"role": "assistant", "content": each.text, "refusal": refusal}
        if refusal is not None:
            message["content"] = None
        if each.tool is not None:
            function = {"name": each.tool, "arguments": each.text}
            message["content"] = None
            message["tool_calls"] = [{"id": "call_sim_1", "type": "function", "function": function}]
        choices.append({"index": index, "message": message, "finish_reason": each.finish_reason or None})
    body = {
        "id": new_id(asked),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": asked.who.model_id,
        "choices": choices,
        "usage": usage(asked, sum(len(each.pieces) for each in made)),
    }
    return orjson.dumps(body)


class Chunks:
    """Chunks of one stream; the parts that never change are made once."""

    def __init__(self, asked: Asked, tool: str | None = None) -> None:
        self.asked, self.tool = asked, tool
        self._head = orjson.dumps(
            {
                "id": new_id(asked),
                "object": "chat.completion.chunk",
                "created": int(time.time()),
                "model": asked.who.model_id,
            }
        )[:-1]

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choices = orjson.dumps([{"index": 0, "delta": delta, "finish_reason": finish}])
        return b'data: %b,"choices":%b}\n\n' % (self._head, choices)

    def first(self) -> bytes:
        """Return the chunk that opens an answer."""
        if self.tool is None:
            return self._chunk({"role": "assistant", "content": ""})
        function = {"name": self.tool, "arguments": ""}
        call = {"index": 0, "id": "call_sim_1", "type": "function", "function": function}
        return self._chunk({"role": "assistant", "content": None, "tool_calls": [call]})

    def piece(self, text: str) -> bytes:
        """Return the chunk of one piece of text (or of a tool's arguments)."""
        if self.tool is None:
            return self._chunk({"content": text})
        return self._chunk({"tool_calls": [{"index": 0, "function": {"arguments": text}}]})

    def refusal(self, text: str) -> bytes:
        """Return the chunk by which a provider refuses."""
        return self._chunk({"refusal": text})

    def last(self, finish: str) -> bytes:
        """Return the chunk that ends an answer."""
        return self._chunk({}, finish)

    def usage(self, tokens_out: int) -> bytes:
        """Return the chunk with the count of tokens."""
        return b'data: %b,"choices":[],"usage":%b}\n\n' % (
            self._head,
            orjson.dumps(usage(self.asked, tokens_out)),
        )
