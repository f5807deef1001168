"""The life of a study: draft → open → paused → open or closed; opening freezes, and everything is on record."""

from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from multivocal.errors import Conflict, Invalid
from multivocal.llm.models import Account
from multivocal.participants.models import Consent, ConsentText
from multivocal.studies.audit import record_event
from multivocal.studies.definition import BudgetConfig
from multivocal.studies.models import Study, StudyVersion
from multivocal.studies.preflight import Finding, check_study
from multivocal.studies.versions import draft_of, freeze_version, live_version

State = Study.State


def open_study(*, study: Study, user: Any = None) -> StudyVersion:
    """Open ``study`` and return the version new people get.

    Freezes the draft, if there is one, as the newest version; without one, a paused study goes on as it was.
    Refuses with Conflict (closed; nothing to open) or Invalid with the checklist's stopping findings.
    """
    with transaction.atomic():
        study = Study.objects.select_for_update().get(pk=study.pk)
        if study.state == State.CLOSED:
            raise Conflict(
                _("This study is closed for good. Make a copy of it instead."), code="study_closed"
            )
        before = live_version(study)
        version = draft_of(study) or before
        if version is None:
            raise Conflict(_("This study has no version to open yet."), code="nothing_to_open")
        if stops := [finding for finding in check_study(version.shape) if finding.level == "stop"]:
            raise Invalid(
                _("This study cannot open yet."), code="not_ready", fields=_by_place(stops)
            )  # fmt: skip
        changed = version.frozen_at is None or study.state != State.OPEN
        if version.frozen_at is None:
            freeze_version(version=version)
        _fund(study, version.shape.budget, before.shape.budget if before else None)
        study.state = State.OPEN
        study.opened_at = study.opened_at or timezone.now()
        study.save(update_fields=["state", "opened_at"])
        if changed:
            record_event(
                study=study,
                user=user,
                verb="opened",
                detail={"version": version.number, "sha256": version.sha256},
            )
    return version


def pause_study(*, study: Study, user: Any = None) -> None:
    """Let nobody new in; people under way go on. Refuses with Conflict unless the study is open."""
    _move(study, user, to=State.PAUSED, allowed=(State.OPEN,), verb="paused")


def close_study(*, study: Study, user: Any = None) -> None:
    """End data collection for good; everything collected stays. Refuses with Conflict unless it was opened."""
    _move(study, user, to=State.CLOSED, allowed=(State.OPEN, State.PAUSED), verb="closed")


def raise_budget(*, study: Study, usd: Decimal, user: Any = None) -> None:
    """Raise the money for models of a live study to ``usd`` US dollars in all; lowering needs a new version."""
    with transaction.atomic():
        study = Study.objects.select_for_update().get(pk=study.pk)
        account = Account.objects.select_for_update().filter(pk=study.pk).first()
        if account is None or account.limit_usd is None:
            raise Conflict(
                _("This study was never opened: set the budget in its draft."), code="never_opened"
            )
        if not account.limit_usd < usd <= 10_000_000:
            raise Invalid(
                _("The budget can only be raised while a study runs."),
                code="budget_not_raised",
                fields={"usd": _("give more than {limit}").format(limit=f"{account.limit_usd:.2f}")},
            )
        before, account.limit_usd = account.limit_usd, usd
        account.save(update_fields=["limit_usd"])
        record_event(
            study=study, user=user, verb="budget raised", detail={"from": str(before), "to": str(usd)}
        )


def _move(study: Study, user: Any, *, to: str, allowed: tuple[str, ...], verb: str) -> None:
    with transaction.atomic():
        row = Study.objects.select_for_update().get(pk=study.pk)
        if row.state == to:
            return
        if row.state not in allowed:
            raise Conflict(
                _("A study that is {state} cannot be {verb}.").format(
                    state=row.get_state_display(), verb=verb
                ),
                code="wrong_state",
            )
        row.state = to
        if to == State.CLOSED:
            row.closed_at = timezone.now()
        row.save(update_fields=["state", "closed_at"])
        record_event(study=row, user=user, verb=verb)


def _fund(study: Study, budget: BudgetConfig, before: BudgetConfig | None) -> None:
    """Write the limits of the study's account; a raise made meanwhile stays unless the version changes the budget."""
    if budget == before and Account.objects.filter(pk=study.pk).exists():
        return
    Account.objects.update_or_create(
        pk=study.pk, defaults={"limit_usd": budget.usd, "per_person_usd": budget.per_person_usd}
    )


def _by_place(findings: list[Finding]) -> dict[str, str]:
    places: dict[str, str] = {}
    for finding in findings:
        places[finding.place] = (
            f"{places[finding.place]} {finding.message}" if finding.place in places else finding.message
        )
    return places


def delete_unopened(*, study: Study) -> None:
    """Delete a study nobody was ever let into: its drafts, previews and record. Refuses with Conflict otherwise."""
    with transaction.atomic():
        row = Study.objects.select_for_update().get(pk=study.pk)
        if row.opened_at or row.enrolments.filter(preview=False).exists():
            raise Conflict(_("This study was open once. What it collected is kept; close it instead."))
        row.enrolments.all().delete()
        # These name the study without a foreign key: participants know nothing of studies.
        Consent.objects.filter(study=row.pk).delete()
        ConsentText.objects.filter(study=row.pk).delete()
        with connection.cursor() as cursor:
            cursor.execute("set local multivocal.purge = 'on'")
        row.delete()
