"""Whether the randomisation did what was promised: arms and orders in their blocks, sides of every pair."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils import timezone

from annotation.protocols.comparison.orders import square
from annotation.protocols.comparison.places import HELD, silent_since
from annotation.protocols.comparison.shapes import ComparisonConfig
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
# What the draw counts as taken when it levels places. Where each response has a screen of its own, its place is when
# it comes among those of its item; another wording is another screen.
_PLACES = f"""
    WITH shown AS (
        SELECT p.stage, p.protocol_key, p.protocol_id, p.item_id, p.unit, p.enrolment_id, p.position, p.slots,
               jsonb_array_length(p.slots) AS size, {HELD} AS held
        FROM protocols_presentation p
        JOIN protocols_item i ON i.id = p.item_id
        JOIN studies_enrolment e ON e.id = p.enrolment_id
        WHERE i.study_id = %(study)s AND i.item_set_id IS NOT NULL AND p.stage = %(stage)s AND p.role = 'main'
          AND p.position IS NOT NULL AND NOT e.preview AND e.withdrawn_at IS NULL
    ), placed AS (
        SELECT stage, protocol_key, protocol_id, item_id, unit, size, held, one.value ->> 'stimulus' AS stimulus,
               one.place
        FROM shown, jsonb_array_elements(slots) WITH ORDINALITY AS one(value, place) WHERE size > 1
        UNION ALL
        SELECT stage, protocol_key, protocol_id, item_id, '', size, held, slots -> 0 ->> 'stimulus',
               row_number() OVER (PARTITION BY enrolment_id, stage, protocol_key, item_id ORDER BY position)
        FROM shown WHERE size = 1
    )
    SELECT stage, protocol_key, size, item_id || unit || '/' || protocol_id, stimulus, place, count(*)
    FROM placed WHERE held GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""


def balance(study: Study, definition: StudyBase) -> dict[str, Any]:
    """Return the balance of arms in whole blocks, of the orders of protocols, and of the places of responses."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, [study.pk])
        orders = cursor.fetchall()
        places = [row for stage in _comparisons(definition) for row in _taken(cursor, study, stage)]
    size = sum(arm.weight for arm in definition.arms) * definition.assignment.blocks
    found = {
        "arms": _arms(study, definition, size),
        "orders": list(_orders(orders, definition, size)),
        "sides": _places(places),
    }
    return {**found, "exact": _exact(found)}


def _comparisons(definition: StudyBase) -> list[ComparisonConfig]:
    return [stage for stage in definition.stages if isinstance(stage, ComparisonConfig)]


def _taken(cursor: Any, study: Study, stage: ComparisonConfig) -> list[Any]:
    since = silent_since(stage, timezone.now())
    cursor.execute(_PLACES, {"study": study.pk, "stage": stage.id, "since": since})
    return list(cursor.fetchall())


def _expected(definition: StudyBase, arm: str, stage: str) -> list[str]:
    """Return the orders of protocols that people of an arm may get at a stage; empty where there is none any more."""
    levels = next((one.levels for one in definition.arms if one.key == arm), {})
    for config in _comparisons(definition):
        if config.id == stage:
            keys = config.keys_for(levels) or list(config.protocols)[:1]
            fixed = config.protocol_by is None or config.protocol_by.order == "fixed"
            rows = [range(len(keys))] if fixed else square(len(keys))
            return [" → ".join(keys[n] for n in row) for row in rows]
    return []


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
    differ by one person at most (by none where they can be even). Which orders there are is the stage's to say:
    one that nobody got counts as none, and one that nobody should have got is never exact.
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
        expected = _expected(definition, arm, stage) or list(orders)
        whole = [block for block in blocks[arm, stage].values() if block.total() == shares.get(arm)]
        even = [_spread(block, expected) <= bool(block.total() % len(expected)) for block in whole]
        yield {
            "arm": arm,
            "stage": stage,
            "people": dict(sorted(orders.items())),
            "difference": _spread(orders, expected),
            "whole_blocks": len(whole),
            "exact_blocks": sum(even),
            "exact": set(orders) <= set(expected) and _spread(orders, expected) <= 1 and all(even),
        }


def _spread(counts: Counter[str], kinds: Iterable[str]) -> int:
    given = [counts[kind] for kind in {*kinds, *counts}]
    return max(given) - min(given)


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
