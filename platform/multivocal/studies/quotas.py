"""Quota cells: places that are claimed, held, released, and never given twice."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from multivocal.studies.assignment import lock
from multivocal.studies.definition import QuotaConfig, StudyDefinition
from multivocal.studies.models import Enrolment, QuotaClaim, Study


def cell_of(traits: dict[str, object], quotas: QuotaConfig) -> str:
    """Return the key of the first cell the traits belong to, or "" where nobody like this is wanted."""
    for cell in quotas.cells:
        if all(_fits(traits.get(trait), values) for trait, values in cell.where.items()):
            return cell.key
    return ""


def _fits(value: object, wanted: tuple[str, ...]) -> bool:
    if isinstance(value, (list, tuple)):
        return any(str(part) in wanted for part in value)
    return value is not None and str(value) in wanted


def claim_place(*, enrolment: Enrolment, definition: StudyDefinition) -> bool:
    """Claim a place in the cell of ``enrolment``; False when the cell is full, even after old places are released.

    Called inside the caller's transaction, with the enrolment's row locked; sets ``enrolment.cell`` without
    saving it. The study's advisory lock makes claims queue, so the count below cannot be overtaken.
    A preview sees its cell and takes no place.
    """
    quotas = definition.quotas
    if quotas is None:
        return True
    enrolment.cell = cell_of(enrolment.traits, quotas)
    if enrolment.preview:
        return True
    if not enrolment.cell:
        return False
    lock(f"quota:{enrolment.study_id}")
    target = next(cell.target for cell in quotas.cells if cell.key == enrolment.cell)
    held = QuotaClaim.objects.filter(study=enrolment.study_id, cell=enrolment.cell, released_at=None)
    mine = QuotaClaim.objects.filter(enrolment=enrolment).first()
    if mine is not None and mine.released_at is None:
        return True
    now = timezone.now()
    if held.count() >= target:
        _release_silent(enrolment.study_id, enrolment.cell, _limit(quotas, now), now)
        if held.count() >= target:
            return False
    if mine is None:
        QuotaClaim.objects.create(enrolment=enrolment, study_id=enrolment.study_id, cell=enrolment.cell)
    else:
        mine.cell, mine.claimed_at, mine.released_at = enrolment.cell, now, None
        mine.save(update_fields=["cell", "claimed_at", "released_at"])
    return True


def keep_place(*, enrolment: Enrolment, definition: StudyDefinition) -> bool:
    """Make sure that somebody who was silent still has their place; False when it is gone and the cell is full.

    Asked at every submit. The claim's own row says it, never ``last_seen_at``: an autosave or a socket may have moved
    that after the place was given on. The enrolment's row is locked, so a place found here is not released meanwhile.
    """
    quotas = definition.quotas
    if quotas is None or not enrolment.cell or enrolment.preview:
        return True
    if QuotaClaim.objects.filter(enrolment=enrolment, released_at=None).exists():
        return True
    return claim_place(enrolment=enrolment, definition=definition)


def release_place(*, enrolment: Enrolment) -> None:
    """Give the place of somebody who leaves without finishing to others."""
    if enrolment.cell and not enrolment.preview:
        QuotaClaim.objects.filter(enrolment=enrolment, released_at=None).update(released_at=timezone.now())


def release_silent_places(*, study: Study, definition: StudyDefinition) -> int:
    """Release the places of people silent for too long; return how many."""
    if definition.quotas is None:
        return 0
    with transaction.atomic():
        lock(f"quota:{study.pk}")
        now = timezone.now()
        return _release_silent(study.pk, None, _limit(definition.quotas, now), now)


def _limit(quotas: QuotaConfig, now: datetime) -> datetime:
    return now - timedelta(minutes=quotas.release_after_minutes)


def _release_silent(study: UUID, cell: str | None, limit: datetime, now: datetime) -> int:
    # A row that is locked belongs to somebody who is submitting at this moment: skipped, so never taken away
    # from them, and never waited for, so two claims cannot wait for one another.
    silent = Enrolment.objects.filter(
        study=study,
        status=Enrolment.Status.ACTIVE,
        last_seen_at__lt=limit,
        quota_claim__released_at=None,
        quota_claim__isnull=False,
    ).select_for_update(of=("self",), skip_locked=True)
    if cell is not None:
        silent = silent.filter(quota_claim__cell=cell)
    ids = list(silent.values_list("pk", flat=True))
    if not ids:
        return 0
    return QuotaClaim.objects.filter(enrolment__in=ids, released_at=None).update(released_at=now)
