"""A model's answers in both orders, pair by pair, from its judgements."""

from typing import Any

from annotation.protocols.annotators.making import settings_of
from annotation.protocols.models import AiAnnotator, Judgement
from annotation.protocols.registry import ProtocolConfig, Shown, protocols
from annotation.statistics.flips import BothOrders, OrderOutcomes, Outcome, order_outcomes

RESAMPLES = 2000
_SIGN: dict[str, Outcome] = {"a": 1, "b": -1, "tie": 0}
_SCREEN = ("item_id", "unit", "sample", "order_row", "slots", "seed", "item__units")
_FIELDS = ("payload", "no_answer", "state", *(f"presentation__{name}" for name in _SCREEN))
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
    screens: dict[Any, dict[int, dict[str, Any]]] = {}
    judged = Judgement.objects.filter(annotator=annotator, superseded_at=None)
    for one in judged.order_by("presentation__position").values(*_FIELDS):
        place = tuple(one[f"presentation__{name}"] for name in ("item_id", "unit", "sample"))
        screens.setdefault(place, {})[one["presentation__order_row"] or 0] = one
    rows = []
    for (item, *_rest), orders in screens.items():
        if len(orders) == 2:
            straight, swapped = (_preferred(config, orders[row]) for row in (0, 1))
            if straight is None or swapped is None:
                rows.append(BothOrders(str(item), None, None))
            else:
                # A pair of which only one of the two answers speaks (neither was the best) says nothing of orders.
                shared = [pair for pair in straight if pair in swapped]
                rows += [BothOrders(str(item), straight[pair], swapped[pair]) for pair in shared]
    return rows


def _preferred(config: ProtocolConfig, judged: dict[str, Any]) -> Preferred | None:
    """Return what a judgement says of each pair; None where it is no answer."""
    if judged["no_answer"] or judged["state"] != Judgement.State.OK:
        return None
    where = {slot["slot"]: slot["stimulus"] for slot in judged["presentation__slots"]}
    units = tuple(judged["presentation__item__units"] or ())
    shown = Shown(tuple(where), units=units, seed=judged["presentation__seed"])
    protocol = protocols()[config.kind]
    response = protocol.response.model_validate(judged["payload"])
    places = list(where)
    found: Preferred = {}
    for one in protocol.preferences(config, response, shown):
        sign = _SIGN[one.outcome]
        first, second = (one.a, one.b) if places.index(one.a) < places.index(one.b) else (one.b, one.a)
        ahead: Outcome = sign if first == one.a else -sign  # type: ignore[assignment]
        found[frozenset((where[first], where[second]))] = ahead
    return found
