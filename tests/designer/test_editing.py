"""Typing in the editor: two windows never overwrite one another, and a draft that was walked can be deleted."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from annotation.conversations.models import Conversation
from multivocal.errors import Conflict
from multivocal.participants.models import Consent
from multivocal.studies.edits import save_edit
from multivocal.studies.lifecycle import delete_unopened, open_study
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.preview import start_preview
from tests import people
from tests.studies.studies import CONSENT, DEBRIEF, SCREEN, Person, make_study

pytestmark = pytest.mark.django_db


def send(client: Client, document: Any, start: dict[str, Any]) -> Any:
    body = {"document": document, "base": start["base"], "at": start["at"]}
    return client.post(
        "/admin/studies/study/of/neighbours/edit/save/", json.dumps(body), content_type="application/json"
    )


def start_of(client: Client) -> dict[str, Any]:
    return client.get("/admin/studies/study/of/neighbours/edit/").context["start"]


def test_two_windows_of_one_designer_do_not_overwrite_one_another(
    study: Study, dana: Any, document: dict[str, Any]
) -> None:
    save_edit(study=study, user=dana, document=document)
    one, other = people.signed_in(dana), people.signed_in(dana)
    at_one, at_other = start_of(one), start_of(other)
    first = send(one, document | {"minutes": 6}, at_one)
    assert first.status_code == 200
    assert send(one, document | {"minutes": 7}, first.json()).status_code == 200
    late = send(other, document | {"minutes": 8}, at_other)
    assert late.status_code == 409
    assert start_of(other)["document"]["minutes"] == 7


def test_a_draft_that_was_previewed_can_be_deleted_with_all_its_previews_left(dana: Any) -> None:
    study = make_study(state="draft", frozen=False, stages=[CONSENT, SCREEN, DEBRIEF])
    walker = Person()
    walker.client.cookies["mv_session_tea"] = start_preview(version=study.versions.get(), user=dana)
    walker.here()
    walker.agree()
    walker.submit(gender="woman")
    enrolment = Enrolment.objects.get(study=study, preview=True)
    Conversation.objects.create(enrolment=enrolment, stage="talk", ordinal=0, key=uuid4(), type="open")
    assert Consent.objects.filter(study=study.pk, enrolment=enrolment.pk).exists()
    delete_unopened(study=study)
    assert not Study.objects.filter(pk=study.pk).exists()
    assert not Enrolment.objects.filter(pk=enrolment.pk).exists()
    assert not Conversation.objects.exists()
    assert not Consent.objects.exists()


def test_a_study_that_was_open_is_never_deleted(study: Study, dana: Any) -> None:
    open_study(study=study, user=dana)
    with pytest.raises(Conflict):
        delete_unopened(study=study)
    assert Study.objects.filter(pk=study.pk).exists()
