"""A study that asks questions, and Mona, who answers them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.utils import translation

from multivocal.participants.models import Participant
from multivocal.studies.definition import as_document, digest, parse_definition
from multivocal.studies.models import Enrolment, Study, StudyVersion
from multivocal.studies.stages import Outcome, Visit, kind_of

MakeVisit = Callable[..., Visit]


def form(**fields: Any) -> QueryDict:
    """Return a posted form; ``__`` in a keyword stands for the dot of a field's name, a list for several values."""
    posted = QueryDict(mutable=True)
    for name, value in fields.items():
        posted.setlist(name.replace("__", "."), value if isinstance(value, list) else [str(value)])
    return posted


def submit(visit: Visit, **fields: Any) -> Outcome:
    """Submit a page at a visit, in the visitor's language."""
    with translation.override(visit.language):
        return kind_of(visit.stage).submit(visit, form(**fields), uuid4())


def painted(visit: Visit) -> dict[str, dict[str, Any]]:
    """Return the painted items of the page where the visitor is, by id."""
    return {
        item["id"]: item for item in kind_of(visit.stage).page(visit, {}, None).context["questions"]["items"]
    }


@pytest.fixture
def make_visit(db: None) -> MakeVisit:
    """Enrol Mona in a study with these stages and stand her at the one called ``at``."""

    def make(
        *stages: dict[str, Any], at: int = 0, traits: dict[str, Any] | None = None, **enrolled: Any
    ) -> Visit:
        definition = parse_definition(
            {
                "slug": f"study-{uuid4().hex[:8]}",
                "title": "Questions",
                "minutes": 5,
                "languages": ["en", "ar"],
                "contact": {"name": "Dana Okafor"},
                "stages": list(stages),
            }
        )
        document = as_document(definition)
        study = Study.objects.create(slug=definition.slug, state=Study.State.OPEN)
        version = StudyVersion.objects.create(
            study=study, number=1, definition=document, sha256=digest(document)
        )
        mona = Enrolment.objects.create(
            study=study, version=version, participant=Participant.objects.create(), pseudonym=uuid4().hex[:20],
            traits=traits or {}, stage_index=at, **enrolled,
        )  # fmt: skip
        return Visit(mona, definition, definition.stages[at], mona.language, {})

    return make


def survey(*pages: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """Return a survey stage with these pages."""
    return {"id": "survey", "kind": "survey", "pages": list(pages), **keys}


def page(*items: dict[str, Any], id: str = "first", **keys: Any) -> dict[str, Any]:
    """Return a page with these items."""
    return {"id": id, "items": list(items), **keys}


def item(kind: str, id: str = "q", **keys: Any) -> dict[str, Any]:
    """Return an item of a kind, with what that kind must have."""
    needs: dict[str, dict[str, Any]] = {
        "single": {"options": options("a", "b", "c")},
        "multiple": {"options": options("a", "b", "c")},
        "vas": {"rows": [{"key": "x", "label": "X"}, {"key": "y", "label": "Y"}], "low": "No", "high": "Yes"},
        "confirm": {"text": "I do."},
    }
    return {"id": id, "kind": kind, "label": f"Question {id}", **needs.get(kind, {}), **keys}


def options(*keys: str) -> list[dict[str, Any]]:
    """Return plain options with these keys."""
    return [{"key": key, "label": key.upper()} for key in keys]
