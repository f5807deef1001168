"""The shipped PRISM study asks what PRISM asked, under its names, and gives its survey columns back."""

import csv
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pycountry
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from annotation.profiles import questionnaires
from annotation.profiles.datasets import PROFILES
from annotation.profiles.models import PageResponse
from annotation.profiles.prism_survey import ANSWERED, PREFS, USECASES, survey_columns
from annotation.profiles.regions import REGIONS, special_region
from annotation.profiles.shapes import Profile
from multivocal.participants.models import Participant
from multivocal.studies import withdrawal
from multivocal.studies.definition import StudyDefinition, as_document, digest, parse_definition
from multivocal.studies.models import Enrolment, Study, StudyVersion
from multivocal.studies.stages import Done, More, Visit, kind_of
from multivocal.studies.texts import local_texts, missing_languages
from multivocal.studies.yaml_in import read_yaml
from tests.people import nobody
from tests.profiles.conftest import submit

FILE = Path("platform/multivocal/studies/shipped/prism.yaml")
MAPPINGS = Path("../shared/data/prism")  # PRISM's own files, where they lie beside the project
# reference: PRISM's 18 questions, in the order of its survey
FIELDS = [
    "lm_familiarity", "lm_indirect_use", "lm_direct_use", "lm_frequency_use", "lm_usecases", "self_description",
    "stated_prefs", "system_string", "age", "gender", "employment_status", "marital_status", "education",
    "reside_country", "birth_country", "ethnicity", "religion", "english_proficiency",
]  # fmt: skip
USED = {"lm_familiarity": "very_familiar", "lm_indirect_use": "unsure", "lm_direct_use": "yes"}
PERSON: dict[str, Any] = {
    "age": "age_25_34", "gender": "female", "employment_status": "seeking", "marital_status": "divorced",
    "education": "graduate",
}  # fmt: skip
BACKGROUND: dict[str, Any] = {
    "reside_country": "GBR", "birth_country": "KEN", "ethnicity": "self_describe",
    "ethnicity__self_describe__text": "Black, Kikuyu!", "religion": "self_describe", "english_proficiency": "fluent",
}  # fmt: skip


@pytest.fixture(scope="module")
def prism() -> StudyDefinition:
    """The shipped document."""
    return parse_definition(read_yaml(FILE.read_bytes()).data)


@pytest.fixture
def mona(db: None, prism: StudyDefinition) -> Enrolment:
    """Mona, in the PRISM study."""
    study = Study.objects.create(slug="prism", state=Study.State.OPEN)
    document = as_document(prism)
    version = StudyVersion.objects.create(
        study=study, number=1, definition=document, sha256=digest(document), frozen_at=timezone.now()
    )
    return Enrolment.objects.create(
        study=study, version=version, participant=Participant.objects.create(), pseudonym="mona", seed=7
    )


def at(enrolment: Enrolment, stage: str) -> Visit:
    definition = enrolment.version.shape
    return Visit(enrolment, definition, next(s for s in definition.stages if s.id == stage), "en", {})


def fill(enrolment: Enrolment, *, used: bool = True) -> None:
    """Answer everything PRISM asks."""
    survey, person = at(enrolment, "survey"), at(enrolment, "demographics")
    assert submit(at(enrolment, "age"), consent_age=1) == Done({})
    assert submit(survey, step="use", **(USED if used else USED | {"lm_direct_use": "no"})) == More()
    if used:
        more = {
            "lm_frequency_use": "less_than_yearly",
            "lm_usecases": ["games", "other"],
            "lm_usecases__other__text": "Tea",
        }
        assert submit(survey, step="use_more", **more) == More()
    assert submit(survey, step="about_you", self_description="Honesty.") == More()
    scores = {f"stated_prefs__{key}": n for n, key in enumerate(PREFS[:-1])}
    assert submit(survey, step="wishes", **scores) == More()
    assert submit(survey, step="instructions", system_string="Be kind.") == Done({"constitution": "Be kind."})
    assert submit(person, step="person", **PERSON) == More()
    assert submit(person, step="background", **BACKGROUND) == Done({"age": "age_25_34", "gender": "female"})


