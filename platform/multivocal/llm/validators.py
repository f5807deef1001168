"""What may stand in a language model's row: addresses, names of variables, parameters."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*\Z")

# The gateway decides these itself; a row that could set them could change what is asked, or of whom.
RESERVED_PARAMETERS = frozenset(
    {
        "model",
        "messages",
        "stream",
        "stream_options",
        "n",
        "api_key",
        "extra_headers",
        "extra_body",
        "extra_query",
    }
)


def is_loopback(host: str) -> bool:
    """Return whether ``host`` is this machine itself (``localhost`` or a loopback address)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_in_the_clear(base_url: str) -> bool:
    """Return whether prompts and keys to ``base_url`` would cross a network unencrypted."""
    parts = urlsplit(base_url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def validate_base_url(value: str) -> None:
    """Refuse what is not a plain http(s) address: no credentials, no query, no fragment."""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise ValidationError(
            _("Give the address of the endpoint, like https://models.example/v1.")
        ) from None
    if parts.scheme not in {"http", "https"} or not host or re.search(r"[\s\x00-\x1f]", value):
        raise ValidationError(_("Give the address of the endpoint, like https://models.example/v1."))
    if "@" in parts.netloc:
        raise ValidationError(
            _("An address may not carry a user name or password. Put the key into an environment variable.")
        )
    if parts.query or parts.fragment:
        raise ValidationError(
            _("An address may not carry a “?” or “#” part: keys in addresses end up in logs.")
        )


def validate_variable(value: str) -> None:
    """Refuse what is not the name of an environment variable; a pasted key is refused, not repeated."""
    if not _VARIABLE.match(value):
        raise ValidationError(
            _("Give the name of an environment variable (like ACME_API_KEY), never the key itself."),
            code="variable",
        )


def validate_parameters(value: Any) -> None:
    """Refuse what is not a JSON object of request parameters, or names something the gateway sets itself."""
    if not isinstance(value, dict):
        raise ValidationError(_('Parameters are a JSON object, like {"temperature": 1.0}.'))
    for name in sorted(RESERVED_PARAMETERS & value.keys()):
        raise ValidationError(_("“%(name)s” is not a parameter you can set here."), params={"name": name})
    for name in ("max_tokens", "max_completion_tokens"):
        number = value.get(name)
        if name in value and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise ValidationError(_("“%(name)s” is a whole number of at least 1."), params={"name": name})
