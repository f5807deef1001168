"""A file of items on its way into a study through the admin: uploaded, looked at, then imported or thrown away."""

import zlib
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.protocols.items.models import ItemUpload
from annotation.protocols.items.reading import LARGEST, Read, read_items
from annotation.protocols.items.shapes import ItemRow
from annotation.protocols.items.storing import Imported, import_items
from multivocal.domain.files import Problem
from multivocal.errors import Invalid, NotFound
from multivocal.studies.assignment import lock
from multivocal.studies.models import Study

FIRST = 3
TOLD = 50


@dataclass(frozen=True)
class Looked:
    """What a waiting file holds: counts, its first items, and what is wrong or good to know by line."""

    upload: ItemUpload
    items: int
    responses: int
    first: list[ItemRow]
    bad: list[Problem]
    more_bad: int
    notes: list[Problem]
    more_notes: int


def keep_upload(*, study: Study, user: Any, file: UploadedFile) -> ItemUpload:
    """Keep a file until it is imported; whatever is wrong inside is said when it is looked at."""
    raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise Invalid(_("The file is larger than {n} MB.").format(n=LARGEST // 2**20), code="too_large")
    with transaction.atomic():
        lock(f"item upload:{study.pk}")  # two files at once: the later one waits
        ItemUpload.objects.filter(study=study).delete()
        return ItemUpload.objects.create(
            study=study, user=user, source=(file.name or "file")[:200], content=zlib.compress(raw, 1)
        )


def look_at(upload: ItemUpload, *, keep_empty: bool = False) -> Looked:
    """Return what the file holds, without storing any of it."""
    found: Read = read_items(_raw(upload), name=upload.source, keep_empty=keep_empty)
    rows = [item for _line, item in found.items]
    return Looked(
        upload=upload,
        items=len(rows),
        responses=sum(len(row.responses) for row in rows),
        first=rows[:FIRST],
        bad=found.bad[:TOLD],
        more_bad=max(len(found.bad) - TOLD, 0),
        notes=found.notes[:TOLD],
        more_notes=max(len(found.notes) - TOLD, 0),
    )


def import_upload(
    *, study: Study, user: Any, upload: int, name: str, skip_bad: bool = False, keep_empty: bool = False
) -> Imported:
    """Import the waiting file as the set ``name`` and let it go; a file that was replaced meanwhile is not found."""
    with transaction.atomic():
        waiting = ItemUpload.objects.select_for_update().filter(study=study, pk=upload).first()
        if waiting is None:
            raise NotFound(_("This file is not waiting any more. Choose it again."))
        done = import_items(
            study=study, name=name, raw=_raw(waiting), source=waiting.source,
            skip_bad=skip_bad, keep_empty=keep_empty, user=user,
        )  # fmt: skip
        waiting.delete()
    return done


def drop_upload(*, study: Study, upload: int) -> None:
    """Throw a waiting file away."""
    ItemUpload.objects.filter(study=study, pk=upload).delete()


def _raw(upload: ItemUpload) -> bytes:
    return zlib.decompress(upload.content)
