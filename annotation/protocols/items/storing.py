"""Storing a set of items: all of them in one transaction, the same content once, never over what was shown."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.protocols.items.reading import content_hash, read_items
from annotation.protocols.items.shapes import ItemRow
from annotation.protocols.models import Item, ItemSet, Plan, Presentation, Stimulus
from multivocal.domain.files import Problem
from multivocal.errors import Conflict, Invalid
from multivocal.studies.assignment import lock
from multivocal.studies.audit import record_event
from multivocal.studies.models import Enrolment, Study

TOLD = 50


@dataclass(frozen=True)
class Imported:
    """What an import did (or, on a dry run, would do)."""

    item_set: ItemSet | None
    changed: bool
    items: int
    responses: int
    sha256: str
    notes: list[Problem] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    splits: dict[str, int] = field(default_factory=dict)
    replaced: int = 0  # items that stood under the name before


def import_items(
    *,
    study: Study,
    name: str,
    raw: bytes,
    source: str = "",
    dry_run: bool = False,
    skip_bad: bool = False,
    keep_empty: bool = False,
    user: object = None,
) -> Imported:
    """Read a file and store it as the study's item set ``name``; the same content again changes nothing.

    Refuses (Invalid) a file with any bad row, all of them named in ``fields`` by line, unless ``skip_bad`` leaves
    those out; refuses (Conflict) other content for a set that an opened version of the study asks about, or of
    which something was shown. What only previews saw may change: they are shown the new items.
    """
    found = read_items(raw, name=source, keep_empty=keep_empty)
    if found.bad and not (skip_bad and found.items):
        raise Invalid(
            _("{n} rows of this file cannot be read; nothing was changed.").format(n=len(found.bad)),
            code="bad_rows",
            fields=_by_line(found.bad),
        )
    rows = [item for _line, item in found.items]
    sha256 = found.sha256()
    result = {
        "items": len(rows),
        "responses": sum(len(row.responses) for row in rows),
        "sha256": sha256,
        "notes": found.notes,
        "left_out": found.bad,
        "splits": _splits(rows),
    }
    with transaction.atomic():
        # Opening a study locks this row too: a set is replaced before that or not at all.
        Study.objects.select_for_update().get(pk=study.pk)
        result["replaced"] = Item.objects.filter(item_set__study=study, item_set__name=name).count()
        stored, changed = store_items(study=study, name=name, rows=rows, sha256=sha256, source=source)
        result["notes"] = [*found.notes, *_unmet(study, stored)]
        if changed and not dry_run:
            record_event(
                study=study,
                user=user,
                verb="items imported",
                detail={"set": name, "sha256": sha256, "items": len(rows), "left_out": len(found.bad)},
            )
        if dry_run:
            transaction.set_rollback(True)
    return Imported(None if dry_run else stored, changed, **result)  # type: ignore[arg-type]


def store_items(
    *, study: Study, name: str, rows: list[ItemRow], sha256: str = "", source: str = ""
) -> tuple[ItemSet, bool]:
    """Store ``rows`` as the set ``name``; return it and whether anything changed. Called inside a transaction."""
    sha256 = sha256 or content_hash(rows)
    lock(f"items:{study.pk}:{name}")
    existing = ItemSet.objects.filter(study=study, name=name).first()
    if existing is not None:
        if existing.sha256 == sha256:
            return existing, False
        _refuse_change(study, existing)
        seen = {"presentations__item__item_set": existing, "presentations__stage": F("plans__stage")}
        Plan.objects.filter(enrolment__in=Enrolment.objects.filter(preview=True, **seen)).delete()
        existing.items.all().delete()
        existing.sha256, existing.source, existing.updated_at = sha256, source[:200], timezone.now()
        existing.save()
    else:
        existing = ItemSet.objects.create(study=study, name=name, sha256=sha256, source=source[:200])
    items = [_item(study, existing, number, row) for number, row in enumerate(rows, start=1)]
    Item.objects.bulk_create(items, batch_size=1000)
    now = timezone.now()
    stimuli = (
        Stimulus(
            item=item, external_id=response.id, number=number, system=response.system, role=response.role,
            covariates=response.covariates or None, text=response.text, completed_at=now,
        )
        for item, row in zip(items, rows, strict=True)
        for number, response in enumerate(row.responses, start=1)
    )  # fmt: skip
    Stimulus.objects.bulk_create(stimuli, batch_size=1000)
    return existing, True


def _unmet(study: Study, stored: ItemSet) -> list[Problem]:
    """Return what the newest version's stages say of the set's rules: opening would stop there."""
    # A stage knows its items, so this looks at stages only when it is called.
    from annotation.protocols.comparison.preflight import unmet_in

    return [Problem(0, said) for said in unmet_in(study, stored)]


def _refuse_change(study: Study, item_set: ItemSet) -> None:
    opened = study.versions.exclude(frozen_at=None).values_list("definition", flat=True)
    if any(stage.get("items") == item_set.name for content in opened for stage in content.get("stages", ())):
        message = _(
            "An opened version of this study asks about the set “{name}”, so it stays as it is. "
            "Import the file under another name, for the next version."
        )
        raise Conflict(message.format(name=item_set.name), code="items_frozen")
    if Presentation.objects.filter(item__item_set=item_set).exclude(enrolment__preview=True).exists():
        message = _(
            "Items of the set “{name}” were shown already, so it stays as it is. "
            "Import the file under another name."
        )
        raise Conflict(message.format(name=item_set.name), code="items_shown")


def _item(study: Study, item_set: ItemSet, number: int, row: ItemRow) -> Item:
    return Item(
        study=study, item_set=item_set, source=Item.Source.IMPORT, external_id=row.id, number=number,
        prompt=row.prompt, context=[turn.model_dump() for turn in row.context], reference=row.reference,
        stratum=row.stratum, split=row.split, block=row.block,
        gold={key: rule.model_dump(mode="json", exclude_defaults=True) for key, rule in row.gold.items()} or None,
        units=[unit.model_dump(exclude_defaults=True) for unit in row.units] or None,
    )  # fmt: skip


def _splits(rows: list[ItemRow]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row.split] = found.get(row.split, 0) + 1
    return found


def _by_line(bad: list[Problem]) -> dict[str, str]:
    told = {(f"line {note.line}" if note.line else "file"): note.reason for note in bad[:TOLD]}
    if len(bad) > TOLD:
        told["…"] = _("and {n} more").format(n=len(bad) - TOLD)
    return told
