"""What holds in every test run: a database is there, and nothing but this machine is reached."""

import ipaddress
import sys
from typing import Any

from multivocal.embedded import ensure_database_url

# pytest-django reads the settings before any conftest.py is loaded, so this is a plugin (pyproject.toml: -p).
ensure_database_url()


class OutsideWorldError(AssertionError):
    """A test tried to reach something that is not on this machine."""


def is_loopback(host: str) -> bool:
    """Return whether ``host`` (a name or an address) is this machine."""
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    # An audit hook sees every connection Python makes, whatever library asked; libpq's are the database's.
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        host = host.decode() if isinstance(host, bytes) else host or ""
    else:
        return
    if isinstance(host, str) and not is_loopback(host):
        raise OutsideWorldError(f"a test tried to reach {host}; only this machine is allowed")


sys.addaudithook(_guard)
