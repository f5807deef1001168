"""Best–worst scaling: of several answers the best and the worst, and nothing about those between."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _

from annotation.protocols.forms import known, words
from annotation.protocols.orders import over
from annotation.protocols.registry import Protocol, ProtocolConfig, Say
from annotation.protocols.shapes import Preference, Shown
from multivocal.domain.shapes import Shape


class BestWorstConfig(ProtocolConfig):
    """Choose the best and the worst answer."""

    kind: Literal["best_worst"] = "best_worst"


class BestWorstResponse(Shape):
    """Two different slots."""

    best: str
    worst: str


def check(config: BestWorstConfig, response: BestWorstResponse, shown: Shown) -> Mapping[str, str]:
    """Return what keeps best and worst from being two different answers on the page."""
    given = {"best": response.best, "worst": response.worst}
    wrong = {
        place: _("choose one of the answers on the page")
        for place, slot in given.items()
        if slot not in shown.slots
    }
    if not wrong and response.best == response.worst:
        wrong["worst"] = _("this answer is your best one; choose another as the worst")
    return wrong


def scores(config: BestWorstConfig, response: BestWorstResponse, shown: Shown) -> Mapping[str, float | None]:
    """Return 1 for the best, −1 for the worst, 0 between."""
    return {slot: float((slot == response.best) - (slot == response.worst)) for slot in shown.slots}


def preferences(config: BestWorstConfig, response: BestWorstResponse, shown: Shown) -> tuple[Preference, ...]:
    """Return the best above all others and all others above the worst: 2(K−2)+1 pairs."""
    between = [slot for slot in shown.slots if slot not in (response.best, response.worst)]
    last = [Preference(slot, response.worst, "a") for slot in between]
    return (*over(response.best, [*between, response.worst]), *last)


def read(config: BestWorstConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.best`` and ``answer.worst``."""
    return known({"best": words(form, "best"), "worst": words(form, "worst")})


def ask(config: BestWorstConfig, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    return (
        f"Of the responses {', '.join(shown.slots)} choose the best one and the worst one; they must differ.\n"
        'Answer with JSON and nothing else: {"best": "<letter>", "worst": "<letter>"}'
    )


PROTOCOL = Protocol(
    kind="best_worst",
    config=BestWorstConfig,
    response=BestWorstResponse,
    responses=(3, 8),
    template="kinds/best_worst/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
)
