"""A run's money: what judges and people cost so far, what is promised, and the cap that nothing passes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from annotation.protocols.annotators.asking import PURPOSE
from annotation.protocols.comparison.places import silent_since
from annotation.routing.models import Run
from annotation.routing.policies import config_of
from annotation.routing.screens import Ground, Place, ground_of
from multivocal.llm.requests import ChatRequest

_LOCK_SPACE = 1919907188  # of advisory locks: this app's own
# Fewer calls than this since the last settling are summed as they are.
_SETTLE_AFTER = 200
NO_LIMIT = 10**9


@dataclass(frozen=True)
class Spent:
    """US dollars: paid to endpoints, paid to people, and held for calls on their way and screens people have."""

    ai: Decimal
    human: Decimal
    open: Decimal

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.ai + self.human + self.open


@dataclass(frozen=True)
class Places:
    """Screens of one pair that people have: ``given`` are judged and paid, ``open`` may still be."""

    given: int
    open: int


def lock_run(run: Run | UUID) -> None:
    """Make everything that spends a run's money queue until the transaction ends."""
    pk = run.pk if isinstance(run, Run) else run
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_SPACE, str(pk)])


TAGGING = "tag"
CANARY = "canary"
"""Purposes of calls that ask for tags, and that ask a judge again: their subject begins with the run's id."""

# A judge's call has its presentation as subject; other purposes' subjects are no ids.
_CALLS = """
    FROM (SELECT c.id, c.state, c.cost, c.reserved
            FROM llm_call c JOIN protocols_presentation p
              ON p.id = CASE WHEN c.purpose = %(purpose)s THEN c.subject::uuid END
            JOIN routing_runjudge r ON r.annotator_id = p.annotator_id AND r.run_id = %(run)s
           WHERE c.account = %(study)s AND c.purpose = %(purpose)s AND c.id > %(after)s
          UNION ALL
          SELECT c.id, c.state, c.cost, c.reserved FROM llm_call c
           WHERE c.account = %(study)s AND c.purpose IN ('tag', 'canary') AND c.id > %(after)s
             AND split_part(c.subject, ':', 1) = %(run)s::text) c"""


def _calls(run: Run, after: int) -> tuple[Decimal, Decimal, int, int, int | None]:
    """Return cost of finished calls, held by open ones, number, newest id, oldest open id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(c.cost) FILTER (WHERE c.state <> 'started'), 0),"
            " coalesce(sum(c.reserved) FILTER (WHERE c.state = 'started'), 0), count(*), coalesce(max(c.id), 0),"
            f" min(c.id) FILTER (WHERE c.state = 'started') {_CALLS}",
            {"purpose": PURPOSE, "run": run.pk, "study": run.study_id, "after": after},
        )
        row: tuple[Decimal, Decimal, int, int, int | None] = cursor.fetchone()
        return row


def spent(run: Run, ground: Ground | None = None) -> Spent:
    """Return what a run has spent and holds, from the ledger and the judgements themselves."""
    ai, held, *_rest = _calls(run, run.first_call)
    places = human_places(run, ground or ground_of(run)) if run.started_at else {}
    given = sum(one.given for one in places.values()) + run.erased
    still_open = sum(one.open for one in places.values())
    return Spent(ai, given * run.price_usd, held + still_open * run.price_usd)


_PEOPLE = """
    SELECT p.item_id, p.unit, count(*) FILTER (WHERE j.first BETWEEN %(started)s AND %(until)s),
           count(*) FILTER (WHERE j.first IS NULL AND e.withdrawn_at IS NULL AND e.status = 'active'
                              AND e.last_seen_at >= %(since)s AND p.created_at <= %(until)s)
      FROM protocols_presentation p JOIN studies_enrolment e ON e.id = p.enrolment_id
      LEFT JOIN LATERAL (SELECT min(given_at) AS first FROM protocols_judgement WHERE presentation_id = p.id) j ON true
     WHERE e.study_id = %(study)s AND NOT e.preview AND p.stage = %(stage)s AND p.protocol_id = %(protocol)s
       AND p.role = 'main' AND p.position IS NOT NULL
     GROUP BY 1, 2"""


def human_places(run: Run, ground: Ground) -> dict[Place, Places]:
    """Return the screens people judged while the run was there, and those of its time that they hold."""
    values = {
        "started": run.started_at,
        "until": run.until,
        "since": silent_since(ground.stage, timezone.now()),
        "study": run.study_id,
        "stage": run.stage,
        "protocol": ground.protocol.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        return {(item, unit): Places(given, held) for item, unit, given, held in cursor}


def wanted_places(run: Run) -> dict[Place, int]:
    """Return how many people each routed pair wants."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item_id, unit, human_wanted FROM routing_route"
            " WHERE run_id = %s AND superseded_at IS NULL AND human_wanted > 0",
            [run.pk],
        )
        return {(item, unit): wanted for item, unit, wanted in cursor}


