"""Making the answer: words, several different answers, JSON that fits a schema, or the call of a tool."""

from dataclasses import dataclass
from typing import Any

import orjson

from multivocal.llm.simulator.instances import Filler
from multivocal.llm.simulator.interviewing import interview_card, interview_reply, talk_in
from multivocal.llm.simulator.joint import answers_asked, different_answers, lay_out
from multivocal.llm.simulator.judging import material_in
from multivocal.llm.simulator.requests import Asked, BadRequest
from multivocal.llm.simulator.speech import Speech, pieces
from multivocal.llm.simulator.suggesting import suggesting_reply
from multivocal.llm.simulator.tagging import tagging_reply
from multivocal.llm.simulator.valuing import valuing_reply
from multivocal.llm.simulator.verdicts import Verdict

_SHORT = ("title", "name", "label", "topic", "tag", "keyword", "category", "word")


@dataclass(frozen=True, slots=True)
class Made:
    """One answer, cut into the pieces a stream sends."""

    pieces: list[str]
    finish_reason: str
    tool: str | None = None

    @property
    def text(self) -> str:
        """Return the whole answer."""
        return "".join(self.pieces)


def make_reply(asked: Asked) -> Made:
    """Return the answer to ``asked``, cut at its limit of tokens; BadRequest where a schema cannot be filled."""
    if asked.tool is not None:
        arguments = _filled(asked, asked.tool.get("parameters") or {"type": "object"})
        return Made(pieces(arguments), "tool_calls", str(asked.tool.get("name")))
    text = _text(asked)
    for stop in asked.stop:
        if stop and stop in text:
            text = text[: text.index(stop)]
    cut = pieces(text)
    if asked.max_tokens is not None and len(cut) > asked.max_tokens:
        return Made(cut[: asked.max_tokens], "length")
    return Made(cut, "stop")


def _text(asked: Asked) -> str:
    if (material := material_in(asked.messages)) and (schema := asked.schema or material.schema()):
        try:
            return _in_words(asked, Verdict(material, asked.taste, asked.rng).say(schema))
        except (ValueError, KeyError, IndexError, StopIteration) as problem:
            raise BadRequest(f"This cannot be judged here: {problem!r}") from problem
    if talk := talk_in(asked.messages):
        return interview_card(talk) if asked.schema else interview_reply(talk)
    if valued := valuing_reply(asked.messages, asked.schema):
        return valued
    if tagged := tagging_reply(asked.messages):
        return _in_words(asked, tagged)
    if suggested := suggesting_reply(asked.messages, asked.schema):
        return suggested
    if asked.schema is not None:
        return _filled(asked, asked.schema)
    count = answers_asked(asked.messages)
    if count > 1:
        instructions = "\n".join(m["content"] for m in asked.messages if m["role"] != "assistant")
        laid = lay_out(different_answers(asked.who, asked.messages, count, asked.rng), instructions)
        if isinstance(laid, str) and not asked.json:
            return laid
        answers = laid if isinstance(laid, list) else [laid]
        return orjson.dumps({"answers": answers} if asked.json else answers).decode()
    said = Speech(asked.who, asked.messages, asked.rng).say()
    return orjson.dumps({"answer": said}).decode() if asked.json else said


def _in_words(asked: Asked, verdict: str) -> str:
    manner = asked.rng.random()
    if manner < asked.taste.prose:
        return "I have read all of it with care. The first has its merits, and so has what comes after it."
    if manner < asked.taste.prose + asked.taste.fenced:
        return f"I have read all of it with care.\n\n```json\n{verdict}\n```\nThat is my view."
    return verdict


def _filled(asked: Asked, schema: dict[str, Any]) -> str:
    speech = Speech(asked.who, asked.messages, asked.rng)
    joint = answers_asked(asked.messages)
    waiting = different_answers(asked.who, asked.messages, joint, asked.rng) if joint > 1 else []

    def speak(name: str, description: str) -> str:
        if any(short in name.lower() for short in _SHORT):
            return speech.topic[:60]
        return waiting.pop(0) if waiting else speech.say(min(speech.words, 30))

    try:
        return orjson.dumps(Filler(schema, asked.rng, speak, joint).fill()).decode()
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise BadRequest(f"This schema cannot be filled: {problem}") from problem
