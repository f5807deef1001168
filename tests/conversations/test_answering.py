"""Answers come from a real endpoint; whatever it does wrong, every slot ends whole, replaced or kindly given up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from annotation.conversations.answering import answer_turn
from annotation.conversations.models import Candidate, Turn
from annotation.conversations.state import conversation_state
from annotation.protocols.models import Presentation
from multivocal.llm.gateway import Gateway
from multivocal.llm.models import Account, Call, LanguageModel
from multivocal.studies.stages import Visit
from tests.conversations.conftest import begin, say
from tests.llm.conftest import rows, simulator  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)
Prepare = Callable[..., Any]


@pytest.fixture
def prepare(rows: None, simulator: str, make_visit: Callable[..., Visit]) -> Prepare:  # noqa: F811
    """Point the models at the simulator, some of them through its faults, and open a turn of Noor's."""

    def make(faults: dict[str, str] | None = None, **stage: Any) -> tuple[Visit, Turn]:
        visit = make_visit(**stage)
        Account.objects.create(id=visit.enrolment.study_id, limit_usd=1)
        for model in LanguageModel.objects.all():
            fault = (faults or {}).get(model.name) or (faults or {}).get("*")
            model.base_url = f"{simulator}/faults/{fault}/v1" if fault else f"{simulator}/v1"
            model.model_id = "sim-warm"
            model.timeout_s = 1.0
            model.simulated = True
            model.save()
        begin(visit)
        return visit, say(visit)

    return make


async def run(turn: Turn) -> list[dict[str, Any]]:
    """Answer a turn and return what was told."""
    events: list[dict[str, Any]] = []
    async with Gateway() as gateway:
        await answer_turn(turn.pk, gateway, events.append)
    await sync_to_async(turn.refresh_from_db)()
    return events


@pytest.fixture(autouse=True)
async def close_the_async_thread() -> AsyncIterator[None]:
    """Close the connection of the thread that Django's async calls run in: nobody else can."""
    yield
    await sync_to_async(connections.close_all)()


async def test_all_answers_stream_and_are_stored_whole(prepare: Prepare) -> None:
    visit, turn = await sync_to_async(prepare)()
    events = await run(turn)
    assert turn.state == Turn.State.JUDGING
    state = await sync_to_async(conversation_state)(visit)
    told = {e["slot"]: e["text"] for e in events if e["type"] == "answer"}
    shown = {a["slot"]: a["text"] for a in state["conversation"]["turns"][0]["answers"]}
    assert told == shown and set(told) == set("ABCD") and all(told.values())
    assert await Call.objects.filter(state="done").acount() == 4


async def test_streamed_pieces_follow_on_exactly(prepare: Prepare, simulator: str) -> None:  # noqa: F811
    visit, turn = await sync_to_async(prepare)()
    pieces: dict[str, str] = {}
    for event in await run(turn):
        if event["type"] == "text":
            text = pieces.get(event["slot"], "")
            assert event["at"] == len(text)
            pieces[event["slot"]] = text + event["text"]
        if event["type"] == "answer" and event["slot"] in pieces:
            assert event["text"].startswith(pieces[event["slot"]].strip())


async def test_a_model_that_says_its_name_is_not_named_to_anybody(prepare: Prepare, simulator: str) -> None:  # noqa: F811
    visit, turn = await sync_to_async(prepare)()
    # The simulator takes up what it is asked about.
    await Turn.objects.filter(pk=turn.pk).aupdate(prompt="What do you think of sim-warm?")
    events = [str(event) for event in await run(turn)]
    state = await sync_to_async(conversation_state)(visit)
    assert not any(
        "sim-warm" in told.lower() for told in [*events, str(state["conversation"]["turns"][0]["answers"])]
    )
    assert any("[…]" in told for told in events)
    raw = [call.text async for call in Call.objects.filter(state="done")]
    assert any("sim-warm" in text.lower() for text in raw)


@pytest.mark.parametrize("fault", ["timeout", "429", "500", "empty", "garbage", "truncated", "refused"])
async def test_a_failing_model_is_replaced_and_both_are_kept(prepare: Prepare, fault: str) -> None:
    visit, turn = await sync_to_async(prepare)({"model-0": fault}, opening={"mode": "models", "k": 4})
    asked = await turn.candidates.filter(model__name="model-0").aexists()
    events = await run(turn)
    assert turn.state == Turn.State.JUDGING
    assert await turn.candidates.filter(state=Candidate.State.COMPLETE).acount() == 4
    if asked:
        failed = await turn.candidates.aget(state=Candidate.State.FAILED)
        presentation = await Presentation.objects.aget(pk=turn.presentation_id)
        assert presentation.slots[-1]["replaces"] == str(failed.pk)
        assert any(e["type"] == "replaced" for e in events)
        calls = await Call.objects.filter(subject=str(failed.pk), state="failed").acount()
        assert calls == (1 if fault == "refused" else 2)


async def test_when_every_model_fails_the_turn_fails_kindly(prepare: Prepare) -> None:
    visit, turn = await sync_to_async(prepare)({"*": "500"})
    await run(turn)
    assert turn.state == Turn.State.FAILED
    state = await sync_to_async(conversation_state)(visit)
    assert state["conversation"]["phase"] == "failed"


async def test_a_spent_budget_ends_the_asking_and_not_the_person(prepare: Prepare) -> None:
    visit, turn = await sync_to_async(prepare)()
    await LanguageModel.objects.aupdate(price_out=1000)
    await Account.objects.aupdate(limit_usd=0)
    await run(turn)
    assert turn.state == Turn.State.FAILED
    assert await turn.candidates.filter(failure="budget").acount() == 4


async def test_two_processes_pay_once(prepare: Prepare) -> None:
    visit, turn = await sync_to_async(prepare)()
    await asyncio.gather(run(turn), run(turn))
    assert await Call.objects.acount() == 4


async def test_one_joint_call_gives_all_the_answers(prepare: Prepare) -> None:
    visit, turn = await sync_to_async(prepare)(opening={"mode": "joint", "k": 4})
    await run(turn)
    assert turn.state == Turn.State.JUDGING
    texts = [c.stimulus.text async for c in turn.candidates.select_related("stimulus")]
    assert len(set(texts)) == 4
    assert await Call.objects.filter(state="done").acount() == 1


async def test_the_constitution_is_the_system_prompt_in_its_arm(
    prepare: Prepare, make_visit: Callable[..., Visit]
) -> None:
    visit, turn = await sync_to_async(prepare)(
        levels={"system": "constitution"},
        traits={"constitution": "Always be brief and kind."},
        system_factor="system",
    )
    await run(turn)
    call = await Call.objects.filter(state="done").afirst()
    assert call is not None
    assert call.request["messages"][0] == {"role": "system", "content": "Always be brief and kind."}
