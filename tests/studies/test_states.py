"""What people meet in a study that is a draft, paused, closed or on its next version."""

from uuid import uuid4

import pytest

from multivocal.studies.models import Enrolment
from multivocal.studies.versions import has_stage
from tests.studies.studies import CONSENT, DEBRIEF, Person, add_version, document, make_study

pytestmark = pytest.mark.django_db


def test_drafts_are_hidden_and_paused_studies_let_people_finish() -> None:
    make_study("hidden", state="draft", frozen=False)
    assert Person("hidden").arrive().status_code == 404
    study = make_study()
    under_way = Person(pid="ana")
    under_way.start()
    study.state = "paused"
    study.save()
    late = Person(pid="ben")
    assert late.arrive().status_code == 403
    assert late.client.post("/s/tea/start/").status_code == 403
    assert Enrolment.objects.count() == 1
    assert under_way.agree().status_code == 200
    back = Person(pid="ana")
    assert back.arrive().status_code == 403
    assert back.post("start/").headers["Location"] == "/s/tea/here/"
    study.state = "open"
    study.save()
    assert back.start().status_code == 200
    study.state = "closed"
    study.save()
    assert under_way.here().status_code == 410
    assert under_way.submit(stage="debrief", key=str(uuid4())).status_code == 410
    assert Enrolment.objects.get().status == "active"


def test_a_version_stays_with_who_started_on_it() -> None:
    from multivocal.studies.definition import as_document, parse_definition
    from tests.studies.studies import add_version, document

    study = make_study()
    early = Person(pid="early")
    early.start()
    add_version(study, as_document(parse_definition(document(stages=[DEBRIEF]))))
    late = Person(pid="late")
    late.start()
    assert early.here().context["stage"] == "consent"
    assert late.hidden()["stage"] == "debrief"
    numbers = Enrolment.objects.order_by("started_at").values_list("version__number", flat=True)
    assert list(numbers) == [1, 2]


def test_a_kind_of_stage_is_found_in_every_version_that_ever_had_it() -> None:
    study = make_study(stages=[CONSENT, DEBRIEF])
    add_version(study, document("tea", stages=[DEBRIEF]), frozen=False)
    make_study("other", stages=[DEBRIEF])
    assert has_stage(study, "consent") and has_stage(study, "debrief")
    assert not has_stage(study, "survey")
