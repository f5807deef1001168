"""A study in which people have voted, made of rows alone: nobody needs to walk through its pages for it."""

import uuid
from collections.abc import Sequence

from django.utils import timezone

from elicitation.moral_graph.models import Upgrade, WisdomVote
from elicitation.moral_graph.work import wisdom_stage
from multivocal.participants.models import Participant
from multivocal.studies.models import Enrolment, Study
from tests.moral_graph.values import values_study

ANSWERS = ("wiser", "wiser", "not_wiser", "unsure", "both")
STORIES = 3


def voted_study(slug: str = "values", answers: Sequence[str] = ANSWERS, why: str = "reason {}") -> Study:
    """Return an open study of seeds; each person gave one answer to three stories; the first three are in an arm."""
    study = values_study(slug)
    assert wisdom_stage(study) is not None  # plants the contexts, seeds and steps
    for number, answer in enumerate(answers):
        vote(study, number, answer, why.format(number))
    return study


def vote(study: Study, number: int, answer: str, why: str = "") -> Enrolment:
    """Have one more person answer three stories."""
    person = Enrolment.objects.create(
        participant=Participant.objects.create(), study=study, version=study.versions.get(), status="complete",
        pseudonym=f"person-{number}", arm="warm" if number < 3 else "plain",
        traits={"age": "18-29" if number % 2 else "50+", "note": f"own words {number}"},
    )  # fmt: skip
    steps = list(Upgrade.objects.filter(study=study).order_by("number"))
    WisdomVote.objects.bulk_create(
        WisdomVote(
            study=study, enrolment=person, upgrade=steps[(number * STORIES + n) % len(steps)], answer=answer,
            why=why, key=uuid.uuid4(), created_at=timezone.now(),
        )
        for n in range(STORIES)
    )  # fmt: skip
    return person
