"""What signed-in people may do: every study is reached through the roles its members hold."""

from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from multivocal.errors import Forbidden, NotFound
from multivocal.studies.models import Membership, Study

Role = Membership.Role


class Right(StrEnum):
    """What can be done with a study; roles are sets of these."""

    READ = "read"
    EDIT = "edit"
    PREVIEW = "preview"
    RUN = "run"
    PAUSE = "pause"
    WATCH = "watch"
    DATA = "data"
    PAY = "pay"
    MEMBERS = "members"


RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right) - {Right.PAY},
    Role.DESIGNER: frozenset({Right.READ, Right.EDIT, Right.PREVIEW, Right.RUN, Right.PAUSE, Right.WATCH}),
    Role.REVIEWER: frozenset({Right.READ, Right.PREVIEW}),
    Role.OPERATOR: frozenset({Right.READ, Right.PREVIEW, Right.PAUSE, Right.WATCH}),
    Role.ANALYST: frozenset({Right.READ, Right.DATA}),
    # Who pays sees who somebody is and where they stand; the configuration and the answers are not theirs.
    Role.PAYMENTS: frozenset({Right.PAY}),
}


def roles_with(right: Right) -> list[str]:
    """Return the roles that hold ``right``."""
    return [role for role, rights in RIGHTS.items() if right in rights]


def studies_for(user: Any, *rights: Right) -> QuerySet[Study]:
    """Return the studies in which ``user`` holds every one of ``rights`` (any role at all where none is named).

    A superuser has every study, everybody else those they are a member of; somebody not signed in has none.
    """
    if not getattr(user, "is_active", False) or not getattr(user, "is_staff", False):
        return Study.objects.none()
    if user.is_superuser:
        return Study.objects.all()
    studies = Study.objects.filter(pk__in=Membership.objects.filter(user=user).values("study"))
    for right in rights:
        held = Membership.objects.filter(user=user, role__in=roles_with(right))
        studies = studies.filter(pk__in=held.values("study"))
    return studies


def rights_in(user: Any, study: Study) -> frozenset[Right]:
    """Return everything ``user`` may do in ``study``."""
    if not getattr(user, "is_active", False) or not getattr(user, "is_staff", False):
        return frozenset()
    if user.is_superuser:
        return frozenset(Right)
    roles = Membership.objects.filter(user=user, study=study).values_list("role", flat=True)
    return frozenset().union(*(RIGHTS[role] for role in roles))


def access_study(user: Any, slug: str, *rights: Right) -> Study:
    """Return the study ``slug`` for ``user``.

    Refuses with NotFound where the person has no role at all (a stranger learns nothing), with Forbidden where
    one of ``rights`` is missing.
    """
    study = studies_for(user).filter(slug=slug).first()
    if study is None:
        raise NotFound(_("There is no study “{slug}”, or you are not a member of it.").format(slug=slug))
    if missing := set(rights) - rights_in(user, study):
        raise Forbidden(
            _("Your role in this study does not include this: {right}.").format(right=sorted(missing)[0]),
            code="role_missing",
        )
    return study
