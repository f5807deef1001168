"""Cards of people and values made of them by hand, for tests that need no model."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from elicitation.interviews.models import CardVersion, ValuesCard
from elicitation.moral_graph.canonical import current_partition, make_value, next_number, put_card
from elicitation.moral_graph.models import CanonicalValue, Context, Upgrade, WisdomVote
from multivocal.participants.models import Participant
from multivocal.studies.models import Enrolment, Study
from tests.moral_graph.values import INTERVIEW, STORY, WISDOM
from tests.studies.studies import DEBRIEF, make_study


def interviewed_study(slug: str = "own", **changes: Any) -> Study:
    """Return an open study with an interview and a wisdom stage, without seeds."""
    own = {key: value for key, value in WISDOM.items() if key not in ("contexts", "seeds", "steps")}
    return make_study(slug, stages=[INTERVIEW, {**own, "interview": "interview", **changes}, DEBRIEF])


def accepted_card(
    study: Study, title: str, policies: list[str] | None = None, *, simulated: bool = False, lines: int = 3
) -> ValuesCard:
    """Return an accepted card of a new person; without ``policies``, of so many lines made of its title."""
    person = Enrolment.objects.create(
        study=study, version=study.versions.order_by("number")[0], participant=Participant.objects.create(),
        pseudonym=uuid4().hex[:12], arm="all", simulated=simulated,
    )  # fmt: skip
    made = ValuesCard.objects.create(
        study=study, enrolment=person, question_key="care", contexts=["being-asked"], language="en",
        origin="simulated" if simulated else "person",
    )  # fmt: skip
    of_title = [f"{title.upper()} of kind {n} that somebody notices" for n in range(lines)]
    version = CardVersion.objects.create(
        card=made,
        number=1,
        title=title,
        description=f"I look for {title}.",
        policies=policies or of_title,
        author="person",
    )
    made.accepted_version, made.accepted_at = version, version.created_at
    made.save()
    return made


def value_with(study: Study, *cards: ValuesCard) -> CanonicalValue:
    """Return a value that speaks in the words of the first card and holds all of them."""
    version = cards[0].accepted_version
    assert version is not None
    value = make_value(
        partition=current_partition(study), title=version.title, description=version.description,
        policies=version.policies, questions=["care"], representative=cards[0].pk,
    )  # fmt: skip
    for card in cards:
        put_card(card=card.pk, into=value, decided_by="model", motivation="They attend to the same.")
    return value


def step(source: CanonicalValue, target: CanonicalValue, key: str = "being-asked", **fields: Any) -> Upgrade:
    """Return a story that is put to people."""
    study = source.study
    given = {"text": INTERVIEW["contexts"].get(key, {"en": key}), "questions": ["care"]}
    context = Context.objects.get_or_create(study=study, key=key, defaults=given)[0]
    values = {"origin": "model", "state": "ready", "story": STORY, **fields}
    return Upgrade.objects.create(
        study=study,
        number=next_number(study, Upgrade),
        source=source,
        target=target,
        context=context,
        **values,
    )


def vote(row: Upgrade, card: ValuesCard, answer: str = "wiser") -> WisdomVote:
    """Return the vote of the person whose card it is."""
    return WisdomVote.objects.create(
        study=row.study,
        enrolment=card.enrolment,
        upgrade=row,
        answer=answer,
        key=uuid4(),
        created_at=timezone.now(),
    )
