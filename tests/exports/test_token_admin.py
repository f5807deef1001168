"""Making a token in the admin: its secret is on one page, once, and nowhere after."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from multivocal.exports.models import ApiToken
from multivocal.exports.tokens import hashed
from multivocal.studies.models import Membership
from tests import people
from tests.exports.seed import open_study

pytestmark = pytest.mark.django_db
ADD = "/admin/exports/apitoken/add/"


@pytest.fixture
def owner(designer: User) -> User:
    """Dana, who owns the study."""
    study, _version = open_study()
    Membership.objects.create(study=study, user=designer, role=Membership.Role.OWNER)
    return designer


def _form(**changes: Any) -> dict[str, Any]:
    end = timezone.now() + timedelta(days=30)
    study = Membership.objects.get(role="owner").study_id
    return {
        "study": str(study), "name": "nightly", "scopes": ["read:deidentified"],
        "expires_at_0": f"{end:%Y-%m-%d}", "expires_at_1": f"{end:%H:%M:%S}", **changes,
    }  # fmt: skip


def test_the_secret_is_shown_once_with_a_button_that_copies_it(owner: User) -> None:
    browser = people.signed_in(owner)
    form = browser.get(ADD).content.decode()
    assert "_addanother" not in form and "_continue" not in form
    page = browser.post(ADD, _form())
    assert page.status_code == 200
    found = re.search(r"<mv-copy[^>]*><code>(mv_[\w-]+)</code></mv-copy>", page.content.decode())
    assert found is not None
    assert ApiToken.objects.get().token_hash == hashed(found[1])
    assert found[1] not in str(page.cookies) and "no-store" in page["Cache-Control"]
    listed = browser.get("/admin/exports/apitoken/").content.decode()
    assert found[1] not in listed and "read de-identified data" in listed


def test_a_form_with_a_mistake_makes_no_token(owner: User) -> None:
    answer = people.signed_in(owner).post(ADD, _form(expires_at_0="2019-01-01"))
    assert "at most a year away" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_stranger_makes_none(owner: User, stranger: User) -> None:
    assert people.signed_in(stranger).get(ADD).status_code == 403
    assert people.signed_in(stranger).post(ADD, _form()).status_code == 403
    assert not ApiToken.objects.exists()
