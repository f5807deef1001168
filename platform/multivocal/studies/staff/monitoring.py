"""The monitor: one page that renews itself, and the rows behind each of its numbers."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from multivocal.errors import Invalid
from multivocal.studies import monitor as watching
from multivocal.studies.access import Right, rights_in
from multivocal.studies.models import Enrolment
from multivocal.studies.staff.pages import page_url, study_page, the_study

PER_PAGE = 100


@require_GET
def monitor(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the study as it is now."""
    study = the_study(request, slug, Right.WATCH)
    start = {
        "figures": watching.figures(study),
        "urls": {name: page_url(study, name) for name in ("monitor_json", "people", "calls")},
        "link": request.build_absolute_uri(f"/s/{study.slug}/"),
        "pause": Right.PAUSE in rights_in(request.user, study),
    }
    return study_page(request, study, "monitor", "monitor", {"start": start})


@require_GET
def monitor_json(request: HttpRequest, slug: str) -> JsonResponse:
    """Return the figures again."""
    return JsonResponse(watching.figures(the_study(request, slug, Right.WATCH)))


@require_GET
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """List enrolments by status, arm, cell or stage; pseudonyms only."""
    study = the_study(request, slug, Right.WATCH)
    asked = {key: request.GET[key] for key in ("status", "arm", "cell", "stage") if key in request.GET}
    rows = watching.people(study).select_related("version").order_by("-last_seen_at", "pk")
    now = timezone.now()
    match asked.pop("status", ""):
        case "":
            pass
        case "stuck":
            rows = rows.filter(status=Enrolment.Status.ACTIVE, last_seen_at__lt=now - watching.SILENT)
        case "active_now":
            rows = rows.filter(status=Enrolment.Status.ACTIVE, last_seen_at__gte=now - watching.SILENT)
        case "left":
            rows = rows.exclude(status__in=[Enrolment.Status.ACTIVE, Enrolment.Status.COMPLETE])
        case status if status in Enrolment.Status.values:
            rows = rows.filter(status=status)
        case status:
            raise Invalid(_("There is no status “{status}”.").format(status=status[:40]))
    if "stage" in asked:
        rows = rows.filter(stage_visits__stage=asked.pop("stage"))
    page = Paginator(rows.filter(**asked), PER_PAGE).get_page(request.GET.get("page"))
    for enrolment in page:
        enrolment.where = watching.stage_of(enrolment)  # type: ignore[attr-defined]
    query = request.GET.copy()
    query.pop("page", None)
    context = {"page": page, "query": query.urlencode(), "asked": request.GET.dict()}
    return study_page(request, study, "people", "monitor", context)


@require_GET
def calls(request: HttpRequest, slug: str) -> HttpResponse:
    """List failed calls of the last day, by kind of error."""
    study = the_study(request, slug, Right.WATCH)
    rows = watching.failures(study, timezone.now())
    if error := request.GET.get("error", ""):
        rows = rows.filter(error=error)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return study_page(
        request, study, "calls", "monitor", {"page": page, "query": query.urlencode(), "error": error}
    )
