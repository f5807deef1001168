"""Who is to be paid: recruitment identities with their status and code, and no answers."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from multivocal.studies.access import Right
from multivocal.studies.audit import record_event
from multivocal.studies.models import Study
from multivocal.studies.staff.pages import study_page, the_study

COLUMNS = (
    "source",
    "external_id",
    "external_study",
    "external_session",
    "status",
    "code",
    "started_at",
    "finished_at",
)
SQL = """
select i.source, i.external_id, i.external_study, i.external_session, e.status, c.code, e.started_at, e.finished_at
from participants_recruitmentidentity i
join studies_enrolment e on e.participant_id = i.participant_id and e.study_id = i.study and not e.preview
left join studies_completioncode c on c.enrolment_id = e.id
where i.study = %s order by e.started_at desc, i.id
"""
SHOWN = 200


@require_GET
def payments(request: HttpRequest, slug: str) -> HttpResponse:
    """Show identities, status and codes; that somebody looked goes on record."""
    study = the_study(request, slug, Right.PAY)
    record_event(study=study, user=request.user, verb="identities viewed")
    with connection.cursor() as cursor:
        cursor.execute(f"{SQL} limit {SHOWN}", [study.pk])
        rows = cursor.fetchall()
    return study_page(
        request, study, "payments", "payments", {"rows": rows, "shown": SHOWN, "columns": COLUMNS}
    )


@require_GET
def payments_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Give the same as a CSV file, all rows."""
    study = the_study(request, slug, Right.PAY)
    record_event(study=study, user=request.user, verb="identities exported")
    response = StreamingHttpResponse(_lines(study), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{study.slug}-payments_identifiable.csv"'
    return response


def _lines(study: Study) -> Iterator[str]:
    yield _line(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(SQL, [study.pk])
        while rows := cursor.fetchmany(1000):
            yield "".join(_line(row) for row in rows)


def _line(row: tuple[Any, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_harmless(value) for value in row])
    return out.getvalue()


def _harmless(value: Any) -> Any:
    # These ids came in an address anybody can type, and this file is opened in a spreadsheet.
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
