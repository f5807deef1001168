"""A model's answers in both orders, pair by pair, from its judgements."""

from typing import Any

from annotation.protocols.annotators.making import settings_of
from annotation.protocols.models import AiAnnotator, Judgement, Presentation
from annotation.protocols.registry import ProtocolConfig, Shown, protocols
from annotation.statistics.flips import BothOrders, OrderOutcomes, Outcome, order_outcomes

RESAMPLES = 2000
_SIGN: dict[str, Outcome] = {"a": 1, "b": -1, "tie": 0}
_FIELDS = (
    "pk",
    "item_id",
    "unit",
    "sample",
    "order_row",
    "slots",
    "seed",
    "item__units",
    "item__external_id",
)
Preferred = dict[frozenset[str], Outcome]
"""Two responses → whether the one that stood first was preferred."""


def outcomes_of(annotator: AiAnnotator) -> OrderOutcomes | None:
    """Return how an annotator's answers in the two orders go together; None where it is asked in one order alone."""
    pairs = both_orders(annotator)
    return order_outcomes(pairs, resamples=RESAMPLES) if pairs else None


def both_orders(annotator: AiAnnotator) -> list[BothOrders]:
    """Return a row for every pair of responses on a screen that was asked about in both orders by now.

    A screen with a judgement in one order alone is not counted yet; where one of the two failed, could not be read or
    is a refusal, the screen is one row without an answer.
    """
    _rubric, config, _params = settings_of(annotator)
    judged: dict[Any, Any] = {
        j["presentation_id"]: j
        for j in Judgement.objects.filter(annotator=annotator, superseded_at=None).values(
            "presentation_id", "payload", "no_answer", "state"
        )
    }
    screens: dict[Any, dict[int, tuple[dict[str, Any], dict[str, Any]]]] = {}
    for one in Presentation.objects.filter(annotator=annotator).order_by("position").values(*_FIELDS):
        if one["pk"] in judged:
            place = (one["item_id"], one["unit"], one["sample"])
            screens.setdefault(place, {})[one["order_row"] or 0] = (one, judged[one["pk"]])
    rows = []
    for (item, *_rest), orders in screens.items():
        if len(orders) == 2:
            straight, swapped = (_preferred(config, *orders[row]) for row in (0, 1))
            if straight is None or swapped is None:
                rows.append(BothOrders(str(item), None, None))
            else:
                # A pair of which only one of the two answers speaks (neither was the best) says nothing of orders.
                shared = [pair for pair in straight if pair in swapped]
                rows += [BothOrders(str(item), straight[pair], swapped[pair]) for pair in shared]
    return rows


def _preferred(config: ProtocolConfig, screen: dict[str, Any], judgement: dict[str, Any]) -> Preferred | None:
    """Return what a judgement says of each pair; None where it is no answer."""
    if judgement["no_answer"] or judgement["state"] != Judgement.State.OK:
        return None
    where = {slot["slot"]: slot["stimulus"] for slot in screen["slots"]}
    shown = Shown(tuple(where), units=tuple(screen["item__units"] or ()), seed=screen["seed"])
    protocol = protocols()[config.kind]
    response = protocol.response.model_validate(judgement["payload"])
    places = list(where)
    found: Preferred = {}
    for one in protocol.preferences(config, response, shown):
        sign = _SIGN[one.outcome]
        first, second = (one.a, one.b) if places.index(one.a) < places.index(one.b) else (one.b, one.a)
        ahead: Outcome = sign if first == one.a else -sign  # type: ignore[assignment]
        found[frozenset((where[first], where[second]))] = ahead
    return found
