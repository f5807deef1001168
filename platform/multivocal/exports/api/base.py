"""What every address of the interface shares: any Accept header, no parameter it does not know."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from multivocal.errors import Invalid
from multivocal.exports.access import access_study
from multivocal.exports.models import ApiToken
from multivocal.studies.models import Study


class OneAnswer(BaseContentNegotiation):
    """The address says the format, so the Accept header is not asked."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """Return the parser for the content type of ``request``, or None where there is none."""
        from rest_framework.utils.mediatypes import media_type_matches

        return next((p for p in parsers if media_type_matches(p.media_type, request.content_type)), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the one renderer there is."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class ApiView(APIView):
    """An address of the interface; ``parameters`` are the query parameters it knows (None: it checks itself)."""

    content_negotiation_class = OneAnswer
    parameters: ClassVar[tuple[str, ...] | None] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who calls, then that nothing is asked which would be ignored."""
        super().initial(request, *args, **kwargs)
        if self.parameters is None:
            return
        known = ", ".join(self.parameters) or _("none")
        unknown = _("This parameter is not known here. Known: {known}.").format(known=known)
        fields = {name: unknown for name in request.query_params if name not in self.parameters}
        for name, values in request.query_params.lists():
            if len(values) > 1 and name not in fields:
                fields[name] = _("Give this parameter once.")
        if fields:
            raise Invalid(_("Some of the parameters cannot be used."), fields=fields)

    def study(self, request: Request, slug: str, scope: str) -> Study:
        """Return the study if the caller has ``scope`` there, else refuse."""
        return access_study(request.user, token_of(request), slug, scope)


def token_of(request: Request) -> ApiToken | None:
    """Return the token that signed ``request``, None for a signed-in person."""
    return request.auth if isinstance(request.auth, ApiToken) else None
