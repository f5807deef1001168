"""Reading a chat request: who is asked, what was said, which form the answer must have."""

import hashlib
import random
import secrets
from dataclasses import dataclass, field, fields, replace
from typing import Any

import orjson

from multivocal.llm.simulator.judges import JUDGES
from multivocal.llm.simulator.personalities import PERSONALITIES, Personality, Taste

_ROLES = {"system", "developer", "user", "assistant", "tool"}


class BadRequest(Exception):
    """The request cannot be answered: a status, a code and a sentence."""

    def __init__(self, message: str, status: int = 400, code: str = "invalid_request") -> None:
        super().__init__(message)
        self.message, self.status, self.code = message, status, code


@dataclass(frozen=True, slots=True)
class Asked:
    """One chat request, read and checked."""

    who: Personality
    messages: list[dict[str, str]]
    rng: random.Random
    stream: bool = False
    usage: bool = False
    count: int = 1
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    schema: dict[str, Any] | None = None
    json: bool = False
    tool: dict[str, Any] | None = field(default=None)
    taste: Taste = field(default_factory=Taste)

    @property
    def prompt_tokens(self) -> int:
        """Return a plausible count of tokens of the messages."""
        return sum(4 + -(-len(message["content"]) // 4) for message in self.messages)


def read_json(body: bytes) -> dict[str, Any]:
    """Return the JSON object in ``body``; BadRequest where it is something else."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(found, dict):
        raise BadRequest("The body is not a JSON object.")
    return found


def read_chat(body: bytes) -> Asked:
    """Return the chat request in ``body``; BadRequest with a sentence where it cannot be answered."""
    data = read_json(body)
    model = str(data.get("model"))
    who = PERSONALITIES.get(model) or JUDGES.get(model)
    if who is None:
        raise BadRequest(f"There is no model “{data.get('model')}” here.", 404, "model_not_found")
    messages = _messages(data.get("messages"))
    form = data.get("response_format") or {}
    schema = (form.get("json_schema") or {}).get("schema") if form.get("type") == "json_schema" else None
    if form.get("type") == "json_schema" and not isinstance(schema, dict):
        raise BadRequest("A response format of type json_schema needs json_schema.schema.")
    limit = data.get("max_completion_tokens") or data.get("max_tokens")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise BadRequest("max_tokens is a whole number of at least 1.")
    count = data.get("n") or 1
    if not isinstance(count, int) or not 1 <= count <= 16 or (count > 1 and data.get("stream")):
        raise BadRequest("n is a whole number from 1 to 16, and 1 for streams.")
    stop = data.get("stop") or ()
    return Asked(
        who=who,
        messages=messages,
        rng=_generator(who.model_id, messages, data),
        stream=bool(data.get("stream")),
        usage=bool((data.get("stream_options") or {}).get("include_usage")),
        count=count,
        max_tokens=limit,
        stop=(stop,) if isinstance(stop, str) else tuple(str(each) for each in stop),
        schema=schema,
        json=form.get("type") == "json_object",
        tool=_tool(data, messages),
        taste=_taste(who, data.get("taste")),
    )


def _taste(who: Personality, given: Any) -> Taste:
    """Return the personality's taste in judging with what the request sets of it: ``{"taste": {"first": 0.2}}``."""
    if given is None:
        return who.taste
    if not isinstance(given, dict) or not all(type(value) in (int, float) for value in given.values()):
        raise BadRequest("taste is an object of numbers: first, longer, noise, tie, fenced, prose.")
    try:
        return replace(who.taste, **given)
    except TypeError:
        known = ", ".join(one.name for one in fields(who.taste))
        raise BadRequest(f"taste has {known}.") from None


def _messages(given: Any) -> list[dict[str, str]]:
    if not isinstance(given, list) or not given:
        raise BadRequest("messages is a list of at least one message.")
    messages = []
    for item in given:
        if not isinstance(item, dict) or item.get("role") not in _ROLES:
            raise BadRequest("Every message has a role: system, user, assistant or tool.")
        content = item.get("content")
        if isinstance(content, list):
            content = "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        if content is not None and not isinstance(content, str):
            raise BadRequest("The content of a message is text.")
        messages.append({"role": item["role"], "content": content or ""})
    return messages


def _generator(model_id: str, messages: list[dict[str, str]], data: dict[str, Any]) -> random.Random:
    """Return the generator of this answer: the same for the same model, messages and seed (or temperature 0)."""
    seed = data.get("seed")
    if seed is None:
        seed = 0 if data.get("temperature") == 0 else secrets.randbits(64)
    material = orjson.dumps([model_id, messages, str(seed)])
    return random.Random(hashlib.sha256(material).digest())


def _tool(data: dict[str, Any], messages: list[dict[str, str]]) -> dict[str, Any] | None:
    """Return the function to call, or None where the answer is to be words."""
    tools: list[dict[str, Any]] = [
        t["function"] for t in data.get("tools") or () if isinstance(t, dict) and "function" in t
    ]
    choice = data.get("tool_choice", "auto")
    if not tools or choice == "none":
        return None
    if isinstance(choice, dict):
        name = (choice.get("function") or {}).get("name")
        found = next((tool for tool in tools if tool.get("name") == name), None)
        if found is None:
            raise BadRequest("tool_choice names a function that is not among the tools.")
        return found
    if choice == "auto" and messages[-1]["role"] == "tool":
        return None
    return tools[0]
