"""How long somebody looked at a screen, by the server's clock: its page carries when it was first painted, signed."""

from datetime import UTC, datetime
from typing import Any

from django.core import signing

SALT = "comparison.painted"


def painted_stamp(screen: str, now: datetime) -> str:
    """Return what a page of ``screen`` carries in its field ``painted``."""
    return signing.Signer(salt=SALT).sign(f"{screen}/{int(now.timestamp() * 1000):x}")


def painted_at(stamp: Any, screen: str, earliest: datetime | None, now: datetime) -> datetime | None:
    """Return when the page behind ``stamp`` was painted; when the screen was handed out, where it says nothing true."""
    try:
        named, _, moment = signing.Signer(salt=SALT).unsign(str(stamp or "")).rpartition("/")
        found = datetime.fromtimestamp(int(moment, 16) / 1000, UTC)
    except (signing.BadSignature, ValueError, OverflowError):
        return earliest
    if named != screen or found > now or (earliest is not None and found < earliest):
        return earliest
    return found
