"""Rows to start from: people with sessions, in the middle of a conversation, made in bulk and not through the pages."""

import os
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.bench.studies import opened_study

if TYPE_CHECKING:
    from multivocal.studies.models import Study

STAGES = """
  - id: chat
    kind: conversation
    title: Talk
    types: [{{key: unguided, title: Anything, wanted: 1}}]
    opening: {{mode: models, k: {k}}}
    later: {{mode: samples, k: {k}}}
    min_turns: 1
    max_turns: 10
  - id: questions
    kind: survey
    title: Questions
    pages:
      - id: one
        title: About you
        items:
          - id: familiar
            kind: single
            label: How familiar are you with this
            options: [{{key: a, label: Not at all}}, {{key: b, label: Somewhat}}, {{key: c, label: Very}}]
          - id: reasons
            kind: multiple
            label: Why do you come
            options: [{{key: a, label: Work}}, {{key: b, label: Home}}, {{key: c, label: Fun}}]
          - {{id: story, kind: text, label: Tell us more}}
          - id: wants
            kind: vas
            label: How much does each of these matter to you
            low: Not at all
            high: Very much
            rows:
              - {{key: r1, label: Facts}}
              - {{key: r2, label: Style}}
              - {{key: r3, label: Care}}
              - {{key: r4, label: Speed}}
              - {{key: r5, label: Humour}}
      - id: two
        title: And
        items: [{{id: last, kind: text, label: Anything else}}]
"""


def connect(database_url: str, folder: str) -> None:
    """Set Django up in this process, once, on the place's database."""
    os.environ["DATABASE_URL"], os.environ["MULTIVOCAL_VAR"] = database_url, folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")
    import django

    django.setup()


def make_study(slug: str, k: int, base_url: str) -> "Study":
    """Import and open the bench's study, with one simulated model per slot at ``base_url``."""
    from multivocal.llm.models import LanguageModel

    ids = ["sim-plain", "sim-warm", "sim-blunt", "sim-care"]
    names = [f"bench-{n}" for n in range(k)]
    for name, model_id in zip(names, ids, strict=False):
        LanguageModel.objects.get_or_create(
            name=name, defaults={"base_url": base_url, "model_id": model_id, "simulated": True}
        )
    return opened_study(slug, STAGES.format(k=k), models=", ".join(names))


@dataclass(frozen=True)
class Person:
    """Somebody with a session: the cookie's token and, where there is one, the turn that waits for a judgement."""

    token: str
    turn: str = ""
    slots: tuple[str, ...] = ()


def make_people(study: "Study", people: int, *, stage: str, judging: bool) -> list[Person]:
    """Make ``people`` at ``stage``; in the chat in an open conversation, with an answered turn where ``judging``."""
    from django.utils import timezone

    from multivocal.domain.identifiers import new_token, pseudonym, token_hash
    from multivocal.participants.models import Participant, ParticipantSession, RecruitmentIdentity
    from multivocal.studies.models import Enrolment, StageVisit

    version = study.versions.exclude(frozen_at=None).order_by("-number").first()
    assert version is not None
    index = [one.id for one in version.shape.stages].index(stage)
    persons = Participant.objects.bulk_create(Participant() for _ in range(people))
    RecruitmentIdentity.objects.bulk_create(
        RecruitmentIdentity(participant=p, study=study.pk, source="link", external_id=f"sim-{p.pk}")
        for p in persons
    )
    tokens = [new_token() for _ in persons]
    expires = timezone.now() + timedelta(days=1)
    ParticipantSession.objects.bulk_create(
        ParticipantSession(token_hash=token_hash(t), participant=p, study=study.pk, expires_at=expires)
        for t, p in zip(tokens, persons, strict=True)
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(
            study=study, version=version, participant=p, pseudonym=pseudonym(study.salt, p.pk), arm="all",
            stage_index=index, simulated=True,
        )
        for p in persons
    )  # fmt: skip
    StageVisit.objects.bulk_create(StageVisit(enrolment=e, stage=stage, position=index) for e in enrolments)
    if stage != "chat":
        return [Person(token) for token in tokens]
    turns = _conversations(study, enrolments, judging)
    return [Person(token, *turn) for token, turn in zip(tokens, turns, strict=True)]


def _conversations(study: "Study", enrolments: list, judging: bool) -> list[tuple[str, tuple[str, ...]]]:
    from django.utils import timezone

    from annotation.conversations.models import Candidate, Conversation, Turn
    from annotation.protocols.models import Item, Presentation, Stimulus
    from annotation.protocols.registry import store_protocol
    from multivocal.llm.models import LanguageModel

    now = timezone.now()
    config = next(one for one in enrolments[0].version.shape.stages if one.id == "chat")
    talks = Conversation.objects.bulk_create(
        Conversation(
            enrolment=e, stage="chat", ordinal=0, key=uuid.uuid4(), type="unguided", system_kind="header"
        )
        for e in enrolments
    )
    if not judging:
        return [("", ())] * len(talks)
    models = list(LanguageModel.objects.order_by("name")[: config.opening.k])
    slots = tuple("ABCDEFGH"[: len(models)])
    items = Item.objects.bulk_create(
        Item(study=study, source="live", prompt="Why is the sky blue?") for _ in talks
    )
    answers = Stimulus.objects.bulk_create(
        Stimulus(item=item, model=model, text="Because of the air. " * 12, completed_at=now)
        for item in items
        for model in models
    )
    protocol = store_protocol(config.protocol)
    shown = Presentation.objects.bulk_create(
        Presentation(
            item=item, enrolment=talk.enrolment, protocol=protocol, stage="chat", seed=talk.seed,
            slots=[{"slot": s, "stimulus": "", "probability": 0.5, "inclusion": 0.5, "replaces": None} for s in slots],
        )
        for talk, item in zip(talks, items, strict=True)
    )  # fmt: skip
    turns = Turn.objects.bulk_create(
        Turn(
            conversation=talk, ordinal=0, key=uuid.uuid4(), state="judging", prompt=item.prompt,
            presentation=presentation, answered_at=now,
        )
        for talk, item, presentation in zip(talks, items, shown, strict=True)
    )  # fmt: skip
    Candidate.objects.bulk_create(
        Candidate(
            stimulus=answers[n * len(models) + m], turn=turn, slot=slots[m], model=model, state="complete",
            probability=0.5, inclusion=0.5,
        )
        for n, turn in enumerate(turns)
        for m, model in enumerate(models)
    )  # fmt: skip
    return [(str(turn.pk), slots) for turn in turns]
