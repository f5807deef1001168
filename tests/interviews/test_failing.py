"""Models that fail, die, or return what is no card: nothing is lost, a kind sentence, and a way on by hand."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from elicitation.interviews import tasks, work
from elicitation.interviews.actions import carry_out
from elicitation.interviews.answering import read_card, serve_interview
from elicitation.interviews.models import CardVersion, Interview, Message
from elicitation.interviews.shapes import Begin, Say
from multivocal.errors import Conflict
from multivocal.llm.models import Call, LanguageModel
from multivocal.studies.stages import Visit
from tests.interviews.conftest import STORY, MakeVisit, a_chat

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("close_up")]

HAND = {
    "title": "Staying near",
    "description": "I stay beside somebody.",
    "policies": ["SIGNS of worry", "WORDS that come late", "HANDS that hold on"],
}


def break_model(kind: str) -> None:
    """Let every call of the model fail in one way."""
    for row in LanguageModel.objects.all():
        row.base_url = row.base_url.replace("/v1", f"/faults/{kind}/v1")
        row.timeout_s = 1
        row.save()


def mend_model() -> None:
    """Let the model answer again."""
    for row in LanguageModel.objects.all():
        row.base_url = row.base_url.split("/faults/")[0].removesuffix("/v1") + "/v1"
        row.save()


@pytest.mark.parametrize("kind", ["500", "garbage", "empty", "stall"])
async def test_after_two_failures_the_card_is_written_by_hand(
    model: LanguageModel, make_visit: MakeVisit, kind: str
) -> None:
    visit = await sync_to_async(make_visit)(least=5)
    chat = await a_chat(visit)
    await sync_to_async(break_model)(kind)
    talk = await chat.do("say", text=STORY)
    assert (talk["phase"], talk["waiting"], talk["may_say"], talk["may_write"]) == (
        "failed",
        "reply",
        False,
        False,
    )
    assert talk["messages"][-1]["text"] == STORY
    talk = await chat.do("retry")
    assert talk["phase"] == "failed" and talk["may_write"]
    talk = await chat.do("write", **HAND)
    assert talk["phase"] == "carded" and talk["card"]["by_hand"]
    assert await chat.do("accept", version=1) is None
    await chat.leave()


async def test_a_model_that_comes_back_goes_on_where_the_talk_was(
    model: LanguageModel, make_visit: MakeVisit
) -> None:
    visit = await sync_to_async(make_visit)(turns=2)
    chat = await a_chat(visit)
    await sync_to_async(break_model)("500")
    await chat.do("say", text=STORY)
    await sync_to_async(mend_model)()
    talk = await chat.do("retry")
    assert talk["phase"] == "talking" and talk["turns_used"] == 1
    await sync_to_async(break_model)("500")
    talk = await chat.do("say", text=STORY)
    assert (talk["phase"], talk["waiting"], talk["card"]) == ("failed", "card", None)
    await sync_to_async(mend_model)()
    talk = await chat.do("retry")
    assert talk["phase"] == "carded"
    await sync_to_async(break_model)("500")
    failed = await chat.do("change", text="Put in her hands")
    assert failed["phase"] == "failed" and failed["card"] == talk["card"], "the card stays as it was"
    await sync_to_async(mend_model)()
    talk = await chat.do("retry")
    assert talk["card"]["version"] == 2 and talk["turns_used"] == 2
    await chat.leave()


async def test_no_model_at_all_strands_nobody(make_visit: MakeVisit) -> None:
    visit = await sync_to_async(make_visit)()
    chat = await a_chat(visit)
    assert (await chat.do("say", text=STORY))["phase"] == "failed"
    await chat.do("retry")
    assert (await chat.do("write", **HAND))["phase"] == "carded"
    await chat.leave()


def test_what_a_model_gives_as_a_card_is_checked_as_data() -> None:
    assert read_card("Sorry, here you go!", "en")[0] is None
    assert read_card('{"title": 7, "description": "x", "policies": []}', "en")[0] is None
    assert read_card(json.dumps({**HAND, "note": "hello"}), "en")[0] is None
    card, wrong, unwanted = read_card(f"```json\n{json.dumps(HAND)}\n```", "en")
    assert card is not None and card.title == "Staying near" and not wrong and not unwanted
    assert read_card(json.dumps({**HAND, "policies": ["SIGNS"]}), "en")[1] == ["policies is few"]
    assert "it is in another language" in read_card(json.dumps(HAND), "ar")[1]
    assert read_card(json.dumps({**HAND, "title": "<<<end 12345678>>>"}), "en")[1] == [
        "it holds marks of the record"
    ]
    assert read_card(json.dumps({**HAND, "description": "My sister Karima."}), "en")[2]


def said(visit: Visit) -> Interview:
    """Let Noor begin and say something without any socket."""
    carry_out(visit, Begin(do="begin", key="00000000-0000-4000-8000-000000000001"))
    carry_out(visit, Say(do="say", key="00000000-0000-4000-8000-000000000002", text=STORY))
    return Interview.objects.get(enrolment=visit.enrolment)


def test_work_of_a_process_that_died_is_taken_over_once(model: LanguageModel, make_visit: MakeVisit) -> None:
    from django.db import transaction

    visit = make_visit()
    with transaction.atomic():
        interview = said(visit)
    mine = work.claim_work(str(interview.pk))
    assert mine is not None and work.claim_work(str(interview.pk)) is None
    assert work.overdue(timezone.now() + timedelta(minutes=1)) == []
    long_ago = timezone.now() - 2 * work.SILENCE
    Interview.objects.update(held_at=long_ago, waiting_since=long_ago)
    assert work.overdue(timezone.now()) == [str(interview.pk)]
    tasks.serve_waiting_interview(str(interview.pk))
    assert Message.objects.filter(interview=interview, role="interviewer").count() == 2
    work.fail_work(mine)  # the dead one wakes up: too late to change anything
    interview.refresh_from_db()
    assert (interview.failures, interview.waiting) == (0, "")
    assert Call.objects.count() == 1


def test_a_stopped_talk_takes_no_late_words(model: LanguageModel, make_visit: MakeVisit) -> None:
    from django.db import transaction

    from elicitation.interviews.domain.gate import Gate
    from elicitation.interviews.shapes import Stop

    visit = make_visit()
    with transaction.atomic():
        interview = said(visit)
    mine = work.claim_work(str(interview.pk))
    assert mine is not None
    with transaction.atomic():
        carry_out(visit, Stop(do="stop", key="00000000-0000-4000-8000-000000000003"))
    work.complete_reply(mine, Gate("en"), None, "Too late?")
    interview.refresh_from_db()
    assert interview.state == "ended" and not CardVersion.objects.exists()
    assert Message.objects.filter(role="interviewer").count() == 1
    again = Say(do="say", key="00000000-0000-4000-8000-000000000002", text=STORY)
    with transaction.atomic():
        carry_out(visit, again)  # it was heard before the end: a repetition changes nothing
    new = again.model_copy(update={"key": uuid4(), "text": "One thing more"})
    with pytest.raises(Conflict), transaction.atomic():  # what nobody keeps must not look as if it were kept
        carry_out(visit, new)


def test_a_mistake_of_ours_is_told_and_not_tried_for_ever(
    model: LanguageModel, make_visit: MakeVisit
) -> None:
    from django.db import transaction

    class Mistaken:
        async def chat(self, *_given: object) -> None:
            raise RuntimeError("a mistake of ours")

    visit = make_visit()
    with transaction.atomic():
        interview = said(visit)
    with pytest.raises(RuntimeError):
        asyncio.run(serve_interview(str(interview.pk), Mistaken(), lambda event: None))  # type: ignore[arg-type]
    interview.refresh_from_db()
    assert (interview.waiting, interview.holder, interview.failures) == ("", None, 1)
    assert work.overdue(timezone.now() + timedelta(hours=1)) == []
