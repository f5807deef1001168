"""What somebody typed and has not sent: kept on the server, so that another tab or device has it too."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field, ValidationError

from multivocal.domain.shapes import CleanText, Shape, problems
from multivocal.errors import Conflict, Invalid, TooLarge
from multivocal.studies.models import Draft, Enrolment
from multivocal.studies.sessions import require_enrolment
from multivocal.studies.stages import kind_of
from multivocal.studies.visits import visit_for

LARGEST = 64 * 1024
Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")]


class DraftIn(Shape):
    """One autosave: the form's fields of one step."""

    stage: Annotated[str, Field(max_length=63)]
    step: Annotated[str, Field(max_length=128, pattern=r"^[^\x00-\x1f]*$")] = ""
    values: dict[Name, CleanText | list[CleanText]] = Field(max_length=500)


def read_draft(body: bytes) -> DraftIn:
    """Return a request's body as a draft, or refuse: TooLarge over 64 kB, Invalid with the places."""
    if len(body) > LARGEST:
        raise TooLarge(_("This is more than the server keeps of an unsent page (64 kB)."))
    try:
        return DraftIn.model_validate(json.loads(body))
    except ValidationError as error:
        raise Invalid(_("This draft does not have the expected form."), fields=problems(error)) from None
    except (ValueError, RecursionError):
        raise Invalid(_("This draft is not JSON."), code="not_json") from None


def save_draft(*, cookies: Mapping[str, str], slug: str, draft: DraftIn) -> Draft:
    """Keep a draft of the current stage. Refuses a stranger, and (Conflict) a stage the person has left."""
    with transaction.atomic():
        # The lock puts a late autosave after the submit it belonged to, whose stage it then no longer fits.
        enrolment = require_enrolment(cookies, slug, lock=True)
        visit = visit_for(enrolment)
        if visit is None or visit.stage.id != draft.stage:
            raise Conflict(_("You have moved on from this page; nothing is lost."), code="moved")
        # An autosave ends a silence as a submit does: the submit after it would not see that there was one.
        kind_of(visit.stage).came_back(visit)
        now = timezone.now()
        row = Draft(
            enrolment=enrolment, stage=draft.stage, step=draft.step, values=dict(draft.values), updated_at=now
        )
        Draft.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["enrolment", "stage", "step"],
            update_fields=["values", "updated_at"],
        )
        Enrolment.objects.filter(pk=enrolment.pk).update(last_seen_at=now)
    return row


def draft_of(enrolment: Enrolment, stage: str, step: str = "") -> dict[str, Any]:
    """Return what was typed on a step and not sent: field name → text or list of texts; {} where nothing was."""
    row = Draft.objects.filter(enrolment=enrolment, stage=stage, step=step).first()
    return row.values if row else {}
