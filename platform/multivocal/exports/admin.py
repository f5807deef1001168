"""Tokens and releases in the admin: a token is made here and shown once."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from multivocal.exports.models import ApiToken, Release, Scope
from multivocal.exports.tokens import LONGEST, make_token, revoke_token
from multivocal.studies.models import Membership, Study


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person says about a new token."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May"),
        choices=Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        initial=[Scope.READ],
    )

    class Meta:
        model = ApiToken
        fields = ("study", "name", "scopes", "expires_at")

    def clean_expires_at(self) -> Any:
        """Refuse an end in the past or more than a year away."""
        end = self.cleaned_data["expires_at"]
        if not timezone.now() < end <= timezone.now() + LONGEST:
            raise forms.ValidationError(_("Give a time in the future, at most a year away."))
        return end


def _owned(request: HttpRequest) -> QuerySet[Study]:
    if request.user.is_superuser:  # type: ignore[union-attr]
        return Study.objects.all()
    mine = Membership.objects.filter(user=request.user, role=Membership.Role.OWNER)  # type: ignore[misc]
    return Study.objects.filter(pk__in=mine.values("study_id"))


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """Owners make and revoke tokens of their studies; nobody sees a secret twice, nothing is edited."""

    form = TokenForm
    list_display: ClassVar = ("name", "study", "start", "may", "expires_at", "revoked_at", "last_used_on")
    actions: ClassVar = ["revoke"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        """Return the tokens of the caller's studies."""
        return super().get_queryset(request).filter(study__in=_owned(request)).select_related("study")

    @admin.display(description=gettext_lazy("may"))
    def may(self, token: ApiToken) -> str:
        """Return what the token may do, in words."""
        return ", ".join(str(Scope(scope).label) for scope in token.scopes)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """Offer one way to save: the secret follows on the next page."""
        one = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, {**(extra_context or {}), **one})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Leave out the links to make or change a study beside the choice of one."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "study":
            for name in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{name}_related", False)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the caller's studies only."""
        if db_field.name == "study":
            kwargs["queryset"] = _owned(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Suggest ninety days."""
        return {"expires_at": timezone.now() + timedelta(days=90)}

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Make the token and show its secret, this once."""
        given = form.cleaned_data
        made, secret = make_token(
            study=given["study"],
            name=given["name"],
            scopes=given["scopes"],
            expires_at=given["expires_at"],
            user=request.user,  # type: ignore[arg-type]
        )
        obj.pk = made.pk
        # For this answer alone: a message would wait in a cookie, and a page of its own could be opened again.
        obj.secret = secret  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> Any:
        """Show the new token, this once."""
        made = ApiToken.objects.select_related("study").get(pk=obj.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Copy the token now"),
            "token": made,
            "secret": obj.secret,  # type: ignore[attr-defined]
            "may": [Scope(scope).label for scope in made.scopes],
            "address": request.build_absolute_uri(reverse("api-datasets", args=[made.study.slug])),
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/exports/token_made.html", context)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the tokens to owners of a study."""
        return request.user.is_staff and _owned(request).exists()  # type: ignore[union-attr]

    def has_view_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Owners see their studies' tokens."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Owners make tokens."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """A token is never edited; the list needs this for its actions."""
        return obj is None and self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """A token is revoked, not deleted: who had which stays known."""
        return False

    @admin.action(description=gettext_lazy("Revoke"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """End the chosen tokens now."""
        for token in queryset:
            revoke_token(token=token, user=request.user)  # type: ignore[arg-type]
        messages.success(request, _("Revoked."))


@admin.register(Release)
class ReleaseAdmin(ModelAdmin):
    """Releases to look at; they are asked for over the interface or the command line."""

    list_display: ClassVar = ("study", "profile", "state", "requested_at", "cut_at", "requested_by")
    list_filter: ClassVar = ("state", "profile")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is made here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        """A release is immutable."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        """What was taken stays known."""
        return False
