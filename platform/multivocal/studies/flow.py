"""The way through a study: one submitted page is one transaction, done exactly once."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from multivocal.domain.shapes import clean_text
from multivocal.errors import Conflict, Gone, Invalid
from multivocal.studies.assignment import allocate_arm
from multivocal.studies.fast_rows import enter_stage, go_on, leave_stage, save_progress, spend_key
from multivocal.studies.models import Enrolment, Study, Submission
from multivocal.studies.quotas import claim_place, keep_place, release_place
from multivocal.studies.sessions import require_enrolment
from multivocal.studies.stages import Again, Done, Exit, More, Outcome, Visit, kind_of
from multivocal.studies.visits import stages_of, visit_for


@dataclass(frozen=True)
class Moved:
    """The page was taken, or had been taken before: look at where the rows say you are."""

    note: str = ""


@dataclass(frozen=True)
class Returned:
    """Nothing was saved; paint the page again with the problems and with what was typed."""

    visit: Visit
    problems: Mapping[str, str]


class _Undo(Exception):
    def __init__(self, result: Moved | Returned) -> None:
        self.result = result


def submit(*, cookies: Mapping[str, str], slug: str, form: QueryDict) -> Moved | Returned:
    """Take one submitted page of whoever holds the session cookie.

    The enrolment's row is locked first and read fresh, so parallel posts of one person queue. A key that was
    spent, or a page the person has left meanwhile, changes nothing. Refuses a stranger (NotKnown) and a form
    without a key (Invalid). A kind that finds its step stale raises Conflict, which changes nothing either.
    """
    key = _read_key(form)
    try:
        with transaction.atomic():
            enrolment = require_enrolment(cookies, slug, lock=True)
            with translation.override(enrolment.language):  # sentences about wrong answers are made here
                return _submit(enrolment, form, key)
    except _Undo as undo:
        return undo.result


def _submit(enrolment: Enrolment, form: QueryDict, key: uuid.UUID) -> Moved:
    check_open(enrolment)
    now = timezone.now()
    visit = visit_for(enrolment)
    if visit is None or visit.stage.id != form.get("stage"):
        raise _Undo(Moved("" if _spent(enrolment, key) else "moved"))
    step = clean_text(form.get("step", ""))[:128]
    if not spend_key(enrolment, key, visit.stage.id, step, now):
        raise _Undo(Moved())
    if not keep_place(enrolment=enrolment, definition=visit.definition):
        finish_enrolment(enrolment=enrolment, status=Enrolment.Status.QUOTA_FULL)
        return Moved()
    kind = kind_of(visit.stage)
    kind.came_back(visit)
    try:
        outcome: Outcome = kind.submit(visit, form, key)
    except Conflict:
        raise _Undo(Moved("moved")) from None
    enrolment.last_seen_at = now
    match outcome:
        case Again(problems):
            raise _Undo(Returned(visit, problems))
        case More():
            go_on(enrolment, visit.stage.id, step)
        case Done(traits):
            finish_stage(visit=visit, traits=traits)
        case Exit(reason):
            leave_stage(enrolment, visit.stage.id, now)
            finish_enrolment(enrolment=enrolment, status=reason)
    return Moved()


def finish_stage(*, visit: Visit, traits: Mapping[str, object]) -> None:
    """Leave the current stage for the next: traits, then quota, then arm, where this stage decides them.

    Called inside a transaction with the enrolment's row locked. A full cell ends the enrolment (quota_full)
    before an arm is drawn, so people who leave take no place in the blocks.
    """
    enrolment, definition, now = visit.enrolment, visit.definition, timezone.now()
    enrolment.traits = {**enrolment.traits, **traits}
    leave_stage(enrolment, visit.stage.id, now)
    if (
        definition.quotas
        and definition.quotas.after == visit.stage.id
        and not claim_place(enrolment=enrolment, definition=definition)
    ):
        finish_enrolment(enrolment=enrolment, status=Enrolment.Status.QUOTA_FULL)
        return
    if definition.assignment.after == visit.stage.id and not enrolment.arm:
        allocate_arm(enrolment=enrolment, definition=definition)
    enrolment.stage_index += 1
    stages = stages_of(enrolment)
    if enrolment.stage_index >= len(stages):
        finish_enrolment(enrolment=enrolment, status=Enrolment.Status.COMPLETE)
        return
    save_progress(enrolment, "traits", "cell", "arm", "stage_index", "last_seen_at")
    enter_stage(enrolment, stages[enrolment.stage_index].id, now)


def finish_enrolment(*, enrolment: Enrolment, status: str) -> None:
    """End an enrolment with ``status``; everybody but the complete gives their quota place back.

    Called inside a transaction with the enrolment's row locked.
    """
    now = timezone.now()
    enrolment.status, enrolment.finished_at, enrolment.last_seen_at = status, now, now
    if status != Enrolment.Status.COMPLETE:
        release_place(enrolment=enrolment)
    save_progress(enrolment, "traits", "cell", "arm", "stage_index", "status", "finished_at", "last_seen_at")


def check_open(enrolment: Enrolment) -> None:
    """Refuse (Gone ``study_closed``) where the study has ended for people under way; previews go on."""
    if enrolment.study.state == Study.State.CLOSED and not enrolment.preview:
        raise Gone(
            _(
                "This study has ended. What you sent is saved. If you have questions, write to the researchers."
            ),
            code="study_closed",
        )


def touch_enrolment(*, enrolment: Enrolment) -> None:
    """Note that somebody is there, for parts that save without posting a page (live talk, drafts)."""
    enrolment.last_seen_at = timezone.now()
    save_progress(enrolment, "last_seen_at")


def _read_key(form: QueryDict) -> uuid.UUID:
    try:
        return uuid.UUID(form.get("key", ""))
    except ValueError:
        raise Invalid(
            _("This form lost a part on its way. Load the page again and send it once more."),
            code="no_key",
            fields={"key": _("The page's own key is missing.")},
        ) from None


def _spent(enrolment: Enrolment, key: uuid.UUID) -> bool:
    return Submission.objects.filter(enrolment=enrolment, key=key).exists()
