"""What the numbers of the comparison report depend on: while it is the same, the report that is kept stands."""

from typing import Any

from django.db import connection

from multivocal.studies.models import Study


def state_of(study: Study) -> tuple[int, list[Any]]:
    """Return the number of judgements, and everything the report depends on besides the study's versions.

    Withdrawals and corrections change no count of rows, so their moments are part of it; so is what the report states
    about the study: its state, who is done, when items were imported, and what was drawn for whom.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), max(j.given_at), max(j.superseded_at) FROM protocols_judgement j
            JOIN protocols_presentation p ON p.id = j.presentation_id
            JOIN protocols_item i ON i.id = p.item_id WHERE i.study_id = %s AND i.item_set_id IS NOT NULL""",
            [study.pk],
        )
        size, newest, corrected = cursor.fetchone()
        cursor.execute(
            """SELECT count(*), max(e.withdrawn_at), count(e.arm) FILTER (WHERE e.arm <> ''),
                   count(*) FILTER (WHERE e.status = 'complete'), count(*) FILTER (WHERE e.status = 'active')
            FROM studies_enrolment e WHERE e.study_id = %s""",
            [study.pk],
        )
        people = cursor.fetchone()
        cursor.execute(
            """SELECT (SELECT state FROM studies_study WHERE id = %(study)s),
                   (SELECT json_agg(json_build_array(s.name, s.updated_at, s.sha256) ORDER BY s.name)::text
                      FROM protocols_itemset s WHERE s.study_id = %(study)s),
                   (SELECT json_build_array(count(*), max(l.created_at))::text FROM protocols_plan l
                      JOIN studies_enrolment e ON e.id = l.enrolment_id WHERE e.study_id = %(study)s),
                   (SELECT json_build_array(count(*), max(p.created_at))::text FROM protocols_presentation p
                      JOIN protocols_item i ON i.id = p.item_id WHERE i.study_id = %(study)s)""",
            {"study": study.pk},
        )
        stated = cursor.fetchone()
    return size, [newest, corrected, people, stated]
