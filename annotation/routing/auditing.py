"""Audits on the spot: more of the labels models keep go to a person, by lot, and every pair's chance says so."""

import random
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from annotation.routing.models import Run
from annotation.routing.routes import again, current_routes, write_routes
from annotation.routing.screens import ground_of
from annotation.routing.spending import lock_run, room, set_aside
from multivocal.errors import Conflict, Invalid
from multivocal.studies.audit import record_event

MOST = 500


def audit_now(*, run: Run, number: int, user: Any = None) -> int:
    """Send ``number`` labels that models keep to a person each, drawn at random; return how many.

    The chance of a person's label of all that models keep, audited before or not, becomes π + (1 − π)·n/m, so that
    estimates stay as they should. Conflict where there is nothing to audit or no money for it.
    """
    if not 1 <= number <= MOST:
        raise Invalid(_("Audit 1 to {n} items at a time.").format(n=MOST), fields={"number": str(number)})
    ground = ground_of(run)
    with transaction.atomic():
        lock_run(run)
        run.refresh_from_db()
        if run.state != Run.State.LABELLING:
            raise Conflict(
                _("Items can be audited while people label what was routed."), code="not_labelling"
            )
        routes = list(current_routes(run).values())
        kept = [route for route in routes if route.to == "ai"]
        if not kept:
            raise Conflict(_("No model keeps a label that is not audited yet."), code="nothing_to_audit")
        number = min(number, len(kept))
        if room(run, ground) < number:
            raise Conflict(
                _("There is no money for {n} more labels of people.").format(n=number), code="budget"
            )
        # Nobody may foresee which: not from the policy's seed, nor from audits before.
        chosen = {route.pk for route in random.SystemRandom().sample(kept, number)}
        share = number / len(kept)
        decisions = []
        for route in routes:
            if route.to != "ai" and not route.audit:
                continue
            chance = route.probability + (1 - route.probability) * share
            more = (
                {"to": "both", "reason": "audit", "audit": True, "human_wanted": route.human_wanted + 1}
                if route.pk in chosen
                else {}
            )
            decisions.append(again(route, probability=min(1.0, chance), **more))
        write_routes(run=run, decisions=decisions)
        set_aside(run, ground)
        detail = {"run": str(run.pk), "labels": number, "of": len(kept)}
        record_event(study=run.study, user=user, verb="routing audited", detail=detail)
    return number
