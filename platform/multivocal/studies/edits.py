"""What designers type: kept as it is typed, mistakes and all; whole documents become the draft at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from multivocal.errors import Conflict, Invalid
from multivocal.studies.definition import parse_definition
from multivocal.studies.models import DesignEdit, Study
from multivocal.studies.versions import newest_version, save_draft

# Keystrokes within this time of one person are one step of the undo list.
ONE_STEP = timedelta(seconds=45)


@dataclass(frozen=True)
class Saved:
    """An edit that was kept: its number, and the mistakes that keep it from becoming the draft."""

    edit: DesignEdit
    problems: dict[str, str]


def save_edit(
    *,
    study: Study,
    user: Any,
    document: Any,
    base: int | None = None,
    seen_at: str = "",
    step: bool = False,
) -> Saved:
    """Keep ``document``; if it has no mistakes it becomes the draft version.

    ``base`` is the edit the browser started from and ``seen_at`` its time (ISO): where anybody has saved since,
    the same person in another window too, it is refused with Conflict.
    ``step`` makes a new undo step. The caller has checked that ``user`` may edit.
    """
    if not isinstance(document, dict):
        raise Invalid(_("A study is a mapping of keys to values."), code="study_invalid")
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=study.pk)
        last = study.edits.order_by("-id").first()
        moved = last is not None and seen_at and last.at != datetime.fromisoformat(seen_at)
        if base is not None and last is not None and (last.pk != base or moved):
            raise Conflict(
                _(
                    "This study was changed meanwhile, by somebody else or in another window. "
                    "Load that version, then make your change again."
                ),
                code="edited_meanwhile",
            )
        if study.state == Study.State.CLOSED:
            raise Conflict(_("This study is closed. Make a copy of it instead."), code="study_closed")
        problems: dict[str, str] = {}
        try:
            parse_definition(document)
            save_draft(document=document, user=user, study=study)
        except Invalid as refusal:
            problems = refusal.fields or {"document": refusal.message}
        now = timezone.now()
        if last is not None and not step and last.user_id == user.pk and now - last.at < ONE_STEP:
            last.document, last.mistakes, last.at = document, len(problems), now
            last.save(update_fields=["document", "mistakes", "at"])
            return Saved(last, problems)
        edit = DesignEdit.objects.create(
            study=study, user=user, document=document, mistakes=len(problems), at=now
        )
    return Saved(edit, problems)


def current_document(study: Study) -> tuple[dict[str, Any], int | None]:
    """Return what the editor opens with, and the edit it is; a file imported since wins over older edits."""
    last = study.edits.order_by("-id").first()
    newest = newest_version(study)
    if last is not None and (newest is None or last.at >= newest.updated_at):
        return last.document, last.pk
    return (newest.definition if newest else {"slug": study.slug}), last.pk if last else None


def unfinished_edit(study: Study) -> DesignEdit | None:
    """Return the newest edit where it still has mistakes: opening would leave it behind."""
    last = study.edits.order_by("-id").first()
    newest = newest_version(study)
    if last is not None and last.mistakes and (newest is None or last.at >= newest.updated_at):
        return last
    return None
