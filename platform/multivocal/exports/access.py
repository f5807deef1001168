"""Which studies' data a caller may take, by token or by role."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from multivocal.errors import Forbidden, NotFound
from multivocal.exports.models import ApiToken, Scope
from multivocal.studies.models import Membership, Study

_ROLES: dict[str, tuple[str, ...]] = {
    Scope.READ: (Membership.Role.OWNER, Membership.Role.ANALYST),
    Scope.IDENTIFIED: (Membership.Role.OWNER, Membership.Role.PAYMENTS),
    Scope.RELEASE: (Membership.Role.OWNER, Membership.Role.ANALYST),
}


def readable_studies(caller: Any, token: ApiToken | None) -> QuerySet[Study]:
    """Return the studies whose data ``caller`` may read, by slug."""
    studies = Study.objects.order_by("slug")
    if token is not None:
        return studies.filter(pk=token.study_id) if Scope.READ in token.scopes else studies.none()
    if caller.is_superuser:
        return studies
    mine = Membership.objects.filter(user=caller, role__in=_ROLES[Scope.READ])
    return studies.filter(pk__in=mine.values("study_id"))


def access_study(caller: Any, token: ApiToken | None, slug: str, scope: str) -> Study:
    """Return the study, or refuse: 404 to strangers, 403 naming what is missing to those who are in it."""
    study = Study.objects.filter(slug=slug).first()
    unknown = NotFound(_("There is no study “{slug}”, or it is not yours to see.").format(slug=slug[:63]))
    if study is None:
        raise unknown
    if token is not None:
        if token.study_id != study.id:
            raise unknown
        if scope not in token.scopes:
            raise Forbidden(_("This token may not do that. It needs “{scope}”.").format(scope=scope))
        return study
    if caller.is_superuser:
        return study
    roles = set(Membership.objects.filter(study=study, user=caller).values_list("role", flat=True))
    if not roles:
        raise unknown
    if not roles & set(_ROLES[scope]):
        raise Forbidden(
            _("Your role in this study does not include this. It needs one of: {roles}.").format(
                roles=", ".join(_ROLES[scope])
            )
        )
    return study
