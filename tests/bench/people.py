"""A study of values and people in it, made in bulk and not through the pages."""

from typing import TYPE_CHECKING

from tests.bench.studies import opened_study

if TYPE_CHECKING:
    from multivocal.studies.models import Enrolment, Study

STAGES = """
  - id: wiser
    kind: wisdom
    title: Wiser
    contexts: {{work: At work}}
    seeds:
      - {{key: one, title: One, description: One thing., policies: [THINGS of one, SIGNS of one, MOMENTS of one]}}
      - {{key: two, title: Two, description: Two things., policies: [THINGS of two, SIGNS of two, MOMENTS of two]}}
    steps: [{{source: one, target: two, context: work, story: {story}}}]
"""


def wisdom_study(slug: str) -> "Study":
    """Import and open a study with one wisdom stage."""

    return opened_study(slug, STAGES.format(story="word " * 70))


def enrol(study: "Study", people: int) -> "list[Enrolment]":
    """Return so many simulated people of a study."""
    from multivocal.domain.identifiers import pseudonym
    from multivocal.participants.models import Participant
    from multivocal.studies.models import Enrolment

    version = study.versions.exclude(frozen_at=None).order_by("-number").first()
    assert version is not None
    persons = Participant.objects.bulk_create(Participant() for _ in range(people))
    return Enrolment.objects.bulk_create(
        Enrolment(
            study=study, version=version, participant=one, pseudonym=pseudonym(study.salt, one.pk), arm="all",
            stage_index=1, simulated=True,
        )
        for one in persons
    )  # fmt: skip
