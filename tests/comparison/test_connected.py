"""Systems that would never be compared are named before a study opens, and while it runs."""

from typing import Any

import pytest
from django.test import Client

from multivocal.errors import Invalid
from multivocal.studies.lifecycle import open_study
from multivocal.studies.models import Membership, Study
from multivocal.studies.monitor import figures
from multivocal.studies.preflight import check_study
from tests import people
from tests.comparison.kit import Judge, comparison_study, stage
from tests.studies.studies import CONSENT, DEBRIEF, make_study

pytestmark = pytest.mark.django_db

APART = "groups that were never compared"


def pairs_of(*systems: str) -> list[dict[str, Any]]:
    """Return an item per pair of systems, written with a dash between them."""
    return [
        {
            "id": pair,
            "prompt": "Why?",
            "responses": [{"text": name, "system": name} for name in pair.split("-")],
        }
        for pair in systems
    ]


def draft(items: list[dict[str, Any]], **more: Any) -> Study:
    """Return a draft that compares ``items``."""
    stages = [CONSENT, stage(items=items, per_person=2, per_item=1, **more), DEBRIEF]
    return make_study(
        slug="pairs", stages=stages, state="draft", frozen=False, participants=2, arms=[{"key": "all"}]
    )


def findings(study: Study) -> dict[str, str]:
    """Return sentences about groups by their level."""
    found = check_study(study.versions.get().shape)
    return {one.level: one.message for one in found if APART in one.message}


def test_a_study_with_a_plan_does_not_open_on_systems_that_stand_apart() -> None:
    study = draft(pairs_of("ant-bee", "cat-dog"), plan={})
    assert "ant" in findings(study)["stop"]
    with pytest.raises(Invalid) as refusal:
        open_study(study=study)
    assert any(APART in said for said in refusal.value.fields.values())


def test_without_a_plan_it_is_said_and_stops_nothing() -> None:
    assert set(findings(draft(pairs_of("ant-bee", "cat-dog")))) == {"note"}


@pytest.mark.parametrize("protocol", ["pairwise3", "likert"])
def test_a_chain_of_pairs_is_enough(protocol: str) -> None:
    study = draft(pairs_of("ant-bee", "bee-cat", "cat-dog"), protocols={"way": {"kind": protocol}}, plan={})
    assert findings(study) == {}


def test_one_response_a_screen_links_those_of_one_prompt_only() -> None:
    study = draft(pairs_of("ant-bee", "cat-dog"), protocols={"rate": {"kind": "likert"}}, plan={})
    assert set(findings(study)) == {"stop"}


def test_the_monitor_names_what_is_not_linked_yet_and_says_when_it_is() -> None:
    study = comparison_study(items=pairs_of("ant-bee", "bee-cat"), per_person=1, per_item=1)

    def said() -> list[tuple[bool, str]]:
        return [(line["fine"], line["said"]) for line in figures(study)["watched"]]

    assert said() == [(True, "“pair”: 0 of 2 screens have all their judgements (1 each), 2 have none yet.")]
    Judge("noor").arrive_at_screens().judge_all()
    (_fine, places), (fine, groups) = said()
    assert "1 of 2 screens" in places
    assert not fine and APART in groups
    preview = Judge("dora").arrive_at_screens()
    type(preview.enrolment).objects.filter(pk=preview.enrolment.pk).update(preview=True)
    preview.judge_all()
    assert len(said()) == 2  # a preview is nobody
    Judge("sven").arrive_at_screens().judge_all()
    assert said() == [(True, "“pair”: 2 of 2 screens have all their judgements (1 each), 0 have none yet.")]


def test_the_monitor_is_for_those_who_may_watch() -> None:
    study = comparison_study(items=pairs_of("ant-bee"), per_person=1, per_item=1)
    dana = people.make_designer()
    Membership.objects.create(study=study, user=dana, role="designer")
    for person, status in ((dana, 200), (people.make_stranger(), 404)):
        client = Client()
        client.force_login(person)
        answer = client.get("/admin/studies/study/of/pairs/monitor.json")
        assert answer.status_code == status
        assert (b"watched" in answer.content) == (status == 200)
