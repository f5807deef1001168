"""The one way to language models: every attempt is in the ledger before it leaves, and paid within the budget."""

import asyncio
import importlib
import logging
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from multivocal.domain.shapes import clean_text
from multivocal.llm import budgets
from multivocal.llm.bodies import chat_body
from multivocal.llm.ledger import Ending, Opening, close_call, open_call
from multivocal.llm.models import LanguageModel
from multivocal.llm.receiving import Received
from multivocal.llm.requests import ChatRequest, Kind, Message, ModelFailed, Reply, ToolCall
from multivocal.llm.threads import in_db, unhurried

if TYPE_CHECKING:
    import openai

__all__ = ["ChatRequest", "Gateway", "Message", "ModelFailed", "Reply", "ToolCall", "check_model", "in_db"]

logger = logging.getLogger(__name__)

WHOLE_FACTOR = 3  # a whole answer may take three times the wait for its first word
_KEY_SHAPE = re.compile(r"\b(sk|pk|key|Bearer)[-_ ][\w*.-]{8,}")


class Gateway:
    """``async with Gateway() as gateway:`` one per event loop (connections belong to the loop they were made on)."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], openai.AsyncOpenAI] = {}

    async def __aenter__(self) -> "Gateway":
        """Load the client library (half a second and 40 MB, so not before it is needed, and not on the loop)."""
        await asyncio.to_thread(importlib.import_module, "openai")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()

    def _client(self, model: LanguageModel) -> "openai.AsyncOpenAI":
        import openai

        from multivocal.llm.wire import cut_error

        key = os.environ.get(model.key_variable, "").strip() if model.key_variable else "none"
        if not key:
            raise ModelFailed("no_key", f"the environment variable {model.key_variable} is not set")
        place = (model.base_url, key)
        if place not in self._clients:
            # No retries in the client: every attempt is a row. No redirects: the key goes to the address given.
            http = openai.DefaultAioHttpClient(follow_redirects=False, event_hooks={"response": [cut_error]})
            self._clients[place] = openai.AsyncOpenAI(
                base_url=model.base_url, api_key=key, max_retries=0, http_client=http
            )
        return self._clients[place]

    async def chat(self, request: ChatRequest, on_text: Callable[[str], None] | None = None) -> Reply:
        """Make one attempt and return the whole answer; ModelFailed (its kind, its row) where none came.

        With ``on_text`` the answer is streamed and ``on_text`` gets every piece as it arrives; the pieces together
        are the reply's text. The row is written before the request leaves and completed after, also when the
        caller is cancelled (error ``cancelled``).
        """
        body = chat_body(request, stream=on_text is not None)
        reserve = budgets.reservation(request.model, body)
        received = Received(on_text)
        attempt = _Attempt(request, body, reserve)
        await attempt.open()
        try:
            await self._receive(attempt, received)
            received.judge(wants_json=request.json_schema is not None)
        except BaseException as problem:  # a cancelled call is a row to complete too
            failed = _failure(problem)
            await attempt.close(_ending(attempt, received, failed))
            if isinstance(failed, ModelFailed):
                failed.call_id = attempt.call_id
                raise failed from (problem if problem is not failed else None)
            raise
        ending = _ending(attempt, received, None)
        await attempt.close(ending)
        return Reply(
            call_id=attempt.call_id,
            text=received.text,
            finish_reason=ending.finish_reason,
            tokens_in=ending.tokens_in or 0,
            tokens_out=ending.tokens_out or 0,
            cost=ending.cost,
            first_ms=ending.first_ms,
            total_ms=ending.total_ms,
            simulated=request.model.simulated,
            tool_calls=received.tool_calls,
        )

    async def _receive(self, attempt: "_Attempt", received: Received) -> None:
        client = self._client(attempt.request.model)
        wait = attempt.request.timeout_s or attempt.request.model.timeout_s
        loop = asyncio.get_running_loop()
        last = loop.time() + wait * WHOLE_FACTOR
        stream = received.on_text is not None
        # The client walks through all it is given by name, a fifth of a request's work; the extra body it only sends.
        options = {"model": attempt.body["model"], "messages": [], "stream": stream}
        extra = {key: value for key, value in attempt.body.items() if key not in ("model", "stream")}
        try:
            async with asyncio.timeout_at(loop.time() + wait if stream else last) as limit:
                chat = client.chat.completions.with_streaming_response
                async with chat.create(**options, extra_body=extra, timeout=wait * WHOLE_FACTOR) as response:
                    attempt.status = response.status_code
                    if not stream:
                        async for data in response.iter_bytes():
                            received.keep(data)
                        received.keep_end()
                        return
                    checked = 0.0
                    async for data in response.iter_bytes():
                        received.feed(data)
                        # Moving a timer for every word would cost more than reading it: a few times per wait will do.
                        if (received.characters or received.tools) and (now := loop.time()) > checked:
                            attempt.first()
                            checked = now + wait / 4
                            limit.reschedule(min(last, checked + wait))
                        if received.done:
                            limit.reschedule(min(last, loop.time() + 1))
                    received.feed_end()
        except TimeoutError:
            if not received.done:
                raise ModelFailed(
                    "timeout", f"no word for {wait:g} seconds, or no end in {wait * 3:g}"
                ) from None

    async def embed(
        self, model: LanguageModel, texts: Sequence[str], *, purpose: str, account: UUID, subject: str = "",
        person: UUID | None = None, attempt: int = 1, parameters: Mapping[str, Any] | None = None,
    ) -> list[list[float]]:  # fmt: skip
        """Return one vector for each of ``texts``; ModelFailed as for :meth:`chat`. One row for the whole list."""
        texts = [clean_text(text) or " " for text in texts]
        request = ChatRequest(
            model=model, messages=tuple(Message("user", text) for text in texts), purpose=purpose,
            account=account, subject=subject, person=person, attempt=attempt,
        )  # fmt: skip
        body = {**(parameters or {}), "model": model.model_id, "input": texts}
        tokens = sum(8 + budgets.tokens_of(text) for text in texts)
        made = _Attempt(request, body, budgets.price(model, tokens, 0))
        await made.open()
        try:
            async with asyncio.timeout(model.timeout_s * WHOLE_FACTOR):
                found = await self._client(model).embeddings.create(
                    model=model.model_id, input=texts, encoding_format="float", extra_body=dict(parameters or {}),
                    timeout=model.timeout_s * WHOLE_FACTOR,
                )  # fmt: skip
            vectors = [row.embedding for row in sorted(found.data, key=lambda row: row.index)]
            if len(vectors) != len(texts) or not all(vectors):
                raise ModelFailed("garbage", "not one vector for every text")
        except BaseException as problem:
            failed = _failure(problem)
            await made.close(_ending(made, Received(), failed))
            if isinstance(failed, ModelFailed):
                failed.call_id = made.call_id
                raise failed from (problem if problem is not failed else None)
            raise
        used = found.usage.prompt_tokens if found.usage else tokens
        cost = budgets.price(model, used, 0)
        await made.close(Ending(tokens_in=used, tokens_out=0, total_ms=made.ms(), cost=cost, status=200))
        return vectors


class _Attempt:
    """One attempt on its way: its row, its clock, its status."""

    def __init__(self, request: ChatRequest, body: dict[str, Any], reserve: Decimal) -> None:
        self.request, self.body, self.reserve = request, body, reserve
        self.call_id = 0
        self.status: int | None = None
        self.first_ms: int | None = None

    async def open(self) -> None:
        """Write the row; ModelFailed ("budget") where the account cannot pay."""
        opened = asyncio.ensure_future(in_db(open_call, Opening(self.request, self.body, self.reserve)))
        self._start = time.monotonic()
        try:
            self.call_id, self._started_at, allowed = await asyncio.shield(opened)
        except asyncio.CancelledError:
            # The row may be there already: wait for it, and complete it.
            self.call_id, self._started_at, allowed = await opened
            if allowed:
                await self.close(Ending(error="cancelled", total_ms=self.ms()))
            raise
        if not allowed:
            raise ModelFailed("budget", "the account cannot pay for this", self.call_id)
        self._start = time.monotonic()

    def ms(self) -> int:
        """Return the milliseconds since the start."""
        return int((time.monotonic() - self._start) * 1000)

    def first(self) -> None:
        """Note the first word, once."""
        if self.first_ms is None:
            self.first_ms = self.ms()

    async def close(self, ending: Ending) -> None:
        """Complete the row, also when the caller is being cancelled."""
        await unhurried(close_call, self.call_id, self._started_at, ending)


def _failure(problem: BaseException) -> BaseException:
    """Return ``problem`` as a ModelFailed of the right kind; what is not the model's doing stays as it is."""
    import openai

    if isinstance(problem, ModelFailed):
        return problem
    if isinstance(problem, Exception) and any(isinstance(cause, TimeoutError) for cause in _causes(problem)):
        return ModelFailed("timeout", "the connection timed out")
    if isinstance(problem, openai.APIStatusError):
        status = problem.status_code
        kinds: dict[int, Kind] = {401: "no_key", 403: "no_key", 408: "timeout", 429: "rate_limited"}
        kind: Kind = kinds.get(status, "server" if status >= 500 else "bad_request")
        if status == 400 and problem.code == "content_filter":
            kind = "refused"
        return ModelFailed(kind, str(problem.message)[:2000], status=status)
    if isinstance(problem, Exception):
        # Whatever the transport raises (it has changed under its users before), no row may stay open for it.
        root = _causes(problem)[-1]
        return ModelFailed("connection", f"{type(root).__name__}: {root}"[:2000])
    return problem


