"""Writing where pairs go: rows are only added, and each says by which policy, why, and how likely a person was."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotation.routing.models import Route, Run
from annotation.routing.screens import Pair, Place

_BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A route about to be written; fields are those of ``models.Route``."""

    item: Any
    unit: str
    phase: str
    to: str
    reason: str
    probability: float
    human_wanted: int = 0
    audit: bool = False
    double: bool = False
    features: Mapping[str, float | None] = field(default_factory=dict)
    ai_label: str | None = None
    ai_judge: str = ""
    p_ai: float | None = None
    p_human: float | None = None
    gain: float | None = None


def write_routes(*, run: Run, decisions: Iterable[Decision]) -> int:
    """Add routes, each superseding the pair's current one; return how many. With the run's lock held."""
    decisions = list(decisions)
    if not decisions:
        return 0
    now = timezone.now()
    with transaction.atomic():
        known = current_routes(run)
        places = {(one.item, one.unit) for one in decisions}
        old = [route.pk for place, route in known.items() if place in places]
        for start in range(0, len(old), _BATCH):
            Route.objects.filter(pk__in=old[start : start + _BATCH]).update(superseded_at=now)
        rows = []
        for one in decisions:
            before = known.get((one.item, one.unit))
            values = {**vars(one), "item_id": one.item, "features": dict(one.features)}
            del values["item"]
            number = before.number + 1 if before else 1
            rows.append(Route(run=run, number=number, policy_sha256=run.policy.sha256, **values))
        Route.objects.bulk_create(rows, batch_size=_BATCH)
    return len(rows)


def again(route: Route, **changes: Any) -> Decision:
    """Return a route's decision with some of it changed."""
    names = Decision.__dataclass_fields__
    values = {name: getattr(route, name) for name in names if name != "item"}
    return Decision(**{**values, "item": route.item_id, **changes})


def current_routes(run: Run, *more: Q) -> dict[Place, Route]:
    """Return the current route of every pair that has one, oldest first."""
    routes = Route.objects.filter(*more, run=run, superseded_at=None).order_by("pk")
    return {(route.item_id, route.unit): route for route in routes}


def coin(run: Run, what: str, pair: Pair) -> float:
    """Return a number from 0 to 1 that nobody can foresee without the study's salt, the same every time."""
    seed = run.policy.config["random_seed"]
    text = f"{run.study.salt}\x1f{what}\x1f{seed}\x1f{run.policy.sha256}\x1f{pair.name or pair.item}\x1f{pair.unit}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64
