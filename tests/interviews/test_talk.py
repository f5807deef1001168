"""A whole interview over the real socket with the real simulator: a talk, a card, changes, and what counts."""

from uuid import uuid4

import orjson
import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from elicitation.interviews.models import CardVersion, Interview, Message, ValuesCard
from elicitation.moral_graph.cards import accepted
from multivocal.llm.models import Call, LanguageModel
from multivocal.studies.sessions import cookie_name, open_session
from tests.interviews.conftest import STORY, MakeVisit, a_chat

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("close_up")]


async def test_a_talk_becomes_a_card_and_counts_only_when_it_is_accepted(
    model: LanguageModel, make_visit: MakeVisit
) -> None:
    visit = await sync_to_async(make_visit)()
    study = visit.enrolment.study
    chat = await a_chat(visit)
    assert [m["role"] for m in chat.talk["messages"]] == ["interviewer"]
    for turn in range(1, 7):
        talk = await chat.do("say", text=f"{STORY} ({turn})")
        if talk["card"]:
            break
        last = talk["messages"][-1]
        assert last["role"] == "interviewer" and last["text"] == chat.streamed
        assert last["text"].count("?") == 1 and "MOVE" not in last["text"]
        assert talk["turns_used"] == turn
        assert [m["simulated"] for m in talk["messages"][::2]] == [False, *[True] * turn], "not the question"
    assert talk["phase"] == "carded" and 3 <= len(talk["card"]["policies"]) <= 7
    assert not await sync_to_async(lambda: list(accepted(study)))()

    before = talk["card"]
    changed = await chat.do("change", text="Please put in that her breathing told me a lot")
    assert changed["card"]["version"] == before["version"] + 1
    assert any("breathing" in line for line in changed["card"]["policies"])
    mine = {
        "title": "Sitting down first",
        "description": "I sit down before I say a word.",
        "policies": ["BREATHS that slow down", "WORDS that come late", "HANDS that hold on to something"],
    }
    by_hand = await chat.do("write", **mine)
    assert by_hand["card"]["title"] == "Sitting down first" and by_hand["card"]["by_hand"]
    old = await chat.do("accept", version=before["version"])
    assert old["code"] == "card_changed"
    assert await chat.do("accept", version=by_hand["card"]["version"]) is None
    await chat.leave()

    (card,) = await sync_to_async(lambda: list(accepted(study)))()
    words = card.accepted_version
    assert words is not None
    assert (words.title, words.policies, card.contexts) == (mine["title"], mine["policies"], ["being-asked"])
    assert card.origin == "person" and card.question_key == "care"


async def test_every_generated_row_says_how_it_was_made(model: LanguageModel, make_visit: MakeVisit) -> None:
    visit = await sync_to_async(make_visit)(turns=2)
    chat = await a_chat(visit)
    await chat.do("say", text=STORY)
    await chat.do("say", text=STORY)
    await chat.leave()

    def look() -> None:
        calls = {call.pk: call.purpose for call in Call.objects.all()}
        spoken = Message.objects.filter(role="interviewer", call__isnull=False)
        assert [calls[m.call] for m in spoken] == ["interviewer"]
        assert all(len(m.prompt_sha256) == 64 and m.parameters["temperature"] == 0.7 for m in spoken)
        version = CardVersion.objects.get()
        assert calls[version.call] == "values_card" and version.model_version == "sim-plain: sim-plain"
        assert len(version.prompt_sha256) == 64 and version.parameters["temperature"] == 0.0
        assert Interview.objects.get().state == "carded" and ValuesCard.objects.get().accepted_at is None

    await sync_to_async(look)()


async def test_what_is_done_without_a_socket_is_seen_in_the_other_window(
    model: LanguageModel, make_visit: MakeVisit
) -> None:
    visit = await sync_to_async(make_visit)(turns=2)
    chat = await a_chat(visit)
    for _ in range(2):
        await chat.do("say", text=STORY)
    client = AsyncClient()
    slug = visit.definition.slug
    client.cookies[cookie_name(slug)] = await sync_to_async(open_session)(enrolment=visit.enrolment)
    accept = {
        "do": "accept",
        "key": str(uuid4()),
        "version": chat.talk["card"]["version"],
        "names_are_fine": True,
    }
    answer = await client.post(f"/live/{slug}/interview/", accept, content_type="application/json")
    lines = [line async for line in answer.streaming_content]  # type: ignore[union-attr]
    assert answer.status_code == 200 and orjson.loads(lines[0])["state"]["conversation"] is None
    assert (await chat.tab.event("state"))["state"]["conversation"] is None
    await chat.leave()
