"""The plan a version of a study declares, and the hash of all it says, defaults included."""

import hashlib
import json
from typing import Any

from annotation.protocols.experiments.plan import Plan
from multivocal.studies.models import StudyVersion


def declared_plan(version: StudyVersion | None) -> Plan | None:
    """Return the plan of the first comparison stage; None where none was declared."""
    stages = version.shape.stages if version else ()
    found = next((getattr(stage, "plan", None) for stage in stages if stage.kind == "comparison"), None)
    return found if isinstance(found, Plan) else None


def plan_of(version: StudyVersion | None) -> Plan:
    """Return the declared plan; the plan's defaults where none was declared."""
    return declared_plan(version) or Plan()


def with_hash(plan: Plan) -> dict[str, Any]:
    """Return the plan with everything that was left to its defaults, and the sha256 of its canonical JSON."""
    content = plan.model_dump(mode="json")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return {**content, "sha256": hashlib.sha256(text.encode()).hexdigest()}
