"""Releases as rows: asked for, claimed by one worker, made, closed when somebody withdraws."""

import logging
import shutil
import zlib
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from multivocal import bell
from multivocal.errors import Conflict, Invalid, Refused
from multivocal.exports.build import profile, write_release
from multivocal.exports.cut import PARAMETERS, Cut
from multivocal.exports.formats import FORMATS
from multivocal.exports.models import ApiToken, Release
from multivocal.exports.snapshot import held
from multivocal.studies.audit import record_event
from multivocal.studies.models import Enrolment, Study

logger = logging.getLogger("multivocal.exports")
ATTEMPTS = 3


def request_release(
    *,
    study: Study,
    profile_key: str,
    formats: tuple[str, ...],
    cut: Cut,
    user: Any = None,
    token: ApiToken | None = None,
    key: str | None = None,
) -> Release:
    """Write down that a release is wanted; a worker is rung after the commit.

    With a ``key``, a second request of the same content gets the first one's release; of other content, Conflict.
    """
    profile(profile_key)
    if not formats or set(formats) - set(FORMATS) or len(set(formats)) != len(formats):
        message = _("Formats are any of: {names}, each once.").format(names=", ".join(FORMATS))
        raise Invalid(message, fields={"formats": message})
    wanted = {
        "profile": profile_key,
        "formats": list(formats),
        **{name: getattr(cut, name) for name in PARAMETERS},
    }
    with transaction.atomic():
        if key:
            # The study's row is the queue of simultaneous first uses of a key; the second finds the first's row.
            Study.objects.select_for_update().get(pk=study.pk)
            before = Release.objects.filter(study=study, key=key).first()
            if before is not None:
                return _same(before, wanted)
        release = Release.objects.create(study=study, requested_by=user, token=token, key=key, **wanted)
        record_event(study=study, user=user, verb="release asked for", detail=_told(release))
        transaction.on_commit(lambda: ring(release.id))
    return release


def _same(before: Release, wanted: dict[str, Any]) -> Release:
    if any(getattr(before, name) != value for name, value in wanted.items()):
        message = _("This Idempotency-Key was used for another release. Use a new key for a new request.")
        raise Conflict(message, code="key_reused", fields={"Idempotency-Key": message})
    return before


def _told(release: Release, **more: Any) -> dict[str, Any]:
    by = {"token": release.token.name} if release.token is not None else {}
    return {"release": release.id, "profile": release.profile, **by, **more}


def ring(release: UUID) -> None:
    """Tell a worker that a release waits; the sweep finds it, too."""
    from multivocal.exports.tasks import build_release

    bell.ring(build_release, str(release))


def make_release(*, release_id: UUID) -> None:
    """Make a waiting release; leaves quietly where another worker has it or it is made already."""
    # The lock is taken before the row is claimed, so that nobody sees a claimed row without its worker.
    with held(_lock(release_id)) as got:
        if not got:
            return
        claimed = Release.objects.filter(pk=release_id, state=Release.State.WAITING).update(
            state=Release.State.BUILDING, attempts=F("attempts") + 1
        )
        if claimed == 1:
            _make(Release.objects.select_related("study").get(pk=release_id))


def sweep_releases() -> list[UUID]:
    """Put back what a vanished worker had, and return the ids that are due."""
    for release in Release.objects.filter(state=Release.State.BUILDING):
        with held(_lock(release.id)) as got:
            if got:
                _put_back(release)
    return list(Release.objects.filter(state=Release.State.WAITING).values_list("id", flat=True))


def folder_of(release: Release) -> Path:
    """Return where the files of ``release`` lie."""
    return Path(settings.RELEASES_DIR) / str(release.study_id) / str(release.id)


def is_closed(release: Release) -> bool:
    """Return whether somebody who may be in it withdrew after it was made: then its files are given to nobody."""
    return (
        release.cut_at is not None
        and Enrolment.objects.filter(study=release.study_id, withdrawn_at__gt=release.cut_at).exists()
    )


def _make(release: Release) -> None:
    cut = Cut(release.study_id, release.since, release.annotator, release.version)
    target = folder_of(release)
    # Files without a finished row: their worker vanished between the two. They are made again.
    shutil.rmtree(target, ignore_errors=True)
    try:
        manifest = write_release(
            study=release.study,
            target=target,
            cut=cut,
            profile_key=release.profile,
            formats=tuple(release.formats),
        )
    except Refused as refusal:
        _finish(release, state=Release.State.FAILED, problem=refusal.message)
    except (psycopg.Error, OSError) as error:
        logger.exception("release %s failed at attempt %s", release.id, release.attempts)
        state = Release.State.WAITING if release.attempts < ATTEMPTS else Release.State.FAILED
        problem = _("It could not be made: {error}.").format(error=type(error).__name__)
        _finish(release, state=state, problem=problem)
    except Exception as error:
        _finish(release, state=Release.State.FAILED, problem=type(error).__name__)
        raise
    else:
        with transaction.atomic():
            _finish(
                release, state=Release.State.DONE, manifest=manifest, cut_at=manifest["cut_at"], problem=""
            )
            told = _told(release, files=len(manifest["files"]), cut=manifest["cut_at"])
            record_event(study=release.study, user=release.requested_by, verb="release made", detail=told)


def record_download(*, release: Release, name: str, user: Any, token: ApiToken | None) -> None:
    """Put on record that a file of ``release`` was taken, and by whom."""
    detail = {"release": release.id, "file": name}
    if token is not None:
        detail["token"] = token.name
    record_event(
        study=release.study, user=None if token else user, verb="release downloaded", detail=detail
    )  # fmt: skip


def _put_back(release: Release) -> None:
    still = Release.objects.filter(pk=release.pk, state=Release.State.BUILDING)
    if release.attempts < ATTEMPTS:
        still.update(state=Release.State.WAITING)
    else:
        problem = _("The worker vanished each time it tried.")
        still.update(state=Release.State.FAILED, problem=problem, finished_at=timezone.now())


def _finish(release: Release, *, state: str, **fields: Any) -> None:
    finished = timezone.now() if state in (Release.State.DONE, Release.State.FAILED) else None
    Release.objects.filter(pk=release.pk, state=Release.State.BUILDING).update(
        state=state, finished_at=finished, **fields
    )


def _lock(release: UUID) -> int:
    return (0x6D760001 << 32) | zlib.crc32(release.bytes)
