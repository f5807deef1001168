"""A small study in the database, and the people around it."""

from typing import Any

import pytest

from multivocal.studies.definition import as_document, parse_definition
from multivocal.studies.models import Membership, Study
from multivocal.studies.versions import save_draft
from tests import people

DOCUMENT: dict[str, Any] = {
    "slug": "neighbours",
    "title": "What neighbours owe one another",
    "minutes": 5,
    "contact": {"name": "Dana Okafor", "email": "dana@example.org"},
    "stages": [
        {"id": "consent", "kind": "consent", "version": "1", "body": "You may stop at any time.",
         "purposes": [{"key": "take_part", "text": "I take part.", "required": True}]},
        {"id": "end", "kind": "debrief", "text": "Thank you."},
    ],
}  # fmt: skip


@pytest.fixture
def document() -> dict[str, Any]:
    return as_document(parse_definition(DOCUMENT))


@pytest.fixture
def dana(db: None) -> Any:
    return people.make_designer()


@pytest.fixture
def study(dana: Any, document: dict[str, Any]) -> Study:
    """A draft whose owner is Dana."""
    return save_draft(document=document, user=dana).study


@pytest.fixture
def everybody(study: Study) -> dict[str, Any]:
    """One person per role, and a stranger."""
    staff = {
        "designer": people.make_staff("Dilek Aydin"), "reviewer": people.make_staff("Rosa Lind"),
        "operator": people.make_staff("Oskar Berg"), "analyst": people.make_analyst(),
        "payments": people.make_payment_staff(),
    }  # fmt: skip
    for role, person in staff.items():
        Membership.objects.create(study=study, user=person, role=role)
    return staff | {
        "owner": Membership.objects.get(study=study, role="owner").user,
        "stranger": people.make_stranger(),
    }
