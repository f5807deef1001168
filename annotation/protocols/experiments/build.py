"""The numbers of the comparison report, put together: every part twice, with and without the declared exclusions."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from annotation.protocols.experiments.declared_plan import plan_of, with_hash
from annotation.protocols.experiments.exclusions import exclude
from annotation.protocols.experiments.rows import collect
from annotation.protocols.experiments.sections import (
    agreement,
    balance,
    consistency,
    counts,
    departures,
    methods,
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
    version = _version(study, asked)
    collected = collect(study, asked)
    plan = plan_of(version)
    excluded = exclude(collected.rows, plan.exclusions)
    everybody = Selection(collected.rows, collected.responses, plan)
    kept = Selection(excluded.kept(collected.rows), collected.responses, plan)
    models = Selection(collected.rows, collected.responses, plan, models=True)
    everything = part(everybody)
    applied = part(kept) if plan.exclusions.any else None
    return {
        "report": "comparison",
        "study": study.slug,
        "at": timezone.now().isoformat(),
        "asked": dict(asked),
        "version": _told(version),
        "plan": {
            **with_hash(plan),
            "departures": departures.departures(study, version, collected.rows, asked, applied or everything),
        },
        "rows": counts.counts(collected),
        "balance": balance.balance(study, version.shape) if version else {},
        "exclusions": excluded.as_json(),
        "without_exclusions": everything,
        "with_exclusions": applied,
        "models": part(models) if any(row.model for row in collected.rows) else None,
    }


def part(selection: Selection) -> dict[str, Any]:
    """Return every part of the report for one selection of rows."""
    times = quality.timing(selection)
    return {
        "counted": counts.counted_in(selection),
        "protocols": counts.protocols(selection),
        "consistency": consistency.consistency(selection),
        "agreement": agreement.agreement(selection, times),
        "sway": sway.sway(selection),
        "scores": scores.system_scores(selection),
        "methods": methods.methods(selection),
        "win_rates": scores.win_rates(selection),
        "transitivity": transitive.transitivity(selection),
        "sides": quality.sides(selection),
        "repeats": quality.repeats(selection),
        "no_answers": quality.no_answers(selection),
        "checks": quality.checks(selection),
        "timing": times,
    }


def _version(study: Study, asked: Mapping[str, str]) -> StudyVersion | None:
    if "version" in asked:
        return study.versions.filter(number=int(asked["version"])).first()
    return live_version(study) or newest_version(study)


def _told(version: StudyVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    frozen = version.frozen_at.isoformat() if version.frozen_at else None
    return {"number": version.number, "sha256": version.sha256, "frozen_at": frozen}
