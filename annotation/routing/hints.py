"""Where a policy says verify: people see a model's label beside their screen, and theirs is kept as another kind."""

from collections.abc import Sequence
from uuid import UUID

from annotation.protocols.models import Presentation
from annotation.routing.models import Hint, Route, Run
from annotation.routing.routes import current_routes

# Audits, the seed and what rules keep for people are never swayed; nor is whoever settles a disagreement.
_UNSWAYED = frozenset({"seed", "early", "must_human", "audit", "sample", "third", "no_answer"})


def write_hints(run: Run, screens: Sequence[Presentation]) -> None:
    """Write which of a person's new screens come with a model's label. In the transaction that draws them."""
    routes = current_routes(run)
    hints = []
    for screen in screens:
        route = routes.get((screen.item_id, screen.unit))
        if route is not None and screen.role == Presentation.Role.MAIN and shows_label(route):
            hints.append(Hint(presentation=screen, route=route, label=route.ai_label or ""))
    Hint.objects.bulk_create(hints)


def shows_label(route: Route) -> bool:
    """Return whether a person who gets a route's screen sees the model's label."""
    return (
        route.to == Route.To.HUMAN
        and route.ai_label is not None
        and not route.audit
        and route.reason not in _UNSWAYED
    )


def hint(presentation: UUID) -> str:
    """Return the letter of the answer a model prefers on a screen, or ``tie``; empty where nothing is shown."""
    found = Hint.objects.filter(presentation=presentation).select_related("presentation__item").first()
    if found is None or found.label == "tie":
        return found.label if found else ""
    shown = {one["stimulus"]: one["slot"] for one in found.presentation.slots}
    order = found.presentation.item.stimuli.filter(pk__in=list(shown)).order_by("number", "pk")
    first, second = (shown[str(one.pk)] for one in order)
    return first if found.label == "a" else second
