"""A small open study with live conversations, its models, and Noor, who takes part in it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from annotation.conversations import actions
from annotation.conversations.candidates import claim_work, complete_candidate, settle_turn
from annotation.conversations.models import Conversation, Turn
from annotation.conversations.shapes import Begin, Judge, Say
from multivocal.llm.models import LanguageModel
from multivocal.participants.models import Participant
from multivocal.studies.definition import as_document, digest, parse_definition
from multivocal.studies.models import Enrolment, Study, StudyVersion
from multivocal.studies.stages import Visit

STAGE: dict[str, Any] = {
    "id": "talk",
    "kind": "conversation",
    "types": [{"key": "unguided", "title": "Anything", "wanted": 1}],
    "min_turns": 2,
    "max_turns": 3,
}


@pytest.fixture
def pool(db: None) -> list[LanguageModel]:
    """Five models that nobody calls."""
    return [
        LanguageModel.objects.create(
            name=f"model-{n}",
            base_url="http://127.0.0.1:9/v1",
            model_id=f"m{n}",
            header=f"You are number {n}.",
        )
        for n in range(5)
    ]


@pytest.fixture
def make_visit(pool: list[LanguageModel]) -> Callable[..., Visit]:
    """Enrol a person in a study whose conversation stage has these settings, and stand them at it."""

    def make(
        levels: dict[str, str] | None = None, traits: dict[str, str] | None = None, **stage: Any
    ) -> Visit:
        document = {
            "slug": f"study-{uuid4().hex[:8]}",
            "title": "Talks",
            "minutes": 5,
            "contact": {"name": "Dana Okafor"},
            "stages": [STAGE | stage],
        }
        definition = parse_definition(document)
        study = Study.objects.create(slug=definition.slug, state=Study.State.OPEN)
        content = as_document(definition)
        version = StudyVersion.objects.create(
            study=study, number=1, definition=content, sha256=digest(content)
        )
        enrolment = Enrolment.objects.create(
            study=study,
            version=version,
            participant=Participant.objects.create(),
            pseudonym="noor",
            arm="all",
            traits=traits or {},
        )
        return Visit(enrolment, definition, definition.stages[0], "en", levels or {})

    return make


@pytest.fixture
def visit(make_visit: Callable[..., Visit]) -> Visit:
    """Noor at a stage with PRISM's values."""
    return make_visit()


def begin(visit: Visit) -> Conversation:
    """Begin Noor's conversation."""
    actions.act(visit, Begin(do="begin", key=uuid4(), type="unguided"))
    return Conversation.objects.get(enrolment=visit.enrolment)


def say(visit: Visit, text: str = "What should I say to my brother?") -> Turn:
    """Send a message and return its turn."""
    actions.act(visit, Say(do="say", key=uuid4(), text=text))
    return Turn.objects.filter(conversation__enrolment=visit.enrolment).latest("ordinal")


def answer(turn: Turn) -> Turn:
    """Let every candidate of a turn be answered, without any model."""
    work = claim_work(str(turn.pk))
    assert work is not None
    for claim in work.claims:
        complete_candidate(claim, f"Answer {claim.slot} to {turn.prompt}")
    settle_turn(str(turn.pk))
    turn.refresh_from_db()
    return turn


def judge(visit: Visit, turn: Turn, **scores: int) -> None:
    """Judge a turn."""
    actions.act(visit, Judge(do="judge", key=uuid4(), turn=turn.pk, payload={"scores": scores}))
