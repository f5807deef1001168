"""Drawing a person's screens: one transaction under the stage's lock, everything written before anything is shown."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from annotation.protocols.comparison.checks import check_screens
from annotation.protocols.comparison.choosing import Chosen, choose_bundles
from annotation.protocols.comparison.orders import Balance, ordered, rows_for, square
from annotation.protocols.comparison.places import lock_places, served_places
from annotation.protocols.comparison.pools import Pool, people_wanted, pool_for
from annotation.protocols.comparison.screens import Bundle, Subject, bundles_of
from annotation.protocols.comparison.sequence import Placed, in_order, swapped_row, with_checks, with_repeats
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.comparison.subjects import require_set, subjects_of
from annotation.protocols.models import Plan, Presentation
from annotation.protocols.registry import store_protocol
from multivocal.domain.randomisation import seeded
from multivocal.errors import Conflict
from multivocal.studies.assignment import block_mates
from multivocal.studies.models import new_seed
from multivocal.studies.stages import Visit

SLOTS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class _Draw:
    visit: Visit
    config: ComparisonConfig
    subjects: Sequence[Subject]
    served: Mapping[tuple[object, ...], Mapping[int, int]]
    rng: random.Random
    pool: Pool | None

    @property
    def main(self) -> list[Subject]:
        return [item for item in self.subjects if item.split == "main"]


def draw_plan(*, visit: Visit, wait: bool = False) -> Plan | None:
    """Draw and store everything a person is asked at this stage; a second time returns what was drawn first.

    With ``wait`` nothing is drawn (None) where there is nothing for them now and there may be later.

    Called inside the submit's transaction with the enrolment's row locked. The stage's lock makes draws queue, so a
    place is never given twice and the least served screens are known. The plan's seed repeats the whole draw.
    """
    config: ComparisonConfig = visit.stage  # type: ignore[assignment]
    if found := Plan.objects.filter(enrolment=visit.enrolment, stage=config.id).first():
        return found
    lock_places(visit)
    item_set = require_set(visit.enrolment.study, config)
    if item_set is None:
        raise Conflict("The items of this stage are not there.", code="no_items")
    keys = config.keys_for(visit.levels) or list(config.protocols)[:1]
    versions = {key: store_protocol(config.protocol(key)) for key in keys}
    ids = {key: version.pk for key, version in versions.items()}
    row, order = _order(visit, config, keys)
    plan = Plan(enrolment=visit.enrolment, stage=config.id, protocols=order, order_row=row, seed=new_seed())
    rng = seeded(str(plan.seed), "comparison")
    pool = pool_for(visit, drawing=True)
    if wait and pool is not None and pool.later and not pool.most:
        return None
    draw = _Draw(visit, config, subjects_of(item_set), served_places(visit, item_set.pk, ids), rng, pool)
    sequence = [placed for phase in _phases(draw, order) for placed in phase]
    plan.promised = sum(placed.role == "main" for placed in sequence)
    plan.save()
    now = timezone.now()
    rows: dict[int, Presentation] = {}
    for position, placed in enumerate(sequence, start=1):
        rows[id(placed)] = _presentation(
            visit, plan, position, placed, versions[placed.screen.protocol].pk, rng
        )
        rows[id(placed)].shown_at = now if position == 1 else None
    for placed in sequence:
        if placed.original is not None:
            rows[id(placed)].repeat_of = rows[id(placed.original)]
    stored = Presentation.objects.bulk_create([rows[id(placed)] for placed in sequence])
    if pool is not None and pool.drawn is not None:
        pool.drawn(stored)
    return plan


def _order(visit: Visit, config: ComparisonConfig, keys: list[str]) -> tuple[int, list[str]]:
    """Return the row of the square of protocol orders this person gets, and the order.

    The row used least by those who got this arm in the same block comes first, so that orders are level within
    every block; among equals the one used least of all in the arm, so that they stay level where people leave.
    """
    if len(keys) == 1 or (config.protocol_by and config.protocol_by.order == "fixed"):
        return 0, keys
    rows = square(len(keys))
    used = Plan.objects.filter(
        stage=config.id,
        enrolment__study=visit.enrolment.study_id,
        enrolment__preview=visit.enrolment.preview,
        enrolment__withdrawn_at=None,
        enrolment__arm=visit.enrolment.arm,
    ).values_list("enrolment", "order_row")
    mates = set(block_mates(enrolment=visit.enrolment, definition=visit.definition))
    counts = [(0, 0)] * len(rows)
    for enrolment, row in used:
        near, all_of_them = counts[row % len(rows)]
        counts[row % len(rows)] = (near + (enrolment in mates), all_of_them + 1)
    least = [row for row in range(len(rows)) if counts[row] == min(counts)]
    row = random.Random(visit.enrolment.seed).choice(least)
    return row, [keys[n] for n in rows[row]]


def _phases(draw: _Draw, order: list[str]) -> list[list[Placed]]:
    """Return the sequence of each protocol, in the person's order of protocols."""
    config = draw.config
    if config.same_items and len(order) > 1:
        chosen = _chosen(draw, order, config.per_person)
        by_key = {key: [one for one in chosen if one.screen.protocol == key] for key in order}
    else:
        by_key = {}
        seen: set[object] = set()
        for n, key in enumerate(order):
            budget = config.per_person // len(order) + (n < config.per_person % len(order))
            by_key[key] = _chosen(draw, [key], budget, but=frozenset(seen)) if budget else []
            seen |= {one.screen.item.pk for one in by_key[key]}
    phases = []
    for n, key in enumerate(order):
        rows = rows_for(by_key[key], draw.served, draw.rng, Balance())
        blocked = bool(config.block_size) or any(item.block is not None for item in draw.main)
        main = [
            Placed(one.screen, "main", row, one.probability, one.bundle if blocked else None)
            for one, row in zip(by_key[key], rows, strict=True)
        ]
        phase = in_order(main, draw.rng, blocked=blocked, apart=config.same_prompt == "apart")
        phase = with_repeats(phase, config.repeats, config.repeat_gap, draw.rng, swapped_row)
        if main:
            practice, checks = check_screens(draw.subjects, config, key, n, len(order), draw.rng)
            phase = [*practice, *with_checks(phase, checks, draw.rng)]
        phases.append(phase)
    return phases


