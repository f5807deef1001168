"""Where a person is: the visit a stage kind is given, and how far along the way it lies."""

import math
from collections.abc import Mapping
from typing import Any

from multivocal.studies.models import Enrolment
from multivocal.studies.stages import StageConfig, Visit


def stages_of(enrolment: Enrolment) -> list[StageConfig]:
    """Return the stages on this person's way; those after the draw of the arm may change with it."""
    return enrolment.version.shape.stages_for(enrolment.arm)


def visit_for(enrolment: Enrolment, query: Mapping[str, str] | None = None) -> Visit | None:
    """Return the person's current stage as a visit; None once the enrolment has ended."""
    stages = stages_of(enrolment)
    if enrolment.status != Enrolment.Status.ACTIVE or enrolment.stage_index >= len(stages):
        return None
    definition = enrolment.version.shape
    arm = definition.arm(enrolment.arm)
    return Visit(
        enrolment=enrolment,
        definition=definition,
        stage=stages[enrolment.stage_index],
        language=enrolment.language,
        levels=arm.levels if arm else {},
        query=query or {},
    )


def progress_of(enrolment: Enrolment, done: int = 0, total: int = 1) -> dict[str, Any]:
    """Return ``{part, parts, percent, minutes_left}``, by the stages' time estimates.

    ``done`` of ``total`` is how far the person is inside the current stage.
    """
    stages = stages_of(enrolment)
    index = min(enrolment.stage_index, len(stages) - 1)
    inside = min(max(done / total, 0.0), 1.0) if total else 0.0
    minutes = [stage.minutes for stage in stages]
    gone = sum(minutes[:index]) + minutes[index] * inside
    whole = sum(minutes)
    share = gone / whole if whole else (index + inside) / len(stages)
    return {
        "part": index + 1,
        "parts": len(stages),
        "percent": min(99, round(100 * share)),
        "minutes_left": max(1, math.ceil(whole - gone)) if whole else None,
    }
