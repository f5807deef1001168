"""The one tree of refusals: a code for programs, a sentence for people, and the places it is about."""

from typing import Any


class Refused(Exception):
    """A request that is understood and declined; nothing was changed.

    ``code`` is stable and lower case, ``message`` a sentence for a person,
    ``fields`` maps a place to its reason.
    """

    status = 400
    code = "refused"

    def __init__(
        self, message: str, *, code: str | None = None, fields: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields = fields or {}

    def as_json(self) -> dict[str, Any]:
        """Return ``{"code", "message", "fields"}``, the body of every error answer."""
        return {"code": self.code, "message": self.message, "fields": self.fields}


class Invalid(Refused):
    """The input does not have the shape it must have."""

    code = "invalid"


class NotKnown(Refused):
    """Who you are is not known: no session, or an expired or foreign link or token."""

    status = 401
    code = "not_known"


class Forbidden(Refused):
    """You are known and may not do this."""

    status = 403
    code = "forbidden"


class NotFound(Refused):
    """There is no such thing, or it is not yours to see."""

    status = 404
    code = "not_found"


class Conflict(Refused):
    """The thing has moved on since you looked."""

    status = 409
    code = "conflict"


class Gone(Refused):
    """It was here and is not any more."""

    status = 410
    code = "gone"


class TooLarge(Refused):
    """The input is larger than this place takes."""

    status = 413
    code = "too_large"


class WrongType(Refused):
    """The content type is not one this place reads."""

    status = 415
    code = "wrong_type"


class Unprocessable(Refused):
    """The form was understood; some answers need another look."""

    status = 422
    code = "unprocessable"


class Busy(Refused):
    """Too much at once; try again in a moment."""

    status = 429
    code = "busy"


class Unavailable(Refused):
    """Something this needs is not there just now."""

    status = 503
    code = "unavailable"
