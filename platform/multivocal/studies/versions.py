"""Versions of a study: the one draft, how it differs from the version before, and its freezing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from multivocal.domain.shapes import clean_text
from multivocal.errors import Conflict, Invalid
from multivocal.studies.access import Right, access_study
from multivocal.studies.audit import record_event
from multivocal.studies.definition import as_document, digest, parse_definition
from multivocal.studies.models import Membership, Study, StudyVersion


def save_draft(*, document: Any, user: Any = None, study: Study | None = None) -> StudyVersion:
    """Store ``document`` as the draft version of the study it names; a new slug makes a new study.

    Never touches a frozen version: over an open study the document waits as the next version. ``user`` is None
    for the command line, which may do everything. With ``study`` the slug must be that study's. Refuses with
    Invalid (every mistake and its place), Forbidden or NotFound; the same content again changes nothing.
    """
    definition = parse_definition(document)
    plain = as_document(definition)
    sha256 = digest(plain)
    if study is not None and study.slug != definition.slug:
        raise Invalid(
            _("The name of a study in addresses cannot change once it is made."),
            code="slug_fixed",
            fields={"slug": _("this must stay “{slug}”").format(slug=study.slug)},
        )
    with transaction.atomic():
        study = _locked(definition.slug, user)
        if study.state == Study.State.CLOSED:
            raise Conflict(_("This study is closed. Make a copy of it instead."), code="study_closed")
        newest = study.versions.order_by("-number").first()
        if newest is not None and newest.sha256 == sha256:
            return newest
        if newest is not None and newest.frozen_at is None:
            newest.definition, newest.sha256 = plain, sha256
            newest.save(update_fields=["definition", "sha256", "updated_at"])
            newest.__dict__.pop("shape", None)
            version = newest
        else:
            number = newest.number + 1 if newest else 1
            version = StudyVersion.objects.create(study=study, number=number, definition=plain, sha256=sha256)
        record_event(
            study=study, user=user, verb="draft saved", detail={"version": version.number, "sha256": sha256}
        )
    return version


def _locked(slug: str, user: Any) -> Study:
    existing, made = Study.objects.get_or_create(slug=slug)
    if made:
        if user is not None:
            Membership.objects.create(study=existing, user=user, role=Membership.Role.OWNER)
        record_event(study=existing, user=user, verb="study made", detail={"slug": slug})
    elif user is not None:
        access_study(user, slug, Right.EDIT)
    return Study.objects.select_for_update().get(pk=existing.pk)


def draft_of(study: Study) -> StudyVersion | None:
    """Return the version that is still being written, if there is one."""
    return study.versions.filter(frozen_at=None).first()


def live_version(study: Study) -> StudyVersion | None:
    """Return the newest frozen version: the one new people get."""
    return study.versions.exclude(frozen_at=None).order_by("-number").first()


def newest_version(study: Study) -> StudyVersion | None:
    """Return the version a designer edits next: the draft, else the newest frozen one."""
    return study.versions.order_by("-number").first()


def has_stage(study: Study, kind: str) -> bool:
    """Return whether any version of the study has a stage of this kind: its data may be there though it is gone."""
    return study.versions.filter(definition__stages__contains=[{"kind": kind}]).exists()


def freeze_version(*, version: StudyVersion) -> None:
    """Freeze a draft for good. The caller holds the study's row locked and has checked it."""
    parse_definition(version.definition)
    StudyVersion.objects.filter(pk=version.pk, frozen_at=None).update(
        frozen_at=timezone.now(), sha256=digest(version.definition)
    )
    version.refresh_from_db()


def copy_document(document: dict[str, Any], slug: str) -> dict[str, Any]:
    """Return the document of a clone: another slug, and no codes or return address of the original."""
    copy = dict(document) | {"slug": clean_text(slug)}
    if isinstance(copy.get("recruitment"), dict):
        copy["recruitment"] = {
            k: v for k, v in copy["recruitment"].items() if k not in {"codes", "return_url"}
        }
    return copy


@dataclass(frozen=True)
class Change:
    """One difference between two versions: where, and what stood and stands there (None = nothing)."""

    place: str
    before: Any
    after: Any


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return what changed between two documents, place by place; stages, arms and pages are matched by name."""
    return list(_compare("", before, after))


def _compare(place: str, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _compare(f"{place}.{key}".lstrip("."), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and (names := _names(before, after)):
        old = {item[names]: item for item in before}
        new = {item[names]: item for item in after}
        for name in [*old, *(name for name in new if name not in old)]:
            yield from _compare(f"{place}[{name}]", old.get(name), new.get(name))
        if [n for n in old if n in new] != [n for n in new if n in old]:
            yield Change(f"{place} (order)", list(old), list(new))
    elif before != after:
        yield Change(place or "document", before, after)


def _names(before: list[Any], after: list[Any]) -> str | None:
    """Return the key that names every item of both lists once, if one does."""
    for name in ("id", "key", "item"):
        lists = [
            [item.get(name) if isinstance(item, dict) else None for item in side] for side in (before, after)
        ]
        if all(None not in side and len(set(map(str, side))) == len(side) for side in lists):
            return name
    return None
