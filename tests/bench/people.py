"""A study of values and people in it, made in bulk and not through the pages."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multivocal.studies.models import Enrolment, Study

STUDY = """
format: 1
slug: {slug}
title: Bench
minutes: 5
contact: {{name: The bench, email: bench@example.org}}
models: []
budget: {{usd: 10000}}
stages:
  - id: consent
    kind: consent
    title: Before you start
    version: "1"
    body: This measures the server.
    purposes: [{{key: take_part, text: I take part, required: true}}]
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
    import yaml

    from multivocal.studies.lifecycle import open_study
    from multivocal.studies.versions import save_draft

    version = save_draft(document=yaml.safe_load(STUDY.format(slug=slug, story="word " * 70)))
    open_study(study=version.study)
    version.study.refresh_from_db()
    return version.study


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
