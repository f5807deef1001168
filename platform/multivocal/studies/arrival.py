"""Arriving: recruitment ids leave the address at once and wait, signed, in a cookie until somebody presses start."""

import re
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from multivocal.domain.identifiers import new_token
from multivocal.errors import Invalid

LASTS = 30 * 24 * 3600
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,127}")
# source → (person, study, session) as the recruiter writes them
_PARAMETERS = {
    "prolific": ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID"),
    "mturk": ("workerId", "hitId", "assignmentId"),
    "link": ("participant", "", ""),
}
KNOWN = frozenset(name for names in _PARAMETERS.values() for name in names if name)


@dataclass(frozen=True)
class Arrival:
    """Who stands at the door, in the recruiter's words."""

    source: str
    external_id: str
    external_study: str = ""
    external_session: str = ""

    @property
    def simulated(self) -> bool:
        """Whether this is a bot of ours: ``participant=sim-…``. Saying so costs a person only their data's use."""
        return self.source == "link" and self.external_id.startswith("sim-")


def read_arrival(query: QueryDict) -> Arrival | None:
    """Return the arrival named by an address, None where there is none; odd or long ids are refused."""
    for source, names in _PARAMETERS.items():
        if names[0] in query:
            return Arrival(source, *(_read_id(query, name) for name in names))
    return None


def anonymous_arrival() -> Arrival:
    """Return a random identity for a browser that came by the bare link."""
    return Arrival("anonymous", new_token())


def _read_id(query: QueryDict, name: str) -> str:
    if not name or name not in query:
        return ""
    values = query.getlist(name)
    if len(values) != 1 or not _ID.fullmatch(values[0]) or values[0] == "ASSIGNMENT_ID_NOT_AVAILABLE":
        raise Invalid(
            _(
                "The link that brought you here does not look right. "
                "Open the study again from the place where you found it."
            ),
            code="odd_arrival",
            fields={name: _("This is not an id the server can read.")},
        )
    return values[0]


def cookie_name(slug: str) -> str:
    """Return the name of the cookie with a study's arrival."""
    return f"mv_arrival_{slug}"


def set_arrival_cookie(response: HttpResponseBase, slug: str, arrival: Arrival) -> None:
    """Keep the arrival in the browser, signed, for this study's pages only."""
    response.set_cookie(
        cookie_name(slug),
        signing.dumps(asdict(arrival), salt=f"arrival:{slug}"),
        max_age=LASTS,
        path=f"/s/{slug}/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def kept_arrival(cookies: dict[str, str], slug: str) -> Arrival | None:
    """Return the arrival from the cookie; a forged, foreign or old one counts as none."""
    try:
        return Arrival(
            **signing.loads(cookies.get(cookie_name(slug), ""), salt=f"arrival:{slug}", max_age=LASTS)
        )
    except (signing.BadSignature, TypeError):
        return None