def promised_labels(run: Run, ground: Ground) -> int:
    """Return how many labels of people are paid or promised: what a pair wants, or more where people have more."""
    places, wanted = human_places(run, ground), wanted_places(run)
    every: Mapping[Place, Any] = {**places, **wanted}
    none = Places(0, 0)
    return run.erased + sum(
        max(wanted.get(place, 0), places.get(place, none).given + places.get(place, none).open)
        for place in every
    )


def room(run: Run, ground: Ground) -> int:
    """Return how many more labels of people may be promised; negative where too many are.

    By money, and by the policy's own number of labels. Call it with the run's lock held.
    """
    budget = config_of(run.policy).budget
    promised = promised_labels(run, ground)
    ai, held, *_rest = _calls(run, run.first_call)
    left = budget.usd - ai - held - promised * run.price_usd
    limits = []
    if run.price_usd > 0:
        limits.append(int((left / run.price_usd).to_integral_value(ROUND_FLOOR)))
    if budget.human_labels is not None:
        limits.append(budget.human_labels - promised)
    return min(limits) if limits else NO_LIMIT


def set_aside(run: Run, ground: Ground) -> None:
    """Write how much of the budget stays for people, so that no judge's call takes it. With the run's lock held."""
    run.set_aside_usd = promised_labels(run, ground) * run.price_usd
    Run.objects.filter(pk=run.pk).update(set_aside_usd=run.set_aside_usd)


def may_spend(request: ChatRequest, reserve: Decimal) -> bool:
    """Return whether a call may cost up to ``reserve``: a run's judges stop before its budget, to the cent.

    Called inside the transaction that writes the call's row, which holds the run's lock from here on.
    """
    pk = _run_of(request)
    if pk is None:
        return True
    lock_run(pk)
    # Only now: the lock may have been waited for while people were promised more.
    run = Run.objects.select_related("policy").get(pk=pk)
    cost, held, number, newest, first_open = _calls(run, run.settled_call)
    if number > _SETTLE_AFTER and (first_open is None or first_open > run.settled_call + 1):
        _settle(run, first_open - 1 if first_open else newest)
    usd = Decimal(run.policy.config["budget"]["usd"])
    # What was settled just now is still in ``cost``.
    return run.settled_usd + cost + held + reserve + run.set_aside_usd <= usd


# Of every call to a model, so written by hand: the ORM takes ten times as long to say it.
_RUN_OF_SCREEN = """
    SELECT n.id FROM protocols_presentation p
      JOIN routing_runjudge r ON r.annotator_id = p.annotator_id JOIN routing_run n ON n.id = r.run_id
     WHERE p.id = %s AND n.state = ANY(%s)"""


def _run_of(request: ChatRequest) -> UUID | None:
    """Return the living run a call is made for; None where it is for no run."""
    if request.purpose in (TAGGING, CANARY):
        named = UUID(request.subject.partition(":")[0])
        return Run.objects.filter(pk=named, state__in=Run.LIVING).values_list("pk", flat=True).first()
    if request.purpose != PURPOSE:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_RUN_OF_SCREEN, [UUID(request.subject), list(Run.LIVING)])
        found = cursor.fetchone()
        return found[0] if found else None


def _settle(run: Run, upto: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum(c.cost), 0) {_CALLS} WHERE c.id <= %(upto)s",
            {
                "purpose": PURPOSE,
                "run": run.pk,
                "study": run.study_id,
                "after": run.settled_call,
                "upto": upto,
            },
        )
        more = cursor.fetchone()[0]
    Run.objects.filter(pk=run.pk).update(settled_call=upto, settled_usd=run.settled_usd + more)
