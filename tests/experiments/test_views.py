"""The page and the JSON say which view they show, how much is counted in it, and who is left out by which rule."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from annotation.protocols.models import Judgement
from multivocal.studies.models import Enrolment, Study
from tests import people
from tests.experiments.kit import LIKERT_ONLY, SLUG, bring, planted, small_study

pytestmark = pytest.mark.django_db
REPORT = f"/api/v1/studies/{SLUG}/reports/comparison/"


@pytest.fixture
def study() -> Study:
    """A study of eight people, half of them too fast, with a plan that leaves those out."""
    made = small_study(plan={"exclusions": {"too_fast_ms": 1500, "failed_gold": 0}})
    bring(made, 8, planted(LIKERT_ONLY))
    hasty = Enrolment.objects.filter(study=made).order_by("pseudonym")[:4]
    Judgement.objects.filter(enrolment__in=list(hasty)).update(duration_ms=200)
    return made


def reader() -> Client:
    """Return the browser of somebody who may read the study."""
    return people.signed_in(User.objects.first() or people.make_operator("Olu Reads"))


def page(query: str = "") -> str:
    """Return the report's page."""
    return str(
        reader().get(reverse("admin:study_report", args=[SLUG, "comparison"]) + query).content.decode()
    )


def view(query: str = "") -> dict[str, object]:
    """Return what the JSON says of its view."""
    found: dict[str, object] = reader().get(REPORT + query).json()["view"]
    return found


def test_every_view_counts_its_own(study: Study) -> None:
    every, kept = view(), view("?exclusions=applied")
    assert every["key"] == "without_exclusions" and kept["key"] == "with_exclusions"
    assert every["judges"] == 8 and kept["judges"] == 4
    assert isinstance(kept["judgements"], int) and isinstance(every["judgements"], int)
    assert 0 < kept["judgements"] < every["judgements"]
    shown = page("?exclusions=applied")
    assert f"<b>{kept['judgements']}</b><span>judgements counted in this view" in shown
    assert "<code>with_exclusions</code>" in shown and "4 too fast" in shown and "0 missed gold" in shown
    assert f"<b>{every['judgements']}</b><span>judgements counted in this view" in page()


def test_where_nobody_is_left_the_page_says_so(study: Study) -> None:
    Judgement.objects.update(duration_ms=200)
    shown = page("?exclusions=applied")
    assert "Nobody is left:" in shown and "8 too fast" in shown and "8 people in all" in shown
    assert view("?exclusions=applied")["judgements"] == 0


def test_a_filter_that_leaves_nothing_is_not_a_study_without_answers(study: Study) -> None:
    Judgement.objects.filter(enrolment__arm="ranking").delete()
    shown = page("?arm=ranking")
    assert "Nothing is left in this view" in shown and "No judgements yet" not in shown
