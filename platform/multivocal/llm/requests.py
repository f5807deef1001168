"""What is asked of a language model, and what comes back: a reply, or a failure of a named kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from multivocal.llm.models import LanguageModel

Role = Literal["system", "user", "assistant"]
Kind = Literal[
    "timeout", "rate_limited", "server", "connection", "empty", "truncated", "garbage", "refused",
    "bad_request", "no_key", "budget",
]  # fmt: skip

# The same model may well answer when it is asked again after one of these.
WORTH_ANOTHER_TRY = frozenset(
    {"timeout", "rate_limited", "server", "connection", "empty", "truncated", "garbage"}
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One attempt to get an answer.

    ``messages`` are sent as they are (the caller puts ``model.header`` first where it wants it); ``account`` pays;
    ``parameters`` go over the model's own; ``timeout_s`` replaces the model's (seconds to the first word; three
    times that for the whole answer). With ``json_schema`` the answer's text must be JSON.
    """

    model: LanguageModel
    messages: tuple[Message, ...]
    purpose: str
    account: UUID
    subject: str = ""
    person: UUID | None = None
    attempt: int = 1
    json_schema: Mapping[str, Any] | None = None
    tools: tuple[Mapping[str, Any], ...] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function the model wants called, with its arguments as JSON text."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A complete answer; times in milliseconds, cost in US dollars."""

    call_id: int
    text: str
    finish_reason: str
    tokens_in: int
    tokens_out: int
    cost: Decimal
    first_ms: int | None
    total_ms: int
    simulated: bool
    tool_calls: tuple[ToolCall, ...] = ()


class ModelFailed(Exception):
    """No usable answer came; ``kind`` says why, ``call_id`` is its row, ``another_try`` whether to ask again."""

    def __init__(
        self, kind: Kind, detail: str = "", call_id: int | None = None, status: int | None = None
    ) -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind, self.detail, self.call_id, self.status = kind, detail, call_id, status

    @property
    def another_try(self) -> bool:
        """Return whether the same model may answer when asked again."""
        return self.kind in WORTH_ANOTHER_TRY
