"""Whether the randomisation did what was promised: arms and orders in their blocks, sides of every pair."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection

from multivocal.studies.definition import StudyBase
from multivocal.studies.models import Allocation, Study

_ORDERS = """
    SELECT e.arm, l.stage, l.protocols::text, v.number, a.stratum, a.position
    FROM protocols_plan l JOIN studies_enrolment e ON e.id = l.enrolment_id
    JOIN studies_studyversion v ON v.id = e.version_id
    LEFT JOIN studies_allocation a ON a.enrolment_id = e.id
    WHERE e.study_id = %s AND NOT e.preview AND e.withdrawn_at IS NULL
    ORDER BY 1, 2, 3
"""
# Everything that was written to be shown, also what was never answered: places are given, not earned. Where each
# response has a screen of its own, its place is when it comes among those of its item.
_PLACES = """
    WITH shown AS (
        SELECT p.stage, p.protocol_key, p.item_id, p.unit, p.enrolment_id, p.position, p.slots,
               jsonb_array_length(p.slots) AS size
        FROM protocols_presentation p
        JOIN protocols_item i ON i.id = p.item_id
        JOIN studies_enrolment e ON e.id = p.enrolment_id
        WHERE i.study_id = %s AND i.item_set_id IS NOT NULL AND p.role = 'main' AND NOT e.preview
    ), placed AS (
        SELECT stage, protocol_key, item_id, unit, enrolment_id, size, one.value ->> 'stimulus' AS stimulus,
               one.place
        FROM shown, jsonb_array_elements(slots) WITH ORDINALITY AS one(value, place) WHERE size > 1
        UNION ALL
        SELECT stage, protocol_key, item_id, '', enrolment_id, size, slots -> 0 ->> 'stimulus',
               row_number() OVER (PARTITION BY enrolment_id, stage, protocol_key, item_id ORDER BY position)
        FROM shown WHERE size = 1
    )
    SELECT stage, protocol_key, size, item_id::text || unit, stimulus, place, count(*)
    FROM placed GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""


def balance(study: Study, definition: StudyBase) -> dict[str, Any]:
    """Return the balance of arms in whole blocks, of the orders of protocols, and of the places of responses."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, [study.pk])
        orders = cursor.fetchall()
        cursor.execute(_PLACES, [study.pk])
        places = cursor.fetchall()
    size = sum(arm.weight for arm in definition.arms) * definition.assignment.blocks
    found = {
        "arms": _arms(study, definition, size),
        "orders": list(_orders(orders, definition, size)),
        "sides": _places(places),
    }
    return {**found, "exact": _exact(found)}


def _exact(found: dict[str, Any]) -> bool:
    return bool(found["arms"]["exact"]) and all(
        one["exact"] for part in ("orders", "sides") for one in found[part]
    )


def _arms(study: Study, definition: StudyBase, size: int) -> dict[str, Any]:
    """Every whole block of a stratum holds each arm its weight times the block's multiple, or says where not."""
    wanted = Counter({arm.key: arm.weight * definition.assignment.blocks for arm in definition.arms})
    given = Allocation.objects.filter(version__study=study, preview=False)
    blocks: dict[tuple[int, str, int], Counter[str]] = defaultdict(Counter)
    totals: Counter[str] = Counter()
    for number, stratum, position, arm in given.values_list("version__number", "stratum", "position", "arm"):
        blocks[number, stratum, position // size][arm] += 1
        totals[arm] += 1
    whole = [block for block in blocks.values() if block.total() == size]
    return {
        "block_size": size,
        "whole_blocks": len(whole),
        "exact_blocks": sum(block == wanted for block in whole),
        "begun_blocks": len(blocks) - len(whole),
        "people": {arm.key: totals[arm.key] for arm in definition.arms},
        "exact": all(block == wanted for block in whole),
    }


def _orders(found: Iterable[Any], definition: StudyBase, size: int) -> Iterable[dict[str, Any]]:
    """Per arm and stage with several protocols: how many people met them in which order, in all and per block.

    A block is whole where everybody of the arm in it came as far as the stage; it is exact where the orders in it
    differ by one person at most (by none where they can be even).
    """
    shares = {arm.key: arm.weight * definition.assignment.blocks for arm in definition.arms}
    grouped: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    blocks: dict[tuple[str, str], dict[Any, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for arm, stage, text, number, stratum, position in found:
        keys = json.loads(text)
        if len(keys) < 2:
            continue
        order = " → ".join(map(str, keys))
        grouped[arm, stage][order] += 1
        if position is not None:
            blocks[arm, stage][number, stratum, position // size][order] += 1
    for (arm, stage), orders in grouped.items():
        whole = [block for block in blocks[arm, stage].values() if block.total() == shares.get(arm)]
        even = [_spread(block, len(orders)) <= bool(block.total() % len(orders)) for block in whole]
        yield {
            "arm": arm,
            "stage": stage,
            "people": dict(sorted(orders.items())),
            "difference": _spread(orders, len(orders)),
            "whole_blocks": len(whole),
            "exact_blocks": sum(even),
            "exact": len(orders) > 1 and _spread(orders, len(orders)) <= 1 and all(even),
        }


def _spread(counts: Counter[str], kinds: int) -> int:
    return max(counts.values()) - (min(counts.values()) if len(counts) == kinds else 0)


def _places(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Per protocol: how far apart the counts of a response's places are, at worst, over every screen or item."""
    grouped: dict[tuple[str, str, int], dict[str, dict[tuple[str, int], int]]] = defaultdict(dict)
    for stage, protocol, size, screen, stimulus, place, n in found:
        grouped[stage, protocol, size].setdefault(screen, {})[stimulus, place] = n
    lines = []
    for (stage, protocol, size), screens in grouped.items():
        worst = [(_worst(counts), len({stimulus for stimulus, _p in counts})) for counts in screens.values()]
        # An odd number of responses takes a square of twice as many rows, so a place may be two ahead for a while.
        off = sum(gap > (2 if many > 1 and many % 2 else 1) for gap, many in worst)
        line: dict[str, Any] = {
            "stage": stage,
            "protocol": protocol,
            "what": "turns" if size == 1 else "sides" if size == 2 else "places",
            "screens": len(screens),
            "shown": sum(sum(counts.values()) for counts in screens.values()) // size,
            "off_by_more": off,
            "worst": max(gap for gap, _many in worst),
            "exact": off == 0,
        }
        if size == 2:
            left = sum(
                n
                for counts in screens.values()
                for (stimulus, place), n in counts.items()
                if place == 1 and stimulus == min(counts)[0]
            )
            line |= {"first_left": left, "first_right": line["shown"] - left}
        lines.append(line)
    return lines


def _worst(counts: dict[tuple[str, int], int]) -> int:
    """Return by how much a response stood oftener at one place than at another, at worst."""
    stimuli = {stimulus for stimulus, _place in counts}
    every = [
        [counts.get((stimulus, place), 0) for place in range(1, len(stimuli) + 1)] for stimulus in stimuli
    ]
    return max(max(row) - min(row) for row in every)
