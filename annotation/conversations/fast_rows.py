"""The statements behind every judgement, written out: compiling them each time costs more than running them."""

import functools
import json
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from annotation.conversations.models import Conversation, Turn
from annotation.protocols.models import Judgement
from multivocal.studies.models import Enrolment

M = TypeVar("M", bound=Model)


class Whole(NamedTuple):
    """A whole answer: where it stood, which it is, whose it is."""

    slot: str
    pk: UUID
    model_id: int


def read_rows(model: type[M], tail: str, values: Sequence[Any]) -> list[M]:
    """Return the rows of ``select … from <model's table> r <tail>`` as instances."""
    sql, names, readers = _select(model)
    with connection.cursor() as cursor:
        cursor.execute(sql + tail, values)
        rows = cursor.fetchall()
    found = []
    for row in rows:
        given = list(row)
        for place, reader in readers:
            given[place] = reader(given[place], None, connection)
        found.append(model.from_db("default", names, given))
    return found


@functools.cache
def _select(model: type[Model]) -> tuple[str, list[str], list[tuple[int, Any]]]:
    fields: list[Any] = list(model._meta.concrete_fields)
    columns = ", ".join(f'r."{field.column}"' for field in fields)
    readers = [(n, field.from_db_value) for n, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return f'select {columns} from "{model._meta.db_table}" r ', [field.attname for field in fields], readers


def unfinished_of(enrolment: Enrolment, stage: str, *, lock: bool = False) -> Conversation | None:
    """Return the conversation somebody is in at a stage, or None; with ``lock`` its row is held."""
    rows = read_rows(
        Conversation,
        "where r.enrolment_id = %s and r.stage = %s and r.state <> 'complete'"
        + (" for update" if lock else ""),
        [enrolment.pk, stage],
    )
    for row in rows:
        row.enrolment = enrolment
    return rows[0] if rows else None


def turns_of(conversation: Conversation) -> list[Turn]:
    """Return a conversation's turns in order."""
    return read_rows(Turn, "where r.conversation_id = %s order by r.ordinal", [conversation.pk])


def turn_of(conversation: Conversation, turn_id: UUID) -> tuple[Turn, dict[str, Whole]] | None:
    """Return a turn of a conversation with its whole answers by slot; None where it is not this conversation's."""
    sql, names, readers = _select(Turn)
    answers = (
        "(select json_agg(json_build_array(d.slot, d.stimulus_id, d.model_id) order by d.slot)"
        " from conversations_candidate d where d.turn_id = r.id and d.state = 'complete')"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql.replace(" from ", f", {answers} from ", 1) + "where r.id = %s and r.conversation_id = %s",
            [turn_id, conversation.pk],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    *given, shown = row
    for place, reader in readers:
        given[place] = reader(given[place], None, connection)
    whole = [Whole(slot, UUID(pk), model) for slot, pk, model in _json(shown)]
    return Turn.from_db("default", names, given), {answer.slot: answer for answer in whole}


def _json(value: Any) -> list[Any]:
    # Django has psycopg leave JSON as text for its fields to read.
    return (json.loads(value) if isinstance(value, str) else value) or []


def insert_judgement(row: Judgement, turn: Turn, chosen: Whole | None, conversation: Conversation) -> None:
    """Write a judgement and what follows from it, in one statement.

    With ``chosen`` the turn is judged and its model goes on; without, the turn waits for its tie to be broken.
    """
    sql, fields = _insert(Judgement)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    state = Turn.State.JUDGED if chosen else Turn.State.TIE
    sql = f"with given as ({sql})"
    if chosen is not None and chosen.model_id != conversation.model_id:
        sql += ", winner as (update conversations_conversation set model_id = %s where id = %s)"
        values += [chosen.model_id, conversation.pk]
    sql += " update conversations_turn set state = %s, judged_at = %s, chosen_id = %s where id = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, state, row.given_at, chosen.pk if chosen else None, turn.pk])


@functools.cache
def _insert(model: type[Model]) -> tuple[str, list[Any]]:
    fields: list[Any] = list(model._meta.concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    return f'insert into "{model._meta.db_table}" ({columns}) values ({marks})', fields


def shown_answers(conversation: Conversation) -> list[tuple[Any, ...]]:
    """Return (turn, slot, state, stimulus, text, simulated) of every answer that has not failed, by slot."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select d.turn_id, d.slot, d.state, d.stimulus_id, s.text, m.simulated"
            " from conversations_turn t join conversations_candidate d on d.turn_id = t.id"
            " join protocols_stimulus s on s.id = d.stimulus_id join llm_languagemodel m on m.id = d.model_id"
            " where t.conversation_id = %s and d.state <> 'failed' order by d.slot",
            [conversation.pk],
        )
        return cursor.fetchall()