def columns_of(enrolment: Enrolment) -> dict[str, Any]:
    orders: dict[str, Any] = {}
    for row in PageResponse.objects.filter(enrolment=enrolment, superseded_at=None):
        orders |= row.orders
    return survey_columns(enrolment.version.shape, questionnaires.answers(enrolment), orders)


def test_it_asks_the_eighteen_questions_under_their_names(prism: StudyDefinition) -> None:
    asked = [i.id for stage in prism.stages if stage.kind == "survey" for i in stage.all_items]  # type: ignore[attr-defined]
    assert asked == FIELDS
    items = {i.id: i for stage in prism.stages if isinstance(stage, Profile) for i in stage.all_items}
    assert [o.key for o in items["lm_usecases"].options] == list(USECASES)  # type: ignore[attr-defined]
    assert [r.key for r in items["stated_prefs"].rows] == list(PREFS)  # type: ignore[attr-defined]
    with_unsaid = {name for name, i in items.items() if getattr(i, "prefer_not_to_say", False)}
    assert with_unsaid == set(FIELDS[8:17])


@pytest.mark.skipif(not MAPPINGS.is_dir(), reason="needs PRISM's own mapping files")
def test_its_keys_are_those_of_the_mapping_files() -> None:
    for file, keys in (("header_usecases_mapping.csv", USECASES), ("header_prefs_mapping.csv", PREFS)):
        with (MAPPINGS / file).open() as lines:
            theirs = [row["header"] for row in csv.DictReader(lines)]
        assert [h for h in theirs if h not in ("shared_opener", "slider_values", "other_text")] == list(keys)


@pytest.mark.parametrize("name", ["prism", "constitution"])
def test_everybody_could_walk_it_in_both_languages(name: str) -> None:
    definition = parse_definition(read_yaml((FILE.parent / f"{name}.yaml").read_bytes()).data)
    assert definition.languages == ("en", "ar")
    assert not [
        place for place, text in local_texts(definition) if missing_languages(text, definition.languages)
    ]
    for stage in definition.stages:
        assert list(kind_of(stage).check(stage, definition)) == []


def test_the_columns_are_prisms(mona: Enrolment) -> None:
    fill(mona)
    columns = columns_of(mona)
    assert list(columns) == list(ANSWERED)
    assert columns["consent_age"] == "I certify that I am 18 years of age or over"
    assert columns["lm_frequency_use"] == "Less than one a year"
    assert columns["employment_status"] == "Unemployed, seeking work"
    assert columns["age"] == "25-34 years old"
    usecases = columns["lm_usecases"]
    assert list(usecases) == [*USECASES, "other_text"]
    assert (usecases["games"], usecases["research"], usecases["other"], usecases["other_text"]) == (
        1,
        0,
        1,
        "Tea",
    )
    assert columns["stated_prefs"] == {
        **{k: n for n, k in enumerate(PREFS[:-1])},
        "other": None,
        "other_text": None,
    }
    for name, keys in (("order_lm_usecases", USECASES), ("order_stated_prefs", PREFS)):
        assert list(columns[name]) == list(keys)
        assert sorted(columns[name].values()) == list(range(1, len(keys) + 1))
        assert columns[name]["other"] == len(keys)
    assert columns["ethnicity"] == {"self_described": "black kikuyu", "categorised": None, "simplified": None}
    unsaid = "Prefer not to say"
    assert columns["religion"] == {
        "self_described": unsaid.lower(),
        "categorised": unsaid,
        "simplified": unsaid,
    }
    assert columns["location"] == {
        "birth_country": "Kenya", "birth_countryISO": "KEN", "birth_region": "Africa",
        "birth_subregion": "Sub-Saharan Africa", "reside_country": "United Kingdom", "reside_region": "Europe",
        "reside_subregion": "Northern Europe", "reside_countryISO": "GBR", "same_birth_reside_country": "No",
        "special_region": "Africa",
    }  # fmt: skip


