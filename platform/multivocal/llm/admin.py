"""Language models, calls and accounts in the admin; a key is only ever said to be set or not."""

# unfold carries no types.
# mypy: disable-error-code="untyped-decorator,misc,no-any-return"

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext as _n
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from multivocal.llm.budgets import spent
from multivocal.llm.health import health_of_models
from multivocal.llm.models import Account, Call, LanguageModel
from multivocal.llm.testing_page import show_test


@admin.register(LanguageModel)
class LanguageModelAdmin(ModelAdmin):
    """Endpoints and models, with how they did in the last hour."""

    list_display = ["shown_name", "active", "shown_key", "calls", "failures", "pace", "spend", "simulated"]
    list_display_links = ["shown_name"]
    list_filter = ["active", "simulated", "provider_type"]
    search_fields = ["name", "label", "family", "provider", "model_id"]
    actions = ["activate", "deactivate", "copy"]
    actions_detail = ["test"]
    readonly_fields = ["key_state"]
    list_fullwidth = True
    fieldsets: ClassVar = [
        (None, {"fields": ["name", "label", ("active", "simulated"), "weight"]}),
        (
            gettext_lazy("Endpoint"),
            {"fields": ["base_url", "model_id", ("key_variable", "key_state"), "timeout_s"]},
        ),
        (gettext_lazy("How it is asked"), {"fields": ["header", "parameters"]}),
        (gettext_lazy("Price, US dollars per million tokens"), {"fields": [("price_in", "price_out")]}),
        (
            gettext_lazy("About it, for data teams"),
            {"fields": [("family", "model_type"), ("provider", "provider_type")]},
        ),
    ]

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Give every row of the list its health, all in one query."""
        changes = super().get_changelist_instance(request)
        health = health_of_models()
        for model in changes.result_list:
            model.health = health.get(model.pk)
        return changes

    @display(
        description=gettext_lazy("key"), label={"success": "success", "danger": "danger", "info": "info"}
    )
    def shown_key(self, model: LanguageModel) -> tuple[str, str]:
        """Say whether the key is there, never what it is."""
        if not model.key_variable:
            return "info", _("none needed")
        return ("success", _("set")) if model.key_is_set() else ("danger", _("not set"))

    @display(description=gettext_lazy("key"))
    def key_state(self, model: LanguageModel) -> str:
        """Say the same in words, for the form."""
        return self.shown_key(model)[1]

    @display(description=gettext_lazy("name"), ordering="name", header=True)
    def shown_name(self, model: LanguageModel) -> tuple[str, str]:
        """Return the name, with the long one below."""
        return model.name, model.label

    @display(description=gettext_lazy("calls, last hour"))
    def calls(self, model: Any) -> int:
        """Return how often it was called."""
        return model.health.calls if model.health else 0

    @display(description=gettext_lazy("failed"))
    def failures(self, model: Any) -> str:
        """Return how many calls failed, with their share."""
        health = model.health
        return f"{health.failed} ({health.failed / health.calls:.0%})" if health and health.failed else "0"

    @display(description=gettext_lazy("answers in, median · 95 %"))
    def pace(self, model: Any) -> str:
        """Return how long whole answers take."""
        health = model.health
        if not health or health.p50_ms is None:
            return "–"
        return f"{health.p50_ms / 1000:.1f} s · {health.p95_ms / 1000:.1f} s"

    @display(description=gettext_lazy("spent"))
    def spend(self, model: Any) -> str:
        """Return what it cost."""
        return f"${model.health.spend:.4f}" if model.health else "–"

    @admin.action(description=gettext_lazy("Activate"), permissions=["change"])
    def activate(self, request: HttpRequest, models: QuerySet[LanguageModel]) -> None:
        """Let studies use these models."""
        count = models.update(active=True)
        messages.success(request, _n("%d model is active.", "%d models are active.", count) % count)

    @admin.action(description=gettext_lazy("Deactivate"), permissions=["change"])
    def deactivate(self, request: HttpRequest, models: QuerySet[LanguageModel]) -> None:
        """Stop new calls to these models."""
        count = models.update(active=False)
        messages.success(
            request, _n("%d model is not active now.", "%d models are not active now.", count) % count
        )

    @admin.action(description=gettext_lazy("Copy"), permissions=["add"])
    def copy(self, request: HttpRequest, models: QuerySet[LanguageModel]) -> None:
        """Make inactive copies, to be changed and tested before they are used."""
        for model in models:
            names = (f"{model.name[:52]}-copy{n or ''}" for n in range(10_000))
            model.name = next(name for name in names if not LanguageModel.objects.filter(name=name).exists())
            model.pk, model.active, model._state.adding = None, False, True
            model.save(force_insert=True)
            messages.success(request, _("“%(name)s” is a copy, not active yet.") % {"name": model.name})

    @action(description=gettext_lazy("Test this model"), url_path="test", permissions=["change"])
    def test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the page that asks a model one question (a link may not spend money, the page's button may)."""
        return show_test(self, request, object_id)


class ReadOnly(ModelAdmin):
    """Rows to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: the gateway writes these."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: the ledger is not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: money is counted from these rows."""
        return False


@admin.register(Call)
class CallAdmin(ReadOnly):
    """The ledger of calls."""

    list_display = [
        "id",
        "started_at",
        "model",
        "purpose",
        "shown_state",
        "attempt",
        "first_ms",
        "total_ms",
        "cost",
    ]
    list_filter = ["state", "error", "purpose", "model"]
    list_select_related = ["model"]
    search_fields = ["subject", "error_detail", "prompt_sha256", "text"]
    search_help_text = gettext_lazy("Words of the answer, a subject, the id of a study or a person")
    show_full_result_count = False
    list_fullwidth = True
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        """Leave the long columns out of the list."""
        rows = super().get_queryset(request)
        return rows if request.resolver_match and "object_id" in request.resolver_match.kwargs else rows.defer(
            "request", "text"
        )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Call], search_term: str
    ) -> tuple[QuerySet[Call], bool]:
        """Find by the id of a study or a person where the term is one, else by words."""
        try:
            wanted = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term.replace("\x00", ""))
        return queryset.filter(Q(account=wanted) | Q(person=wanted) | Q(subject=str(wanted))), False

    @display(
        description=gettext_lazy("state"), label={"done": "success", "failed": "danger", "started": "info"}
    )
    def shown_state(self, call: Call) -> tuple[str, str]:
        """Return the state, with the kind of failure."""
        return call.state, call.error or call.get_state_display()


@admin.register(Account)
class AccountAdmin(ReadOnly):
    """Accounts and what they have spent."""

    list_display = ["id", "limit_usd", "per_person_usd", "spent_usd"]

    @display(description=gettext_lazy("spent or reserved"))
    def spent_usd(self, account: Account) -> str:
        """Return what its calls cost so far."""
        return f"${spent(account.id):.4f}"
