"""The numbers of the comparison report, put together: every part twice, with and without the declared exclusions."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation

from annotation.protocols.experiments.exclusions import exclude
from annotation.protocols.experiments.plan import Plan
from annotation.protocols.experiments.rows import collect
from annotation.protocols.experiments.sections import (
    agreement,
    balance,
    consistency,
    counts,
    quality,
    scores,
    sway,
    transitive,
)
from annotation.protocols.experiments.selection import Selection
from multivocal.studies.models import Study, StudyVersion
from multivocal.studies.versions import live_version, newest_version


def build(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the whole report as plain data; ``asked`` may narrow it to an arm, a stratum, a version."""
    with translation.override("en"):  # the numbers are one document, whoever asked first
        return _build(study, asked)


def _build(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    version = _version(study, asked)
    collected = collect(study, asked)
    plan = plan_of(version)
    excluded = exclude(collected.rows, plan.exclusions)
    everybody = Selection(collected.rows, collected.responses, plan)
    kept = Selection(excluded.kept(collected.rows), collected.responses, plan)
    models = Selection(collected.rows, collected.responses, plan, models=True)
    return {
        "report": "comparison",
        "study": study.slug,
        "at": timezone.now().isoformat(),
        "asked": dict(asked),
        "version": _told(version),
        "plan": _plan(plan),
        "rows": counts.counts(collected),
        "balance": balance.balance(study, version.shape, collected.rows) if version else {},
        "exclusions": excluded.as_json(),
        "without_exclusions": part(everybody),
        "with_exclusions": part(kept) if plan.exclusions.any else None,
        "models": part(models) if any(row.model for row in collected.rows) else None,
    }


def part(selection: Selection) -> dict[str, Any]:
    """Return every part of the report for one selection of rows."""
    times = quality.timing(selection)
    return {
        "protocols": counts.protocols(selection),
        "consistency": consistency.consistency(selection),
        "agreement": agreement.agreement(selection, times),
        "sway": sway.sway(selection),
        "scores": scores.system_scores(selection),
        "win_rates": scores.win_rates(selection),
        "transitivity": transitive.transitivity(selection),
        "sides": quality.sides(selection),
        "repeats": quality.repeats(selection),
        "no_answers": quality.no_answers(selection),
        "checks": quality.checks(selection),
        "timing": times,
    }


def plan_of(version: StudyVersion | None) -> Plan:
    """Return the declared plan of the first comparison stage; the plan's defaults where none was declared."""
    stages = version.shape.stages if version else ()
    declared = next((getattr(stage, "plan", None) for stage in stages if stage.kind == "comparison"), None)
    return declared if isinstance(declared, Plan) else Plan()


def _version(study: Study, asked: Mapping[str, str]) -> StudyVersion | None:
    if "version" in asked:
        return study.versions.filter(number=int(asked["version"])).first()
    return live_version(study) or newest_version(study)


def _told(version: StudyVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    frozen = version.frozen_at.isoformat() if version.frozen_at else None
    return {"number": version.number, "sha256": version.sha256, "frozen_at": frozen}


def _plan(plan: Plan) -> dict[str, Any]:
    """The plan with everything that was left to its defaults, and the hash of all of it."""
    content = plan.model_dump(mode="json")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return {**content, "sha256": hashlib.sha256(text.encode()).hexdigest()}