def test_what_was_not_asked_is_null(mona: Enrolment) -> None:
    fill(mona, used=False)
    columns = columns_of(mona)
    assert columns["lm_frequency_use"] is None
    assert set(columns["lm_usecases"].values()) == {None}
    assert set(columns["order_lm_usecases"].values()) == {None}


def test_every_country_has_a_region() -> None:
    assert set(REGIONS) == {country.alpha_3 for country in pycountry.countries}
    assert [special_region(c) for c in ("USA", "GBR", "MEX", "AUS", "JOR", "CAN", "FJI", "FRA", "JPN", "EGY")] == [
        "US", "UK", "Latin America and the Caribbean", "Australia and New Zealand", "Middle East", "Northern America",
        "Oceania", "Europe", "Asia", "Africa",
    ]  # fmt: skip


def profiles(study: Study, **asked: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            PROFILES.sql, {"study": study.pk, "since": None, "annotator": None, "version": None, **asked}
        )
        return [dict(zip(PROFILES.names, row, strict=True)) for row in cursor.fetchall()]


def test_the_dataset_has_a_row_per_question(mona: Enrolment) -> None:
    fill(mona, used=False)
    rows = {row["item"]: row for row in profiles(mona.study)}
    assert set(rows) == {"consent_age", *FIELDS}
    assert (rows["lm_usecases"]["shown"], rows["lm_usecases"]["touched"]) == (False, False)
    assert rows["lm_usecases"]["value"] is None
    assert rows["stated_prefs"]["shown"]
    assert rows["stated_prefs"]["touched"]
    assert sorted(json.loads(rows["stated_prefs"]["order"])) == sorted(PREFS)
    assert "Black, Kikuyu!" in str(rows["ethnicity"]["texts"])
    assert rows["religion"]["texts"] is None
    assert len(profiles(mona.study, annotator="mona", version=1)) == 19
    assert profiles(mona.study, annotator="sven") == []


def test_people_who_withdrew_are_in_no_row_and_may_be_erased(mona: Enrolment) -> None:
    fill(mona)
    withdrawal.withdraw_enrolment(enrolment=mona, erase=False)
    assert profiles(mona.study) == []
    assert PageResponse.objects.exists()
    withdrawal.withdraw_enrolment(enrolment=mona, erase=True)
    assert not PageResponse.objects.exists()


@pytest.mark.django_db
def test_a_survey_over_http_in_arabic_and_a_stranger(mona: Enrolment) -> None:
    participant, sven = nobody(), nobody()
    participant.get(
        "/s/prism/?PROLIFIC_PID=" + "a" * 24 + "&STUDY_ID=" + "b" * 24 + "&SESSION_ID=" + "c" * 24
    )
    assert participant.post("/s/prism/start/", {"language": "ar"}).status_code in (302, 303)
    agree = {"stage": "consent", "decision": "agree", "purpose-take_part": "1", "purpose-publish": "1"}
    send(participant, **agree)
    send(participant, stage="age", step="age", consent_age="1")
    me = Enrolment.objects.exclude(pk=mona.pk).get()
    Enrolment.objects.filter(pk=me.pk).update(language="ar")
    page = participant.get("/s/prism/here/")
    body = page.content.decode()
    assert 'dir="rtl"' in body
    assert "ما مدى معرفتك بالنماذج اللغوية؟" in body
    assert "How well do you know" not in body
    refused = send(
        participant, stage="survey", step="use", lm_familiarity="very_familiar", lm_direct_use="<b>"
    )
    assert refused.status_code == 422
    assert 'value="very_familiar" checked' in refused.content.decode()
    before = PageResponse.objects.count()
    assert send(sven, stage="survey", step="use", **USED).status_code == 401
    assert PageResponse.objects.count() == before
    assert send(participant, stage="survey", step="use", **USED).status_code == 303
    key = str(uuid4())
    for _ in range(2):
        send(
            participant,
            key=key,
            stage="survey",
            step="use_more",
            lm_frequency_use="daily",
            lm_usecases="games",
        )
    assert PageResponse.objects.filter(enrolment=me, page="use_more").count() == 1


def send(browser: Client, **fields: str) -> Any:
    return browser.post("/s/prism/here/", {"key": str(uuid4()), **fields})
