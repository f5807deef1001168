"""Who is in the release: people who finished the survey, numbered in the order in which they started."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from annotation.profiles.prism_survey import survey_columns
from multivocal.exports.build import Job
from multivocal.studies.definition import StudyDefinition, parsed

_PEOPLE = """
select e.id, e.arm, e.stage_index, e.status, e.started_at, e.finished_at, v.number, v.sha256, v.definition,
       exists (select from participants_consent c where c.enrolment = e.id and c.agreed) as agreed
from studies_enrolment e join studies_studyversion v on v.id = e.version_id
where e.study_id = %(study)s and not e.preview and e.withdrawn_at is null
  and (%(since)s::timestamptz is null or e.started_at >= %(since)s::timestamptz)
  and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
  and (%(version)s::int is null or v.number = %(version)s::int)
order by e.started_at, e.id
"""
_ANSWERS = """
select enrolment_id, answers, orders, stage, answered_at from profiles_pageresponse
where enrolment_id = any(%s) and scope = '' and superseded_at is null order by id
"""
_LOCALES = {"GBR": "uk", "USA": "us"}


@dataclass
class Person:
    """One person of the release, and the survey row that is being made."""

    enrolment: UUID
    user_id: str
    definition: StudyDefinition
    row: dict[str, Any]


def read_people(job: Job) -> list[Person]:
    """Return the people of the release with their survey columns; subset flags and counts are still to come."""
    found = job.moment.connection.execute(_PEOPLE, job.cut.parameters()).fetchall()
    kept = []
    for row in found:
        definition = parsed(str(row[7]), lambda document=row[8]: document)  # type: ignore[misc]
        if _finished_survey(definition, str(row[1]), int(str(row[2])), str(row[3])):
            kept.append((definition, row))
    given = _answers(job, [row[0] for _definition, row in kept])
    return [
        _person(job, f"user{n}", definition, row, *given[row[0]]) for n, (definition, row) in enumerate(kept)
    ]


def _finished_survey(definition: StudyDefinition, arm: str, stage_index: int, status: str) -> bool:
    stages = definition.stages_for(arm)
    surveys = [n for n, stage in enumerate(stages) if stage.kind == "survey"]
    return status == "complete" or stage_index > (surveys[-1] if surveys else 0)


def _answers(
    job: Job, enrolments: list[Any]
) -> dict[Any, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    given: dict[Any, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = defaultdict(
        lambda: ({}, {}, {})
    )
    rows: Iterator[Any] = iter(job.moment.connection.execute(_ANSWERS, [enrolments]))
    for enrolment, answers, orders, stage, answered_at in rows:
        mine = given[enrolment]
        mine[0].update(answers)
        mine[1].update(orders)
        mine[2][stage] = max(answered_at, mine[2].get(stage, answered_at))
    return given


def _person(
    job: Job,
    user_id: str,
    definition: StudyDefinition,
    row: Any,
    answers: dict[str, Any],
    orders: dict[str, Any],
    ends: dict[str, Any],
) -> Person:
    surveys = [stage.id for stage in definition.stages if stage.kind == "survey"]
    ended: datetime = max([ends[stage] for stage in surveys if stage in ends], default=row[5] or row[4])
    seconds = max(0, round((ended - row[4]).total_seconds()))
    columns = survey_columns(definition, answers, orders)
    residence = (columns["location"] or {}).get("reside_countryISO")
    country = (columns["location"] or {}).get("reside_country")
    return Person(
        enrolment=row[0],
        user_id=user_id,
        definition=definition,
        row={
            **columns,
            "user_id": user_id,
            "timing_duration_s": seconds,
            "timing_duration_mins": round(seconds / 60, 2),
            "generated_datetime": f"{ended:%Y-%m-%d %H:%M:%S}",
            "consent": "Yes, I consent to take part" if row[9] else None,
            "self_description": columns["self_description"] or "EMPTY STRING",
            "system_string": columns["system_string"] or "EMPTY STRING",
            "study_id": f"{job.study.slug}-v{row[6]}",
            "study_locale": _LOCALES.get(str(residence), country.lower() if country else None),
        },
    )