def _chosen(
    draw: _Draw, keys: list[str], budget: int, *, but: frozenset[object] = frozenset()
) -> list[Chosen]:
    config = draw.config
    bundles: list[Bundle] = bundles_of(
        draw.main, [(key, config.protocol(key)) for key in keys],
        wanted=config.responses, block_size=config.block_size,
    )  # fmt: skip
    pool = draw.pool
    if pool is not None and pool.most is not None and pool.protocol in keys:
        budget = min(budget, pool.most)
        if not budget:
            return []
    return choose_bundles(
        bundles, draw.served, budget=budget, per_screen=lambda screen: people_wanted(config, pool, screen.identity),
        rng=draw.rng, allowed=lambda screen: screen.item.pk not in but,
    )  # fmt: skip


def _presentation(
    visit: Visit, plan: Plan, position: int, placed: Placed, protocol: int, rng: random.Random
) -> Presentation:
    shown, seed = ordered(placed.screen, placed.row), rng.getrandbits(52)
    slots = [
        {
            "slot": SLOTS[n],
            "stimulus": str(response.pk),
            "probability": placed.probability,
            "inclusion": placed.probability,
            "replaces": None,
        }
        for n, response in enumerate(shown)
    ]
    return Presentation(
        item_id=placed.screen.item.pk,
        enrolment=visit.enrolment,
        protocol_id=protocol,
        protocol_key=placed.screen.protocol,
        stage=plan.stage,
        role=placed.role,
        position=position,
        block=placed.block,
        unit=placed.screen.unit,
        slots=slots,
        pool=sorted({response.system for response in placed.screen.item.responses}),
        seed=seed,
        order_seed=plan.seed,
        order_row=placed.row,
        probability=placed.probability,
    )
