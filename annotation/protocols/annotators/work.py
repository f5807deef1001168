"""What is to be asked: a presentation per screen, order and sample, written before anything is."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from annotation.protocols.annotators.making import comparison_stages, settings_of
from annotation.protocols.comparison.screens import Response, Screen, Subject, screens_of
from annotation.protocols.comparison.subjects import require_set, subjects_of
from annotation.protocols.models import AiAnnotator, Item, ItemSet, Presentation
from multivocal.errors import NotFound
from multivocal.studies.assignment import lock

LIVE = "@live"
"""In place of a set's name: the answers people got in this study's talks."""
OWN = "@stage"
"""In place of a set's name: the items of the stage whose way of asking this is."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OUTSIDE = "annotators"
"""The stage of presentations that belong to none of the study's own."""
_SPLITS = ("main", "gold", "attention")
_BATCH = 1000


@dataclass(frozen=True)
class Planned:
    """What planning did: screens that are new, that were there, and items the way of asking does not fit."""

    new: int
    before: int
    unfit: int


def plan_work(
    *, annotator: AiAnnotator, items: str, limit: int | None = None, only: Sequence[UUID] | None = None
) -> Planned:
    """Write the presentations of an item set's screens; a second time adds none.

    ``items`` is the set's name, ``LIVE`` or ``OWN``; ``limit`` the most items to take, in their order; ``only``
    are the items to take, in another order. Both orders of a sample carry the same seed.
    """
    _rubric, config, params = settings_of(annotator)
    subjects = [one for one in _subjects(annotator, items) if one.split in _SPLITS][:limit]
    if only is not None:
        by_item = {one.pk: one for one in subjects}
        subjects = [by_item[pk] for pk in only if pk in by_item]
    made: list[Presentation] = []
    before = unfit = 0
    with transaction.atomic():
        # Two people who press the button together plan one after the other.
        lock(f"annotators {annotator.pk}")
        known = {
            (item, unit, order or 0, sample)
            for item, unit, order, sample in Presentation.objects.filter(annotator=annotator).values_list(
                "item_id", "unit", "order_row", "sample"
            )
        }
        for subject in subjects:
            screens = screens_of(subject, params.protocol_key, config, params.responses)
            unfit += not screens
            for screen in screens:
                for place in _places(annotator, screen):
                    if (subject.pk, screen.unit, *place) in known:
                        before += 1
                    else:
                        made.append(_presentation(annotator, screen, *place, position=len(known) + len(made)))
        Presentation.objects.bulk_create(made, batch_size=_BATCH)
    return Planned(len(made), before, unfit)


def _places(annotator: AiAnnotator, screen: Screen) -> Iterable[tuple[int, int]]:
    orders = (0, 1) if annotator.both_orders and len(screen.members) > 1 else (0,)
    return [(order, sample) for sample in range(annotator.samples) for order in orders]


def _presentation(
    annotator: AiAnnotator, screen: Screen, order: int, sample: int, *, position: int
) -> Presentation:
    members = screen.members[::-1] if order else screen.members
    seed = zlib.crc32(f"{annotator.pk}/{screen.item.pk}/{screen.unit}/{sample}".encode())
    params = annotator.params
    return Presentation(
        id=uuid5(annotator.pk, f"{screen.item.pk}/{screen.unit}/{order}/{sample}"),
        annotator=annotator,
        item_id=screen.item.pk,
        protocol_id=annotator.protocol_id,
        protocol_key=params.get("protocol_key", ""),
        stage=params.get("stage") or OUTSIDE,
        role=screen.item.split,
        unit=screen.unit,
        position=position,
        order_row=order,
        sample=sample,
        seed=seed,
        order_seed=seed,
        probability=1.0,
        pool=[],
        slots=[
            {"slot": LETTERS[n], "stimulus": str(one.pk), "probability": 1.0, "inclusion": 1.0, "replaces": None}
            for n, one in enumerate(members)
        ],
    )  # fmt: skip


def _subjects(annotator: AiAnnotator, items: str) -> Iterable[Subject]:
    if items == LIVE:
        return _live(annotator.study_id)
    if items == OWN:
        found = _own_set(annotator)
    else:
        found = ItemSet.objects.filter(study=annotator.study_id, name=items).first()
    if found is None:
        known = ", ".join(ItemSet.objects.filter(study=annotator.study_id).values_list("name", flat=True))
        raise NotFound(
            _("This study has no items “{name}”. It has: {known}.").format(
                name=items[:80], known=f"{known}, {LIVE}".strip(", ")
            )
        )
    return subjects_of(found)


def _own_set(annotator: AiAnnotator) -> ItemSet | None:
    stages = comparison_stages(annotator.study)
    stage = next((one for one in stages if one.id == annotator.params.get("stage")), None)
    return require_set(annotator.study, stage) if stage else None


def _live(study: UUID) -> Iterable[Subject]:
    rows = Item.objects.filter(
        study=study,
        source=Item.Source.LIVE,
        presentations__enrolment__preview=False,
        presentations__enrolment__withdrawn_at=None,
    )
    for number, item in enumerate(rows.distinct().order_by("created_at", "id").prefetch_related("stimuli")):
        whole = [one for one in item.stimuli.all() if one.completed_at is not None]
        members = tuple(Response(one.pk, str(one.pk), str(one.pk), "system") for one in whole)
        yield Subject(item.pk, number, str(item.pk), "main", None, "", members)
