"""Every way a call can go is one row, and one kind."""

import asyncio
import socket
from decimal import Decimal
from uuid import UUID

import pytest

from multivocal.llm.gateway import ChatRequest, Gateway, Message, ModelFailed, Reply
from multivocal.llm.models import Call, LanguageModel
from tests.llm.conftest import MakeModel


def ask(
    model: LanguageModel, account: UUID, text: str = "How do I talk to my brother?", **more: object
) -> ChatRequest:
    return ChatRequest(
        model=model, messages=(Message("user", text),), purpose="test", account=account, subject="c1", **more
    )  # type: ignore[arg-type]


def chat(request: ChatRequest, stream: bool = True) -> tuple[Reply, list[str]]:
    pieces: list[str] = []

    async def run() -> Reply:
        async with Gateway() as gateway:
            return await gateway.chat(request, pieces.append if stream else None)

    return asyncio.run(run()), pieces


def fail(request: ChatRequest, stream: bool = True) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        chat(request, stream)
    return caught.value


@pytest.mark.parametrize("stream", [True, False])
def test_a_good_answer_is_one_row_with_words_tokens_times_and_cost(
    make_model: MakeModel, account: UUID, stream: bool
) -> None:
    model = make_model()
    reply, pieces = chat(ask(model, account), stream)
    call = Call.objects.get()
    assert call.id == reply.call_id
    assert (call.state, call.error, call.finish_reason, call.status_code) == ("done", "", "stop", 200)
    assert call.text == reply.text and ("brother" in call.text or "talk" in call.text)
    assert "".join(pieces) == (reply.text if stream else "")
    assert call.cost == reply.cost == Decimal(call.tokens_in * 1 + call.tokens_out * 3) / 1_000_000
    assert call.reserved > call.cost > 0
    assert call.request["messages"] == [{"role": "user", "content": "How do I talk to my brother?"}]
    assert call.request["max_tokens"] == 256 and len(call.prompt_sha256) == 64
    assert call.finished_at >= call.started_at and (call.first_ms is not None) is stream
    assert reply.simulated


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("fault", "kind", "status", "again"),
    [
        ("timeout", "timeout", None, True),
        ("stall", "timeout", None, True),
        ("429", "rate_limited", 429, True),
        ("500", "server", 500, True),
        ("400", "bad_request", 400, False),
        ("401", "no_key", 401, False),
        ("drop", "connection", None, True),
        ("empty", "empty", 200, True),
        ("garbage", "garbage", 200, True),
        ("truncated", "truncated", 200, True),
        ("refused", "refused", 200, False),
    ],
)
def test_every_fault_is_a_row_of_its_own_kind(
    make_model: MakeModel, account: UUID, fault: str, kind: str, status: int | None, again: bool, stream: bool
) -> None:
    model = make_model(faults=fault, timeout_s=0.4)
    for attempt in range(1, 4):  # a fault has variants, drawn by chance
        failed = fail(ask(model, account, attempt=attempt), stream)
        call = Call.objects.get(id=failed.call_id)
        assert (failed.kind, failed.another_try) == (kind, again)
        assert (call.state, call.error, call.attempt) == ("failed", kind, attempt)
        assert call.error_detail and call.finished_at is not None
        if status is not None:
            assert call.status_code == status
        if kind in {"rate_limited", "server", "bad_request", "no_key"}:
            assert call.cost == 0
    assert Call.objects.count() == 3


@pytest.mark.parametrize("fault", ["truncated", "stall"])
def test_the_words_that_came_before_a_failure_stay_in_the_row(
    make_model: MakeModel, account: UUID, fault: str
) -> None:
    failed = fail(ask(make_model(faults=fault, timeout_s=0.4), account))
    call = Call.objects.get(id=failed.call_id)
    assert len(call.text.split()) > 3
    assert call.cost > 0 and call.tokens_out is not None and call.tokens_out > 3


def test_a_refused_connection_is_a_row(make_model: MakeModel, account: UUID) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody_listens.getsockname()[1]}"
        failed = fail(ask(make_model(address=address), account))
    assert (failed.kind, Call.objects.get().error) == ("connection", "connection")
    assert Call.objects.get().cost == 0


def test_a_cancelled_call_is_completed_with_what_it_had(
    make_model: MakeModel, account: UUID, slow_simulator: str
) -> None:
    model = make_model(address=slow_simulator)
    pieces: list[str] = []

    async def leave_after_three_words() -> None:
        enough = asyncio.Event()

        def on_text(piece: str) -> None:
            pieces.append(piece)
            if len(pieces) == 3:
                enough.set()

        async with Gateway() as gateway:
            task = asyncio.create_task(gateway.chat(ask(model, account), on_text))
            await enough.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(leave_after_three_words())
    call = Call.objects.get()
    assert (call.state, call.error) == ("failed", "cancelled")
    assert call.text == "".join(pieces) and call.cost > 0


def test_a_call_cancelled_at_once_leaves_no_open_row(make_model: MakeModel, account: UUID) -> None:
    model = make_model()

    async def leave_at_once() -> None:
        async with Gateway() as gateway:
            for turns in range(6):
                task = asyncio.create_task(gateway.chat(ask(model, account), lambda _text: None))
                for _ in range(turns):
                    await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

    asyncio.run(leave_at_once())
    assert not Call.objects.filter(state="started").exists()


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "nul \x00 and bell \x07", "half a pair \ud83d here", "\ufffe", "<script>", "   "]
)
def test_odd_prompts_are_sent_cleaned_and_answered(make_model: MakeModel, account: UUID, text: str) -> None:
    reply, _pieces = chat(ask(make_model(), account, text))
    sent = Call.objects.get().request["messages"][0]["content"]
    assert reply.text and "\x00" not in sent and "\ud83d" not in sent
    assert len(sent) >= len(text) - 2


def test_json_for_a_schema_comes_back_as_json(make_model: MakeModel, account: UUID) -> None:
    import orjson

    schema = {
        "type": "object",
        "properties": {
            "answers": {"type": "array", "items": {"type": "string"}, "minItems": 4, "maxItems": 4}
        },
        "required": ["answers"],
        "additionalProperties": False,
    }
    request = ask(make_model(parameters={"max_tokens": 1000}), account, json_schema=schema)
    reply, _pieces = chat(request)
    answers = orjson.loads(reply.text)["answers"]
    assert len(set(answers)) == 4


def test_a_tool_call_is_a_reply_without_words(make_model: MakeModel, account: UUID) -> None:
    tool = {
        "type": "function",
        "function": {
            "name": "rate",
            "parameters": {"type": "object", "properties": {"score": {"type": "integer"}}},
        },
    }
    for stream in (True, False):
        reply, _pieces = chat(ask(make_model(f"tool-{stream}".lower()), account, tools=(tool,)), stream)
        assert [call.name for call in reply.tool_calls] == ["rate"] and reply.text == ""
        assert '"score"' in Call.objects.get(id=reply.call_id).text


def test_embeddings_are_alike_for_like_texts_and_one_row(make_model: MakeModel, account: UUID) -> None:
    model = make_model(model_id="sim-embeddings")

    async def run() -> list[list[float]]:
        async with Gateway() as gateway:
            texts = ["honesty towards friends", "being honest with a friend", "the price of steel"]
            return await gateway.embed(model, texts, purpose="test", account=account)

    one, two, three = asyncio.run(run())
    dot = lambda a, b: sum(x * y for x, y in zip(a, b, strict=True))  # noqa: E731
    assert dot(one, two) > dot(one, three)
    assert Call.objects.get().state == "done" and Call.objects.get().cost > 0
