"""A designer walks a study as a participant of any arm, and nothing of it counts."""

import pytest
from django.contrib.auth.models import User

from multivocal.domain.identifiers import derived_code
from multivocal.errors import Invalid
from multivocal.studies.models import Allocation, CompletionCode, Enrolment, QuotaClaim
from multivocal.studies.preview import start_preview
from tests.studies.studies import CONSENT, DEBRIEF, SCREEN, Person, make_study

pytestmark = pytest.mark.django_db
ARMS = [{"key": "a"}, {"key": "b"}]
QUOTAS = {"after": "screen", "cells": [{"key": "women", "where": {"gender": ["woman"]}, "target": 1}]}


def test_a_draft_can_be_walked_in_a_chosen_arm(designer: User) -> None:
    study = make_study(
        state="draft",
        frozen=False,
        stages=[CONSENT, SCREEN, DEBRIEF],
        arms=ARMS,
        assignment={"after": "screen"},
        quotas=QUOTAS,
    )
    for arm in ("b", "a", "b"):
        dana = Person()
        dana.client.cookies["mv_session_tea"] = start_preview(
            version=study.versions.get(), arm=arm, user=designer
        )
        assert dana.here().context["preview"] is True
        dana.agree()
        dana.submit(gender="woman")
        page = dana.submit()
        assert b"PREVIEW-COMPLETE" in page.content
        assert derived_code(study.salt, "complete").encode() not in page.content
    assert list(Enrolment.objects.order_by("started_at").values_list("arm", flat=True)) == ["b", "a", "b"]
    assert not Allocation.objects.exists()
    assert not QuotaClaim.objects.exists()
    assert not CompletionCode.objects.exists()


def test_previews_that_draw_leave_the_real_sequence_alone(designer: User) -> None:
    study = make_study(arms=ARMS)
    Person(pid="ana").start()
    for _ in range(3):
        start_preview(version=study.versions.get(), user=designer)
    Person(pid="ben").start()
    real = Allocation.objects.filter(preview=False).order_by("position")
    assert list(real.values_list("position", flat=True)) == [0, 1]
    assert Allocation.objects.filter(preview=True).count() == 3


def test_an_unknown_arm_is_refused(designer: User) -> None:
    study = make_study(arms=ARMS)
    with pytest.raises(Invalid):
        start_preview(version=study.versions.get(), arm="c", user=designer)
    assert not Enrolment.objects.exists()
