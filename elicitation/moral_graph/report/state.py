"""What the numbers of the reports on a graph depend on: while it is the same, the report that is kept stands."""

from typing import Any

from django.db import connection

from elicitation.moral_graph.snapshots import code_version
from multivocal.studies.models import Study

_STATE = """
select (select count(*) from moral_graph_wisdomvote where study_id = %(study)s),
 (select json_build_array(max(created_at), max(superseded_at), max(id))::text
    from moral_graph_wisdomvote where study_id = %(study)s),
 (select json_build_array(count(*), max(withdrawn_at), count(*) filter (where status = 'complete'), max(finished_at),
    md5(string_agg(arm || traits::text, '|' order by id)))::text from studies_enrolment where study_id = %(study)s),
 (select json_build_array(count(*), max(accepted_at), max(withdrawn_at), count(accepted_version_id))::text
    from interviews_valuescard where study_id = %(study)s),
 (select json_build_array(count(*), max(m.id), max(m.ended_at))::text from moral_graph_membership m
    join moral_graph_partition p on p.id = m.partition_id where p.study_id = %(study)s),
 (select json_build_array(max(id) filter (where current), count(*))::text from moral_graph_partition
    where study_id = %(study)s),
 (select md5(string_agg(concat_ws(' ', number, title, questions::text, archived_at, merged_into_id), '|'
    order by number)) from moral_graph_canonicalvalue where study_id = %(study)s),
 (select md5(string_agg(concat_ws(' ', key, text::text, questions::text), '|' order by key))
    from moral_graph_context where study_id = %(study)s),
 (select json_build_array(count(*), max(created_at), max(archived_at), count(*) filter (where state = 'ready'))::text
    from moral_graph_upgrade where study_id = %(study)s),
 (select json_build_array(count(*), max(created_at))::text from moral_graph_snapshot where study_id = %(study)s),
 (select json_build_array(count(*), max(c.created_at), count(*) filter (where c.answer = 'yes'))::text
    from moral_graph_confirmation c join studies_enrolment e on e.id = c.enrolment_id where e.study_id = %(study)s),
 (select json_build_array(count(*), max(f.created_at))::text from moral_graph_fairness f
    join studies_enrolment e on e.id = f.enrolment_id where e.study_id = %(study)s),
 (select json_build_array(count(*), max(finished_at))::text from llm_call where account = %(study)s)
"""


def state_of(study: Study) -> tuple[int, list[Any]]:
    """Return the number of votes, and everything the reports depend on besides the study's versions.

    Withdrawals, corrections and joined values change no count of rows, so their moments and ends are part of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"study": study.pk})
        votes, *stated = cursor.fetchone()
    return votes, [code_version(), *stated]
