"""Bearer tokens: made (shown once), checked at every request, revoked."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from multivocal.errors import Invalid
from multivocal.exports.models import ApiToken, Scope
from multivocal.studies.audit import record_event
from multivocal.studies.models import Study

PREFIX = "mv_"
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class TokenCaller:
    """Whoever holds a token: known, but no person."""

    token: ApiToken
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True
    is_staff: ClassVar[bool] = False
    is_superuser: ClassVar[bool] = False
    pk: ClassVar[None] = None

    def __str__(self) -> str:
        return str(self.token)


def hashed(secret: str) -> str:
    """Return the sha256 of a token. It holds 256 random bits, so a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def make_token(
    *, study: Study, name: str, scopes: list[str], expires_at: datetime, user: User | None
) -> tuple[ApiToken, str]:
    """Store a new token for ``study`` and return it with its secret, which nobody can see again.

    Raises ``Invalid`` for unknown scopes, no scope, or an end in the past or more than a year away.
    """
    fields: dict[str, str] = {}
    if not name.strip():
        fields["name"] = _("Say what the token is for.")
    if not scopes or set(scopes) - set(Scope.values):
        fields["scopes"] = _("Give at least one of: {scopes}.").format(scopes=", ".join(Scope.values))
    if not timezone.now() < expires_at <= timezone.now() + LONGEST:
        fields["expires_at"] = _("Give a time in the future, at most a year away.")
    if fields:
        raise Invalid(_("The token was not made."), fields=fields)
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            study=study,
            name=name.strip(),
            start=secret[:8],
            token_hash=hashed(secret),
            scopes=sorted(set(scopes)),
            created_by=user,
            expires_at=expires_at,
        )
        detail = {"name": token.name, "start": token.start, "may": ", ".join(token.scopes)}
        record_event(study=study, user=user, verb="token made", detail={**detail, "expires": expires_at})
    return token, secret


def revoke_token(*, token: ApiToken, user: User | None = None) -> None:
    """End a token now; a second time changes nothing."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            detail = {"name": token.name, "start": token.start}
            record_event(study=token.study, user=user, verb="token revoked", detail=detail)


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer mv_…``; any other scheme is left to the next way of signing in."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        """Return the caller and the token, None without a bearer header, or refuse with a 401."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("Send the token as “Authorization: Bearer …”."), code="not_known")
        token = (
            ApiToken.objects.select_related("study")
            .filter(token_hash=hashed(parts[1].decode("latin-1")))
            .first()
        )
        if token is None:
            raise AuthenticationFailed(_("This token is not known here."), code="not_known")
        if token.revoked_at is not None:
            raise AuthenticationFailed(_("This token was revoked. Ask for a new one."), code="revoked")
        now = timezone.now()
        if token.expires_at <= now:
            message = _("This token expired on {day}. Ask for a new one.").format(day=token.expires_at.date())
            raise AuthenticationFailed(message, code="expired")
        # To the day: enough to find forgotten tokens, and one write a day instead of one a request.
        if token.last_used_on != now.date():
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=now.date())
        return TokenCaller(token), token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401 answer."""
        return 'Bearer realm="multivocal"'


class BearerScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names the tokens."""

    target_class = "multivocal.exports.tokens.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the security scheme of OpenAPI."""
        return {"type": "http", "scheme": "bearer", "description": "A token made in the admin for one study."}
