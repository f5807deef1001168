"""How fast one browser may act: a bucket of tokens per key, in this process, that refills by the second."""

import time
from collections.abc import Callable, Hashable

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


class Pacing:
    """Middleware: posts of one participant's browser are taken at a person's pace, before they cost a query.

    Behind it, one person's posts queue on their row: without it, they could hold every thread of the process.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or answer 429."""
        place = request.path_info.split("/")
        if request.method == "POST" and len(place) > 2 and place[1] == "s":
            token = request.COOKIES.get(f"mv_session_{place[2]}", "")
            if token:
                try:
                    posts.take(token)
                except Busy as refusal:
                    return answer_refusal(request, refusal)
        return self.get_response(request)
