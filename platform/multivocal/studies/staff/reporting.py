"""The report pages of a study: numbers with their plots, and each plot to take away."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from multivocal.errors import NotFound
from multivocal.studies.access import Right
from multivocal.studies.reports import Figure, read_asked, report, reports_of
from multivocal.studies.staff.pages import page_url, study_page, the_study

DATA_RIGHT = Right.DATA
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_GET
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the first report that fits the study, or say which studies have one."""
    study = the_study(request, slug, DATA_RIGHT)
    fitting = reports_of(study)
    if not fitting:
        return study_page(request, study, "report_none", "reports", {})
    return read(request, slug, fitting[0].key)


@require_GET
def read(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Show one report with the filters that were asked for."""
    study = the_study(request, slug, DATA_RIGHT)
    found = report(name)
    asked, filters = read_asked(found, study, request.GET)
    numbers = found.build(study, asked)
    figures = {} if numbers is None else {figure.key: figure for figure in found.figures(numbers)}
    context = {
        "report": found, "numbers": numbers, "figures": figures, "filters": filters, "asked": asked,
        "query": request.GET.urlencode(), "others": [one for one in reports_of(study) if one.key != name],
        "here": page_url(study, "reports") + f"{name}/", "json": f"/api/v1/studies/{study.slug}/reports/{name}/",
    }  # fmt: skip
    return study_page(request, study, "report", "reports", context)


@require_GET
def figure(request: HttpRequest, slug: str, name: str, key: str, extension: str) -> HttpResponse:
    """Return one plot as an SVG file, or the numbers in it as CSV."""
    study = the_study(request, slug, DATA_RIGHT)
    found = report(name)
    asked, _filters = read_asked(found, study, request.GET)
    numbers = found.build(study, asked)
    drawn = {one.key: one for one in found.figures(numbers)} if numbers is not None else {}
    if key not in drawn or extension not in ("svg", "csv"):
        raise NotFound(_("There is no such plot."))
    text, media = (
        (drawn[key].svg, "image/svg+xml")
        if extension == "svg"
        else (_csv(drawn[key]), "text/csv; charset=utf-8")
    )
    response = HttpResponse(text, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{study.slug}_{name}_{key}.{extension}"'
    return response


def _csv(drawn: Figure) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(drawn.header)
    for row in drawn.rows:
        writer.writerow(["" if cell is None else _plain(cell) for cell in row])
    return out.getvalue()


def _plain(cell: object) -> object:
    """A name that a spreadsheet would run as a formula is kept from it; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
