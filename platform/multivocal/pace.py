"""How fast one browser may act: a bucket of tokens per key, in this process, that refills by the second."""

import ipaddress
import time
from collections.abc import Callable, Hashable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from multivocal.errors import Busy
from multivocal.refusals import answer_refusal

# A person with one hand stays far below; a script that plays a person quickly just fits.
BURST, PER_SECOND = 120, 20.0
_MOST_KEYS = 20_000


class Pace:
    """Buckets by key; a key that was not seen for a while has a full one and takes no memory."""

    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self.burst, self.per_second = burst, per_second
        self.buckets: dict[Hashable, tuple[float, float]] = {}

    def take(self, key: Hashable) -> None:
        """Take one token of ``key``'s bucket, or refuse (Busy) where it is empty."""
        now = time.monotonic()
        left, at = self.buckets.get(key, (float(self.burst), now))
        left = min(self.burst, left + (now - at) * self.per_second)
        if len(self.buckets) >= _MOST_KEYS:
            self._forget(now)
        if left < 1:
            self.buckets[key] = (left, now)
            raise Busy(
                _("This was too much at once. Wait a moment, then go on; what you sent before is saved."),
                code="too_fast",
            )
        self.buckets[key] = (left - 1, now)

    def _forget(self, now: float) -> None:
        full_after = self.burst / self.per_second
        self.buckets = {k: held for k, held in self.buckets.items() if now - held[1] < full_after}


posts = Pace()
actions = Pace()
# A lecture hall behind one address starts within seconds; a script that makes up people runs dry soon.
starts = Pace(burst=300, per_second=1.0)


def address_of(request: HttpRequest) -> str:
    """Return where ``request`` came from: in production what the proxy in front wrote last; IPv6 to its /64.

    "" is this machine itself (bots, health, a proxy that tells no address), which is not limited.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.PRODUCTION:
        # The proxy appends whom it saw; what stands before was written by whoever asked, and may be made up.
        told = request.headers.get("X-Forwarded-For", told).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(told.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            network = ipaddress.ip_network((address, 64), strict=False)
            return "" if address.is_loopback else str(network)
        address = address.ipv4_mapped
    return "" if address.is_loopback else str(address)


class Pacing:
    """Middleware: posts of one browser, and starts from one address, at people's pace, before they cost a query.

    Behind it, one person's posts queue on their row: without it, they could hold every thread of the process.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or answer 429."""
        place = request.path_info.split("/")
        if request.method == "POST" and len(place) > 2 and place[1] == "s":
            token = request.COOKIES.get(f"mv_session_{place[2]}", "")
            try:
                if token:
                    posts.take(token)
                if place[3:] == ["start", ""] and (address := address_of(request)):
                    starts.take((place[2], address))
            except Busy as refusal:
                return answer_refusal(request, refusal)
        return self.get_response(request)
