"""Money and labels against the plan: per route, over time, and what waits for how long."""

from collections import Counter
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from annotation.protocols.annotators.asking import PURPOSE
from annotation.routing.live.facts import Fact, Facts
from annotation.routing.models import Run
from annotation.routing.spending import spent

_STEPS = 40
_AI = """
    SELECT c.finished_at, c.cost FROM routing_runjudge r
      JOIN protocols_presentation p ON p.annotator_id = r.annotator_id
      JOIN llm_call c ON c.subject = p.id::text AND c.purpose = %(purpose)s AND c.account = %(study)s
     WHERE r.run_id = %(run)s AND c.id > %(first)s AND c.finished_at IS NOT NULL
    UNION ALL
    SELECT c.finished_at, c.cost FROM llm_call c
     WHERE c.account = %(study)s AND c.purpose IN ('tag', 'canary') AND split_part(c.subject, ':', 1) = %(run)s::text
       AND c.id > %(first)s AND c.finished_at IS NOT NULL"""
_PEOPLE = """
    SELECT min(j.given_at), %(price)s::numeric FROM protocols_judgement j
      JOIN protocols_presentation p ON p.id = j.presentation_id JOIN studies_enrolment e ON e.id = p.enrolment_id
     WHERE e.study_id = %(study)s AND NOT e.preview AND p.stage = %(stage)s AND p.protocol_id = %(protocol)s
       AND p.role = 'main' AND p.position IS NOT NULL
     GROUP BY p.id HAVING min(j.given_at) BETWEEN %(started)s AND %(until)s"""


def money(facts: Facts) -> dict[str, Any]:
    """Return what is spent, held and left, and the burn-down: ``[seconds since the start, models, people]``."""
    run = facts.run
    now = spent(run, facts.ground)
    budget = facts.config.budget
    return {
        "budget_usd": float(budget.usd),
        "ai_usd": float(now.ai),
        "human_usd": float(now.human),
        "open_usd": float(now.open),
        "left_usd": float(budget.usd - now.total),
        "promised_usd": float(run.set_aside_usd),
        "per_human_usd": float(run.price_usd),
        "burn": _burn(facts) if run.started_at else [],
    }


def _burn(facts: Facts) -> list[list[float]]:
    run = facts.run
    assert run.started_at is not None
    values: dict[str, Any] = {
        "purpose": PURPOSE, "study": run.study_id, "run": run.pk, "first": run.first_call, "stage": run.stage,
        "protocol": facts.ground.protocol.pk, "started": run.started_at, "price": run.price_usd,
        "until": run.until,
    }  # fmt: skip
    end = run.ended_at or timezone.now()
    span = max((end - run.started_at).total_seconds(), 1.0)
    sums = [[Decimal(0), Decimal(0)] for _step in range(_STEPS + 1)]
    with connection.cursor() as cursor:
        for side, sql in enumerate((_AI, _PEOPLE)):
            cursor.execute(sql, values)
            for at, usd in cursor:
                step = int(_STEPS * (at - run.started_at).total_seconds() / span) + 1
                sums[min(max(step, 0), _STEPS)][side] += usd
    found, total = [], [Decimal(0), Decimal(0)]
    for step, part in enumerate(sums):
        total = [before + more for before, more in zip(total, part, strict=True)]
        found.append([span * step / _STEPS, float(total[0]), float(total[1])])
    return found


def counts(facts: Facts) -> dict[str, Any]:
    """Return pairs per route and reason, labels by provenance, and people's labels wanted and given."""
    to, reasons = Counter(fact.to for fact in facts.every), Counter(fact.reason for fact in facts.every)
    provenance = Counter(fact.final[1] for fact in facts.every if fact.final)
    cost: Counter[str] = Counter()
    for fact in facts.every:
        if fact.final:
            cost[fact.final[1]] += fact.final[2]  # type: ignore[assignment]
    given = sum(len(fact.given) + len(fact.verified) for fact in facts.every if fact.drawn)
    # Where nobody is asked any more (on hold, given up) what was wanted is what was given.
    wanted = sum(_wanted(fact) for fact in facts.every)
    before = _before(facts)
    return {
        "items": len(facts.every),
        "to": {name: to.get(name, 0) for name in ("ai", "both", "human", "hold", "waiting")},
        "reasons": dict(reasons.most_common()),
        "final": len([1 for fact in facts.every if fact.final]),
        "provenance": [
            {"provenance": name, "labels": n, "usd": float(cost[name])}
            for name, n in provenance.most_common()
        ],
        "human_wanted": wanted,
        "human_given": given,
        "human_before": before,
        "human_since": given - before,
        "human_planned": _planned(facts.run),
        "no_answer": sum(one.label is None for fact in facts.every for one in fact.given),
        "verified": sum(len(fact.verified) for fact in facts.every),
    }


def _wanted(fact: Fact) -> int:
    given = len(fact.given) + len(fact.verified) if fact.drawn else 0
    return max(given, fact.route.human_wanted if fact.route else 0)


def _before(facts: Facts) -> int:
    start = facts.run.started_at
    given = (one for fact in facts.every if fact.drawn for one in (*fact.given, *fact.verified))
    return sum(start is not None and one.given_at < start for one in given)


def _planned(run: Run) -> dict[str, Any]:
    needs: dict[str, Any] = run.forecast.get("needs", {})
    return {name: needs.get(name) for name in ("seed_labels", "rule_labels", "audit_labels")}


def queue(facts: Facts) -> dict[str, Any]:
    """Return how many pairs wait for people, and for how long, in seconds."""
    now = facts.run.ended_at or timezone.now()
    ages = sorted(
        (now - fact.route.decided_at).total_seconds()
        for fact in facts.every
        if fact.route and fact.route.human_wanted > len(fact.given) + len(fact.verified)
    )
    return {
        "waiting": len(ages),
        "median_seconds": ages[len(ages) // 2] if ages else None,
        "oldest_seconds": ages[-1] if ages else None,
        "oldest_words": _words(ages[-1]) if ages else None,
    }


def _words(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
