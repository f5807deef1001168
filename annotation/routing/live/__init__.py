"""The live view of a run: one function from its rows to numbers, for the page, the REST report and the command."""

import time
from typing import Any

from django.utils import timezone

from annotation.routing.live.drift import drift
from annotation.routing.live.estimates import estimates
from annotation.routing.live.facts import gather
from annotation.routing.live.judges import judges
from annotation.routing.live.methods import methods
from annotation.routing.live.money import counts, money, queue
from annotation.routing.live.parts import parts
from annotation.routing.live.quality import quality
from annotation.routing.models import Run


def report(run: Run) -> dict[str, Any]:
    """Return everything that can be said of a run by now; what cannot is ``{"refused": sentence}`` in its place."""
    began = time.perf_counter()
    facts = gather(run)
    machines, cash = judges(facts), money(facts)
    policy, config = run.policy, facts.config
    found = {
        "run": {
            "id": str(run.pk),
            "stage": run.stage,
            "state": run.state,
            "reason": run.reason,
            "sentence": run.sentence,
            "started_at": run.started_at.isoformat() if run.started_at else None,
            "ended_at": run.ended_at.isoformat() if run.ended_at else None,
            "forecast": run.forecast,
        },
        "policy": {
            "name": policy.name,
            "version": policy.version,
            "sha256": policy.sha256,
            "config": config.model_dump(mode="json"),
        },
        "counts": counts(facts),
        "money": cash,
        "queue": queue(facts),
        "quality": quality(facts),
        "estimates": estimates(facts),
        "judges": machines,
        "drift": drift(facts),
        "parts": parts(facts),
        "methods": methods(facts, machines, cash),
        "at": timezone.now().isoformat(),
    }
    return found | {"seconds": time.perf_counter() - began}
