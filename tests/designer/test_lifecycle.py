"""Draft, open, paused, closed: what each step freezes, refuses and puts on record."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from multivocal.errors import Conflict, Forbidden, Invalid, NotFound
from multivocal.llm.models import Account
from multivocal.studies.audit import verify_chain
from multivocal.studies.edits import current_document, save_edit
from multivocal.studies.lifecycle import close_study, delete_unopened, open_study, pause_study, raise_budget
from multivocal.studies.models import AuditEvent, Study
from multivocal.studies.versions import differences, draft_of, live_version, save_draft
from tests import people

pytestmark = pytest.mark.django_db


def test_an_import_is_never_live_and_opening_freezes_it(study, dana, document):
    assert study.state == "draft"
    version = open_study(study=study, user=dana)
    assert version.frozen_at is not None
    study.refresh_from_db()
    assert study.state == "open"
    assert Account.objects.get(pk=study.pk).limit_usd == Decimal(10)
    changed = document | {"minutes": 6}
    following = save_draft(document=changed, user=dana)
    assert (following.number, following.frozen_at) == (2, None)
    assert live_version(study).number == 1
    assert [change.place for change in differences(document, following.definition)] == ["minutes"]


def test_the_same_content_again_makes_no_version(study, dana, document):
    open_study(study=study, user=dana)
    assert save_draft(document=document, user=dana).number == 1
    assert draft_of(study) is None


def test_a_study_without_consent_does_not_open(study, dana, document):
    save_draft(document=document | {"stages": document["stages"][1:]}, user=dana)
    with pytest.raises(Invalid) as refusal:
        open_study(study=study, user=dana)
    assert "stages" in refusal.value.fields
    study.refresh_from_db()
    assert study.state == "draft"


def test_a_missing_translation_stops_the_opening(study, dana, document):
    save_draft(document=document | {"languages": ["en", "ar"]}, user=dana)
    with pytest.raises(Invalid) as refusal:
        open_study(study=study, user=dana)
    assert "ar" in refusal.value.fields["title"]


def test_closed_is_for_good(study, dana, document):
    with pytest.raises(Conflict):
        close_study(study=study, user=dana)
    open_study(study=study, user=dana)
    pause_study(study=study, user=dana)
    open_study(study=study, user=dana)
    close_study(study=study, user=dana)
    for again in (open_study, pause_study):
        with pytest.raises(Conflict):
            again(study=study, user=dana)
    with pytest.raises(Conflict):
        save_draft(document=document | {"minutes": 9}, user=dana)


def test_a_raised_budget_outlives_a_version_that_keeps_the_old_one(study, dana, document):
    open_study(study=study, user=dana)
    with pytest.raises(Invalid):
        raise_budget(study=study, usd=Decimal(5), user=dana)
    raise_budget(study=study, usd=Decimal(25), user=dana)
    save_draft(document=document | {"minutes": 7}, user=dana)
    open_study(study=study, user=dana)
    assert Account.objects.get(pk=study.pk).limit_usd == 25


def test_a_stranger_cannot_write_over_a_study(study, document):
    with pytest.raises(NotFound):
        save_draft(document=document | {"minutes": 9}, user=people.make_stranger())


def test_an_analyst_cannot_write_over_a_study(everybody, document):
    with pytest.raises(Forbidden):
        save_draft(document=document | {"minutes": 9}, user=everybody["analyst"])


def test_a_half_typed_study_is_kept_and_is_not_the_draft(study, dana, document):
    saved = save_edit(study=study, user=dana, document=document | {"minutes": "soon"})
    assert set(saved.problems) == {"minutes"}
    assert current_document(study)[0]["minutes"] == "soon"
    assert draft_of(study).definition["minutes"] == 5
    with pytest.raises(Conflict):
        save_edit(study=study, user=dana, document=document, base=saved.edit.pk + 1000)


def test_the_record_is_chained_and_only_grows(study, dana):
    open_study(study=study, user=dana)
    assert verify_chain(study) is None
    event = AuditEvent.objects.filter(study=study).first()
    for harm in (lambda: AuditEvent.objects.filter(pk=event.pk).update(verb="nothing"), event.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            harm()
    events = list(AuditEvent.objects.filter(study=study).order_by("id"))
    events[0].verb = "nothing"
    from multivocal.studies.audit import first_broken

    assert first_broken(events) == events[0].pk


def test_only_a_study_that_was_never_open_can_be_deleted(study, dana):
    open_study(study=study, user=dana)
    with pytest.raises(Conflict):
        delete_unopened(study=study)
    other = save_draft(document=study.versions.first().definition | {"slug": "other"}, user=dana).study
    delete_unopened(study=other)
    assert not Study.objects.filter(slug="other").exists()
