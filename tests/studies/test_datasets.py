"""What leaves: everybody who takes part, nobody who withdrew, no preview, no recruitment id."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.utils.module_loading import import_string

from multivocal.domain.datasets import Dataset
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.preview import start_preview
from tests.studies.studies import CONSENT, DEBRIEF, SCREEN, Person, make_study

pytestmark = pytest.mark.django_db


def rows_of(key: str, study: Study, **cut: Any) -> list[dict[str, Any]]:
    """Return a dataset's rows as dictionaries, read with its own SQL; none where code derives them."""
    dataset: Dataset = import_string(settings.DATASETS[key])
    given = {"study": study.pk, "since": None, "annotator": None, "version": None, **cut}
    with connection.cursor() as cursor:
        cursor.execute(dataset.statement, given)
        assert cursor.description is not None
        rows = cursor.fetchall()
        assert len(cursor.description) == len(dataset.columns)
    decode = {column.name for column in dataset.columns if column.type == "json"}
    return [
        {
            name: json.loads(value) if name in decode and isinstance(value, str) else value
            for name, value in zip(dataset.names, row, strict=True)
        }
        for row in rows
    ]


@pytest.fixture
def study(designer: User) -> Study:
    """A study in which Ana finished, Ben is under way, Cleo withdrew, and Dana looked."""
    study = make_study(
        stages=[CONSENT, SCREEN, DEBRIEF],
        factors={"tone": ["warm", "cool"]},
        arms=[{"key": "a", "levels": {"tone": "warm"}}, {"key": "b", "levels": {"tone": "cool"}}],
        assignment={"after": "screen", "stratify": ["gender"]},
    )
    Person(pid="ana-recruitment-id").walk()
    ben = Person(pid="ben-recruitment-id")
    ben.start()
    ben.agree()
    cleo = Person(pid="cleo-recruitment-id")
    cleo.walk()
    cleo.post("withdraw/")
    dana = Person()
    dana.client.cookies["mv_session_tea"] = start_preview(
        version=study.versions.get(), arm="b", user=designer
    )
    dana.here()
    dana.agree()
    return study


def test_participants(study: Study) -> None:
    ana, ben = rows_of("participants", study)
    assert ana["status"] == "complete"
    assert ana["arm"] in ("a", "b")
    assert ana["levels"] == {"tone": "warm" if ana["arm"] == "a" else "cool"}
    assert (ana["stratum"], ana["block_position"], ana["arm_probability"]) == ("gender=woman", 0, 0.5)
    assert ana["traits"] == {"gender": "woman"}
    assert [visit["stage"] for visit in ana["stages"]] == ["consent", "screen", "debrief"]
    assert all(visit["seconds"] >= 0 for visit in ana["stages"])
    assert (ben["status"], ben["arm"], ben["levels"], ben["finished_at"]) == ("active", None, None, None)
    assert ben["stages"][-1]["left_at"] is None
    assert ana["sha256"] == study.versions.get().sha256
    assert ana["simulated"] is False


def test_consents(study: Study) -> None:
    ana, ben = rows_of("consents", study)
    assert ana["agreed"] is ben["agreed"] is True
    assert ana["purposes"] == {"taking-part": True, "sharing": False}
    assert ana["consent_version"] == "v1"


def test_a_cut_is_a_cut(study: Study) -> None:
    one = rows_of("participants", study)[0]["annotator"]
    assert len(rows_of("participants", study, annotator=one)) == 1
    assert len(rows_of("participants", study, version=1)) == 2
    assert rows_of("participants", study, version=2) == []
    assert rows_of("participants", study, since="2999-01-01T00:00:00Z") == []


@pytest.mark.parametrize("key", list(settings.DATASETS))
def test_no_dataset_names_a_withdrawn_person_a_preview_or_a_recruitment_id(key: str, study: Study) -> None:
    rows = rows_of(key, study)
    hidden = Enrolment.objects.filter(status="withdrawn") | Enrolment.objects.filter(preview=True)
    assert hidden.count() == 2
    text = repr(rows)
    for enrolment in hidden:
        assert enrolment.pseudonym not in text
        assert str(enrolment.pk) not in text
    assert "recruitment-id" not in text
    assert str(Enrolment.objects.filter(status="complete").get().participant_id) not in text
