"""A stored report stands as long as what it states is so, and no longer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from annotation.protocols.models import ItemSet, Plan, Presentation
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.stored_reports.computing import answer
from tests.experiments.kit import LIKERT_ONLY, bring, planted, small_study

pytestmark = pytest.mark.django_db


def told(study: Study) -> dict[str, Any]:
    """Return the departures of the report that a reader gets, by code, and the moment it was computed."""
    study.refresh_from_db()
    found = answer(name="comparison", study=study, asked={})
    assert found is not None
    return {one["code"]: one["told"] for one in found["plan"]["departures"]} | {"at": found["at"]}


def test_a_closed_study_is_not_said_to_be_running() -> None:
    study = small_study()
    came = bring(study, 6, planted(LIKERT_ONLY))
    assert "(0 people are done)" in told(study)["interim"]
    Enrolment.objects.filter(pk=came[0].pk).update(status=Enrolment.Status.COMPLETE)
    assert "(1 people are done)" in told(study)["interim"]
    Study.objects.filter(pk=study.pk).update(state=Study.State.CLOSED)
    assert "interim" not in told(study)
    ItemSet.objects.filter(study=study).update(updated_at=timezone.now())
    assert "items_later" in told(study)


def _a_screen(study: Study) -> None:
    Presentation.objects.filter(pk=Presentation.objects.values("pk")[:1]).delete()


def _a_plan(study: Study) -> None:
    Plan.objects.filter(pk=Plan.objects.values("pk")[:1]).delete()


@pytest.mark.parametrize("change", [_a_screen, _a_plan])
def test_what_was_drawn_is_part_of_it(change: Callable[[Study], None]) -> None:
    study = small_study()
    bring(study, 6)
    before = told(study)["at"]
    assert told(study)["at"] == before  # nothing changed: it was stored
    change(study)
    assert told(study)["at"] != before