def _causes(problem: BaseException) -> list[BaseException]:
    """Return ``problem`` and what it came from: the library calls a refused connection a timeout, its cause not."""
    found: list[BaseException] = []
    cause: BaseException | None = problem
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__
    return found


def _ending(attempt: _Attempt, received: Received, failed: BaseException | None) -> Ending:
    """Return how a call ended and what it cost: the provider's count, else a high estimate of our own."""
    request, model = attempt.request, attempt.request.model
    error = "" if failed is None else failed.kind if isinstance(failed, ModelFailed) else "cancelled"
    status = getattr(failed, "status", None) or attempt.status
    text = received.text or "\n".join(f"{call.name}({call.arguments})" for call in received.tool_calls)
    tokens_in, tokens_out = received.tokens_in, received.tokens_out
    # A provider that has begun to answer, or only kept us waiting, may charge for it; one that declined does not.
    if tokens_in is None and (received.parts or error in {"", "timeout", "truncated", "empty", "cancelled"}):
        tokens_in = budgets.prompt_tokens(attempt.body)
        tokens_out = min(budgets.tokens_of(text), budgets.most_tokens(attempt.body))
    return Ending(
        error=error,
        detail=_without_key(clean_text(getattr(failed, "detail", "") or ""), model),
        text=_without_key(text, model),
        finish_reason=clean_text(str(received.finish_reason)),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        first_ms=attempt.first_ms,
        total_ms=attempt.ms(),
        cost=budgets.price(model, tokens_in or 0, tokens_out or 0) if request else Decimal(0),
        status=status,
        version=received.version,
    )


def _without_key(text: str, model: LanguageModel) -> str:
    """Return ``text`` without the model's key: endpoints quote it in their errors."""
    key = os.environ.get(model.key_variable, "").strip() if model.key_variable else ""
    if key:
        text = text.replace(key, "[key]")
        text = _KEY_SHAPE.sub("[key]", text) if "key" in text.lower() else text
    return text


def check_model(model: LanguageModel) -> dict[str, Any]:
    """Ask ``model`` one short question and say how it went, for the "test this model" button (synchronous)."""
    from multivocal.llm.checking import ask_once

    return ask_once(model)
