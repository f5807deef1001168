"""Studies in the admin: the list; everything else about a study is a page of its own (staff/)."""

from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from multivocal.llm.budgets import spent
from multivocal.llm.models import Account
from multivocal.studies.access import Right, rights_in, studies_for
from multivocal.studies.models import Enrolment, Study, StudyVersion
from multivocal.studies.staff.making import may_make
from multivocal.studies.staff.pages import first_page, page_url, title_of
from multivocal.studies.staff.routes import staff_routes

# Columns are not given the request, and one ModelAdmin serves every thread.
_viewer: ContextVar[Any] = ContextVar("viewer", default=None)
STATE_COLOURS = {"draft": "info", "open": "success", "paused": "warning", "closed": "danger"}


@admin.register(Study)
class StudyAdmin(ModelAdmin):
    """The list of a person's studies, with their state at a glance."""

    list_display = ["name", "shown_state", "people", "spending", "last_activity", "links"]
    list_display_links = ("name",)
    list_before_template = "admin/studies/list_before.html"
    list_filter = ["state"]
    search_fields = ["slug"]
    actions = None
    list_fullwidth = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Study]:
        """Return the studies this person is a member of, with the figures of the list."""
        real = Q(enrolments__preview=False)
        target = (
            StudyVersion.objects.filter(study=OuterRef("pk"))
            .order_by("-number")
            .values("definition__participants")
        )
        return studies_for(request.user).annotate(
            active_people=Count("enrolments", filter=real & Q(enrolments__status=Enrolment.Status.ACTIVE)),
            complete_people=Count(
                "enrolments", filter=real & Q(enrolments__status=Enrolment.Status.COMPLETE)
            ),
            seen_at=Max("enrolments__last_seen_at", filter=real),
            target=Subquery(target[:1]),
        )

    def get_urls(self) -> list[URLPattern]:
        """Put the staff pages before the admin's own addresses."""
        return [*staff_routes(), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with what to do first where it is empty."""
        _viewer.set(request.user)
        return super().changelist_view(request, {"may_make": may_make(request.user)} | (extra_context or {}))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Lead to the page that asks what to begin with."""
        return redirect("admin:study_new")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Lead to the study's own pages."""
        try:
            study = studies_for(request.user).filter(pk=UUID(object_id)).first()
        except ValueError:
            raise Http404 from None  # the admin's own pattern takes every other address for somebody's id
        return redirect(first_page(request, study) if study else "admin:studies_study_changelist")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Everybody who signs in may look; the list holds only what is theirs."""
        return bool(request.user.is_active and request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        """Members may look at their studies."""
        if obj is None:
            return self.has_module_permission(request)
        return bool(rights_in(request.user, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Designers may make studies."""
        return may_make(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        """Studies change on their own pages, never through a form of rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Study | None = None) -> bool:
        """Studies are deleted on their own page, and only before they were opened."""
        return False

    @display(description=gettext_lazy("study"), ordering="slug", header=True)
    def name(self, study: Study) -> tuple[str, str]:
        """Return title and slug."""
        return title_of(study), study.slug

    @display(description=gettext_lazy("state"), ordering="state", label=STATE_COLOURS)
    def shown_state(self, study: Study) -> tuple[str, str]:
        """Return the state as a badge."""
        return study.state, study.get_state_display()

    @display(description=gettext_lazy("people"))
    def people(self, study: Any) -> str:
        """Return active people, and complete ones of those wanted."""
        if Right.WATCH not in rights_in(_viewer.get(), study):
            return "–"
        of = f" / {study.target}" if study.target else ""
        return format_html(
            "{} {}<br><span class='text-font-subtle-light dark:text-font-subtle-dark'>{} {}</span>",
            f"{study.complete_people}{of}", _("complete"), study.active_people, _("under way"),
        )  # fmt: skip

    @display(description=gettext_lazy("spent"))
    def spending(self, study: Study) -> str:
        """Return money spent of the budget, with a bar."""
        account = Account.objects.filter(pk=study.pk).first()
        if Right.WATCH not in rights_in(_viewer.get(), study) or account is None or account.limit_usd is None:
            return "–"
        used = spent(study.pk)
        return format_html(
            "<span style='white-space:nowrap'>${0} / ${1}</span><br>"
            "<span role='meter' aria-valuemin='0' aria-valuemax='100' aria-valuenow='{2}' aria-label='{3}' "
            "style='display:block;inline-size:7rem;block-size:6px;"
            "border-radius:3px;background:linear-gradient(#0b5d5e 0 0) 0/{2}% 100% no-repeat #b9c4c4'></span>",
            f"{used:,.2f}", f"{account.limit_usd:,.2f}",
            min(100, round(100 * used / account.limit_usd)) if account.limit_usd else 0, _("spent of the budget"),
        )  # fmt: skip

    @display(description=gettext_lazy("last activity"), ordering="seen_at")
    def last_activity(self, study: Any) -> str:
        """Return how long ago somebody did something."""
        if not study.seen_at:
            return _("nobody yet")
        return _("{time} ago").format(time=timesince(study.seen_at, timezone.now(), depth=1))

    @display(description="")
    def links(self, study: Study) -> str:
        """Return the pages this person may open."""
        rights = rights_in(_viewer.get(), study)
        every = [
            ("overview", _("Overview"), Right.READ), ("edit", _("Edit"), Right.EDIT),
            ("preview", _("Preview"), Right.PREVIEW), ("monitor", _("Monitor"), Right.WATCH),
            ("payments", _("Payments"), Right.PAY),
        ]  # fmt: skip
        pages = [(page_url(study, name), label) for name, label, right in every if right in rights]
        if Right.DATA in rights:
            pages.append((f"/api/v1/studies/{study.slug}/datasets/", _("Data")))
        return format_html_join(
            " · ", "<a class='text-primary-600 dark:text-primary-500' href='{}'>{}</a>", pages
        )
