"""The statements of every submitted page, written out: compiling them each time costs more than running them."""

import functools
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from multivocal.studies.models import Enrolment, Study, StudyVersion


def enrolment_of_session(token_hash: str, slug: str, now: datetime, *, lock: bool) -> Enrolment | None:
    """Return the enrolment a session opens, with its study and version (its document left in the database)."""
    sql, parts = _lookup()
    with connection.cursor() as cursor:
        cursor.execute(sql + (" for update of e" if lock else ""), [token_hash, slug, now])
        row = cursor.fetchone()
    if row is None:
        return None
    found: list[Any] = []
    start = 0
    for model, fields in parts:
        values = [
            field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
            for field, value in zip(fields, row[start : start + len(fields)], strict=True)
        ]
        found.append(model.from_db("default", [field.attname for field in fields], values))
        start += len(fields)
    enrolment: Enrolment
    enrolment, study, version = found
    version.study = enrolment.study = study
    enrolment.version = version
    return enrolment


@functools.cache
def _lookup() -> tuple[str, list[tuple[type[Any], list[Any]]]]:
    parts = [(Enrolment, _fields(Enrolment)), (Study, _fields(Study)), (StudyVersion, _fields(StudyVersion))]
    columns = ", ".join(
        f'{alias}."{field.column}"'
        for alias, (_, fields) in zip("esv", parts, strict=True)
        for field in fields
    )
    return (
        f"select {columns} from participants_participantsession p"
        " join studies_enrolment e on e.participant_id = p.participant_id and e.study_id = p.study"
        " join studies_study s on s.id = e.study_id"
        " join studies_studyversion v on v.id = e.version_id"
        " where p.token_hash = %s and s.slug = %s and p.revoked_at is null and p.expires_at > %s"
    ), parts


def _fields(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.attname != "definition"]


def spend_key(enrolment: Enrolment, key: UUID, stage: str, step: str, now: datetime) -> bool:
    """Spend an idempotency key; False where it was spent before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into studies_submission (enrolment_id, key, stage, step, at) values (%s, %s, %s, %s, %s)"
            " on conflict (enrolment_id, key) do nothing",
            [enrolment.pk, key, stage, step, now],
        )
        return bool(cursor.rowcount)


def leave_stage(enrolment: Enrolment, stage: str, now: datetime) -> None:
    """Note when somebody left a stage for good; what they typed there and did not send goes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with gone as (delete from studies_draft where enrolment_id = %s and stage = %s)"
            " update studies_stagevisit set left_at = %s"
            " where enrolment_id = %s and stage = %s and left_at is null",
            [enrolment.pk, stage, now, enrolment.pk, stage],
        )


def enter_stage(enrolment: Enrolment, stage: str, now: datetime) -> None:
    """Note when somebody entered a stage first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into studies_stagevisit (enrolment_id, stage, position, entered_at) values (%s, %s, %s, %s)"
            " on conflict (enrolment_id, stage) do nothing",
            [enrolment.pk, stage, enrolment.stage_index, now],
        )


def go_on(enrolment: Enrolment, stage: str, step: str) -> None:
    """Remove the draft of a step that was sent, and note when that was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with gone as (delete from studies_draft where enrolment_id = %s and stage = %s and step = %s)"
            " update studies_enrolment set last_seen_at = %s where id = %s",
            [enrolment.pk, stage, step, enrolment.last_seen_at, enrolment.pk],
        )


def save_progress(enrolment: Enrolment, *names: str) -> None:
    """Write the named columns of an enrolment whose row is locked."""
    fields: list[Any] = [Enrolment._meta.get_field(name) for name in names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    values = [field.get_db_prep_save(getattr(enrolment, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"update studies_enrolment set {sets} where id = %s", [*values, enrolment.pk])
