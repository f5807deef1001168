"""A small study with everything in it: three people, conversations, judgements, hostile words."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from annotation.conversations.models import Candidate, Conversation, Turn
from annotation.profiles.models import PageResponse
from annotation.protocols.items.shapes import ItemRow
from annotation.protocols.items.storing import store_items
from annotation.protocols.models import Item, Judgement, Presentation, ProtocolVersion, Stimulus
from multivocal.llm.models import Call, LanguageModel
from multivocal.participants.models import Consent, ConsentText, Participant, RecruitmentIdentity
from multivocal.studies.definition import as_document, digest, parse_definition
from multivocal.studies.models import Enrolment, Study, StudyVersion
from tests.exports.document import document
from tests.exports.routing_seed import route_pairs
from tests.exports.values_seed import tell_values

HOSTILE = (
    'She said "no",\nthen left\r\n\\N \\n \\\\ \t end',
    '=HYPERLINK("http://evil.example","you")',
    "@SUM(1+1)",
    "- a list, not a formula",
    "مرحبا، كيف حالك؟ \u202e\u200f",
    "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u2028 \ufeff",
    "</script><b>bold</b> '; drop table x; --",
    "",
    " ",
    "null",
    "\\.",
    "\x07\x1f",
)
ATTRIBUTES = ("values", "fluency", "factuality", "safety", "diversity", "creativity", "helpfulness")


@dataclass
class Seeded:
    """The study and what must never leave it."""

    study: Study
    version: StudyVersion
    people: dict[str, Enrolment] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)


def open_study(slug: str = "prism") -> tuple[Study, StudyVersion]:
    """Return a study with its first version frozen."""
    whole = as_document(parse_definition(document(slug)))
    study = Study.objects.create(slug=slug, state=Study.State.OPEN)
    version = StudyVersion.objects.create(
        study=study, number=1, definition=whole, sha256=digest(whole), frozen_at=timezone.now()
    )
    return study, version


def make_models() -> list[LanguageModel]:
    """Return five models, one of them simulated."""
    return [
        LanguageModel.objects.get_or_create(
            name=f"model-{letter}",
            defaults={
                "label": f"Model {letter.upper()}",
                "family": "Test",
                "provider": "acme",
                "provider_type": "open" if letter == "a" else "commercial",
                "base_url": "https://secret-endpoint.example/v1",
                "model_id": f"acme/{letter}",
                "parameters": {"temperature": 1.0, "max_tokens": 200},
                "key_variable": "SECRET_KEY_OF_ACME",
                "simulated": letter == "e",
            },
        )[0]
        for letter in "abcde"
    ]


def seed(slug: str = "prism") -> Seeded:
    """Write the study: Ana talks and compares, Bilal only answers the survey, Chidi withdraws, Dora previews."""
    study, version = open_study(slug)
    seeded = Seeded(study, version)
    models = make_models()
    for n, name in enumerate(("ana", "bilal", "chidi", "dora")):
        enrol(seeded, name, n)
    talk(seeded.people["ana"], models, 0, "unguided", turns=3)
    talk(seeded.people["ana"], models, 1, "values_guided", turns=2)
    talk(seeded.people["ana"], models, 2, "controversy_guided", turns=2)
    talk(seeded.people["ana"], models, 3, "unguided", turns=2)
    talk(seeded.people["chidi"], models, 0, "unguided", turns=2)
    talk(seeded.people["dora"], models, 0, "unguided", turns=2)
    import_pairs(seeded)
    for name in ("ana", "chidi", "dora"):
        compare(seeded.people[name])
    route_pairs(seeded)
    tell_values(study, [seeded.people[name] for name in ("ana", "chidi", "dora")], HOSTILE)
    Enrolment.objects.filter(pk=seeded.people["chidi"].pk).update(
        status="withdrawn", withdrawn_at=timezone.now()
    )
    return seeded


def enrol(seeded: Seeded, name: str, n: int, **fields: Any) -> Enrolment:
    """Enrol one person with a recruitment identity, a consent and a finished survey."""
    person = Participant.objects.create()
    secret = f"PID{name.upper()}{uuid.uuid4().hex[:12]}"
    RecruitmentIdentity.objects.create(
        participant=person,
        study=seeded.study.id,
        source="prolific",
        external_id=secret,
        external_study=f"STUDY{secret}",
        external_session=f"SESSION{secret}",
    )
    seeded.secrets += [secret, str(person.id)]
    enrolment = Enrolment.objects.create(
        study=seeded.study,
        version=seeded.version,
        participant=person,
        pseudonym=f"p{name}{n:04}",
        arm=seeded.version.shape.arms[0].key,
        status="complete",
        stage_index=3,
        preview=name == "dora",
        finished_at=timezone.now() + timedelta(minutes=50),
        **fields,
    )
    text, _new = ConsentText.objects.get_or_create(
        study=seeded.study.id, sha256="c" * 64, defaults={"version": "v1", "language": "en", "body": "Text"}
    )
    Consent.objects.create(
        participant=person, study=seeded.study.id, enrolment=enrolment.id, text=text, agreed=True
    )
    answer_page(enrolment, "survey", "", SURVEY | {"self_description": HOSTILE[n % len(HOSTILE)]}, ORDERS)
    seeded.people[name] = enrolment
    return enrolment


def answer_page(
    enrolment: Enrolment,
    stage: str,
    scope: str,
    answers: dict[str, Any],
    orders: dict[str, Any] | None = None,
) -> None:
    """Store one submitted page."""
    PageResponse.objects.create(
        enrolment=enrolment,
        stage=stage,
        scope=scope,
        page="all",
        answers=answers,
        orders=orders or {},
        key=uuid.uuid4(),
        answered_at=timezone.now() + timedelta(minutes=10),
    )


def talk(
    enrolment: Enrolment, models: list[LanguageModel], ordinal: int, kind: str, turns: int
) -> Conversation:
    """Write one finished conversation: four models first, then two samples of the winner."""
    now = timezone.now()
    conversation = Conversation.objects.create(
        enrolment=enrolment, stage="conversations", ordinal=ordinal, key=uuid.uuid4(), type=kind,
        state="complete", ending="finished", model=models[0], system_kind="header", ended_at=now,
        completed_at=now + timedelta(minutes=9),
    )  # fmt: skip
    for number in range(turns):
        _turn(enrolment, conversation, number, models[:4] if number == 0 else [models[0], models[0]])
    Conversation.objects.filter(pk=conversation.pk).update(started_at=now + timedelta(seconds=ordinal))
    scores = {**dict.fromkeys(ATTRIBUTES, 80), "safety": None}
    feedback = {
        "performance_attributes": scores,
        "choice_attributes": scores,
        "open_feedback": HOSTILE[ordinal],
    }
    answer_page(enrolment, "conversations", str(conversation.id), feedback)
    return conversation


def _turn(enrolment: Enrolment, conversation: Conversation, number: int, models: list[LanguageModel]) -> None:
    now = timezone.now()
    config = {"kind": "vas", "min": 1, "max": 100}
    protocol, _new = ProtocolVersion.objects.get_or_create(
        sha256=digest(config), defaults={"kind": "vas", "config": config}
    )
    prompt = HOSTILE[number % 7]
    item = Item.objects.create(study=enrolment.study, source="live", prompt=prompt)
    stimuli = [
        Stimulus.objects.create(
            item=item, model=model, text=HOSTILE[(number + n) % len(HOSTILE)], completed_at=now
        )
        for n, model in enumerate(models)
    ]
    slots = "ABCD"[: len(models)]
    presentation = Presentation.objects.create(
        item=item, enrolment=enrolment, protocol=protocol, stage="conversations", seed=7,
        pool=[model.name for model in models],
        slots=[
            {"slot": slot, "stimulus": str(one.id), "probability": 0.25, "inclusion": 0.8, "replaces": None}
            for slot, one in zip(slots, stimuli, strict=True)
        ],
    )  # fmt: skip
    turn = Turn.objects.create(
        conversation=conversation, ordinal=number, key=uuid.uuid4(), state="judged", prompt=prompt,
        presentation=presentation, chosen=stimuli[0], answered_at=now, judged_at=now,
    )  # fmt: skip
    for slot, one in zip(slots, stimuli, strict=True):
        Candidate.objects.create(
            stimulus=one,
            turn=turn,
            slot=slot,
            model=one.model,
            state="complete",
            probability=0.25,
            inclusion=0.8,
        )
        Call.objects.create(
            account=enrolment.study_id, person=enrolment.id, purpose="answer", subject=str(one.id),
            model=one.model, started_at=now, finished_at=now, state="done", prompt_sha256="d" * 64, text=one.text,
            request={"messages": [{"role": "user", "content": prompt}]}, total_ms=900, tokens_in=5, tokens_out=9,
        )  # fmt: skip
    Judgement.objects.create(
        presentation=presentation, enrolment=enrolment, key=uuid.uuid4(), chosen="A",
        payload={"scores": {slot: 90 - 10 * n for n, slot in enumerate(slots)}}, duration_ms=4000, shown_at=now,
    )  # fmt: skip


def import_pairs(seeded: Seeded) -> None:
    """Import two items with two responses each, in hostile words."""
    rows = [
        ItemRow.model_validate(
            {
                "id": f"item-{n}",
                "prompt": HOSTILE[n],
                "stratum": "=hostile",
                "responses": [
                    {"id": f"r{k}", "text": HOSTILE[n + k], "system": f"sys-{k}", "covariates": {"tokens": 7}}
                    for k in (1, 2)
                ],
            }
        )
        for n in range(2)
    ]
    store_items(study=seeded.study, name="pairs", rows=rows)


def compare(enrolment: Enrolment) -> None:
    """Rank the responses of every imported item: the second is the better one."""
    config = {"kind": "ranking", "ties": True}
    protocol, _new = ProtocolVersion.objects.get_or_create(
        sha256=digest(config), defaults={"kind": "ranking", "config": config}
    )
    for place, item in enumerate(Item.objects.filter(item_set__name="pairs").order_by("number"), start=1):
        slots = [
            {"slot": slot, "stimulus": str(one.pk), "probability": 1.0, "inclusion": 0.5, "replaces": None}
            for slot, one in zip("AB", item.stimuli.order_by("number"), strict=True)
        ]
        presentation = Presentation.objects.create(
            item=item, enrolment=enrolment, protocol=protocol, protocol_key="rank", stage="compare", seed=5,
            order_seed=6, order_row=0, probability=0.5, position=place, slots=slots, pool=["sys-1", "sys-2"],
        )  # fmt: skip
        Judgement.objects.create(
            presentation=presentation, enrolment=enrolment, key=uuid.uuid4(), chosen="B",
            payload={"ranks": {"A": 2, "B": 1}}, duration_ms=3000,
        )  # fmt: skip


SURVEY: dict[str, Any] = {
    "lm_familiarity": "k_somewhat_familiar",
    "lm_indirect_use": "k_yes",
    "lm_direct_use": "k_yes",
    "lm_frequency_use": "k_every_week",
    "lm_usecases": ["research", "games"],
    "system_string": "Be kind, be brief, be right.",
    "stated_prefs": {"values": 10, "creativity": 70, "fluency": 90, "factuality": 95, "diversity": 40, "safety": 80,
                     "personalisation": 30, "helpfulness": 99},
    "age": "k_25_34_years_old",
    "gender": "k_female",
    "birth_country": "GBR",
    "reside_country": "GBR",
    "ethnicity": "self_describe",
    "ethnicity.self_describe.text": "White",
    "religion": "prefer_not_to_say",
}  # fmt: skip
ORDERS: dict[str, Any] = {
    "lm_usecases": ["games", "research", "other"],
    "stated_prefs": ["creativity", "values", "fluency", "factuality", "diversity", "safety", "personalisation",
                     "helpfulness", "other"],
}  # fmt: skip
