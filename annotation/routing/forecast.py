"""What a run will take, before it starts: labels, money, time, and how good its labels may be, each with its range."""

import math
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, StdDev
from django.utils.translation import gettext as _

from annotation.protocols.annotators.asking import PURPOSE
from annotation.protocols.models import Judgement
from annotation.routing.live.facts import gather
from annotation.routing.live.told import refused, told
from annotation.routing.models import Run
from annotation.routing.needs import Needs, needs_of
from annotation.routing.policies import config_of
from annotation.routing.rules import rule_for_pair
from annotation.routing.runs import latest_run
from annotation.routing.screens import Ground, ground_of
from annotation.routing.shapes import Judge, PolicyConfig
from annotation.statistics.errors import NotEstimable
from annotation.statistics.means.audited import audit_share
from multivocal.llm.models import Call, LanguageModel

SOME = 30
"""Earlier calls of a model from which their cost and time are taken for those to come."""
Numbers = dict[str, Any]


def forecast(run: Run) -> Numbers:
    """Return labels, money (US dollars), hours and accuracy, each ``{expected, low, high, basis}`` or refused.

    Nothing is asked and nothing is written. Money of judges: from the ledger's earlier calls where there are enough,
    else between the prompts alone and the longest answers.
    """
    config, ground = config_of(run.policy), ground_of(run)
    needs = needs_of(run, ground)
    judged = _judged(config, ground)
    ai = _ai(config, judged, needs)
    labels = _labels(config, ground, needs, ai, run.price_usd)
    human = {key: labels[key] * float(run.price_usd) for key in ("expected", "low", "high")}
    total = {key: ai[key] + human[key] for key in ("expected", "low", "high")}
    return {
        "items": len(ground.pairs),
        "judged": judged,
        "calls": sum(_calls(judge) for judge in config.judges) * judged,
        "labels": labels,
        "ai_usd": ai,
        "check": _check(config, judged, ai),
        "human_usd": human,
        "total_usd": total | {"high": min(total["high"], float(config.budget.usd))},
        "hours": _hours(run, config, ground, judged, labels),
        "accuracy": _accuracy(run, ground, labels),
    }


def _judged(config: PolicyConfig, ground: Ground) -> int:
    if config.router == "all_human":
        return 0
    return sum(rule_for_pair(config, pair) is None for pair in ground.pairs)


def _calls(judge: Judge) -> int:
    return judge.samples * (2 if judge.both_orders else 1) * (1 + len(judge.paraphrases))


def _check(config: PolicyConfig, judged: int, ai: Numbers) -> Numbers | None:
    """Return what one check of the judges takes: calls, and US dollars at the price of a judge's call."""
    items = min(config.canaries.items, judged)
    if not items:
        return None
    calls = items * sum(2 if judge.both_orders else 1 for judge in config.judges)
    every = sum(map(_calls, config.judges)) * judged
    return {
        "items": items,
        "calls": calls,
        "usd": ai["expected"] * calls / every,
        "every_h": config.canaries.every_h,
    }


def _ai(config: PolicyConfig, judged: int, needs: Needs) -> Numbers:
    if not judged:
        return {"expected": 0.0, "low": 0.0, "high": 0.0, "basis": "no judges"}
    most = float(needs.ai_usd)
    expected = variance = 0.0
    for judge in config.judges:
        calls = _calls(judge) * judged
        seen = Call.objects.filter(model__name=judge.model, purpose=PURPOSE, state="done").aggregate(
            n=Count("id"), mean=Avg("cost"), sd=StdDev("cost")
        )
        if seen["n"] < SOME:
            # Prompts are paid in full; answers in the form that is asked for are short.
            model = LanguageModel.objects.get(name=judge.model)
            longest = (
                float(model.price_out) * judge.max_tokens / 1e6 * sum(map(_calls, config.judges)) * judged
            )
            return {
                "expected": max(most - 0.9 * longest, 0.1 * most),
                "low": max(most - longest, 0.05 * most),
                "high": most,
                "basis": "prompts and longest answers",
            }
        expected += calls * float(seen["mean"])
        # In doubt are both the mean so far and the calls to come.
        variance += float(seen["sd"] or 0) ** 2 * calls * (1 + calls / seen["n"])
    half = 1.96 * math.sqrt(variance)
    # Tags are few and short: between nothing and the most they can cost.
    expected, half = expected + float(needs.tag_usd) / 2, half + float(needs.tag_usd) / 2
    return {
        "expected": expected,
        "low": max(0.0, expected - half),
        "high": expected + half,
        "basis": "earlier calls",
    }


def _labels(config: PolicyConfig, ground: Ground, needs: Needs, ai: Numbers, price: Decimal) -> Numbers:
    """Return labels of people: at least the seed, rules and audits; at most what money and items allow."""
    every = math.ceil(len(ground.pairs) * (1 + config.double)) + needs.seed_labels
    limits = [every]
    if config.budget.human_labels is not None:
        limits.append(config.budget.human_labels)
    if price > 0:
        limits.append(int((float(config.budget.usd) - ai["expected"]) / float(price)))
    most = max(needs.labels, min(limits))
    if config.router == "all_human":
        least = expected = min(most, math.ceil(len(ground.pairs) * (1 + config.double)))
        most = expected
    elif config.router == "all_ai":
        least, expected, most = needs.labels, needs.labels, math.ceil(needs.labels * 1.1)
    else:
        # A router buys only where a person is expected to gain; how often is not known before the seed.
        least, expected = needs.labels, most
    return {
        "expected": expected,
        "low": least,
        "high": most,
        "seed": needs.seed_labels,
        "rules": needs.rule_labels,
        "audits": needs.audit_labels,
    }


def _hours(run: Run, config: PolicyConfig, ground: Ground, judged: int, labels: Numbers) -> Numbers:
    seconds = config.budget.median_seconds or _median_seconds(run, ground)
    people = (
        {key: labels[key] * seconds / 3600 for key in ("expected", "low", "high")}
        | {"seconds_a_label": seconds}
        if seconds
        else refused(_("How long people take is not known before some have answered."))
    )
    times = []
    for judge in config.judges if judged else ():
        seen = Call.objects.filter(
            model__name=judge.model, purpose=PURPOSE, state="done", total_ms__isnull=False
        ).aggregate(n=Count("id"), mean=Avg("total_ms"))
        times.append(
            _calls(judge) * judged * seen["mean"] / 1000 / judge.at_once / 3600 if seen["n"] >= SOME else None
        )
    known = [one for one in times if one is not None]
    models = (
        {"expected": sum(known), "low": max(known, default=0.0), "high": sum(known) * 2}
        if len(known) == len(times)
        else refused(_("How long the judges take is not known before they have answered some."))
    )
    return {
        "people": people,
        "models": models,
        "participants": math.ceil(labels["expected"] / ground.stage.per_person),
    }


def _median_seconds(run: Run, ground: Ground) -> float | None:
    rows = Judgement.objects.filter(
        enrolment__study=run.study_id, presentation__stage=run.stage, presentation__role="main",
        duration_ms__isnull=False,
    )  # fmt: skip
    if rows.count() < SOME:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY j.duration_ms) FROM protocols_judgement j"
            " JOIN protocols_presentation p ON p.id = j.presentation_id JOIN studies_enrolment e"
            " ON e.id = j.enrolment_id WHERE e.study_id = %s AND p.stage = %s AND p.role = 'main'",
            [run.study_id, run.stage],
        )
        return float(cursor.fetchone()[0]) / 1000


def _accuracy(run: Run, ground: Ground, labels: Numbers) -> Numbers:
    """Return how often a label would be what another person says, from an earlier run's random items."""
    before = latest_run(run.study, run.stage)
    if before is None:
        return refused(_("How good the labels will be is not known before a seed is labelled."))
    facts = gather(before)
    lot = [bool(fact.agrees) for fact in facts.every if fact.seeded and fact.agrees is not None]
    doubles = [fact.labels[0] == fact.labels[1] for fact in facts.doubled]

    def made(hits: list[bool]) -> Any:
        if len(hits) < SOME:
            raise NotEstimable(
                _("The earlier run has {n} items to tell from; {some} are needed.").format(
                    n=len(hits), some=SOME
                )
            )
        return audit_share(sum(hits), len(hits))

    ai, human = told(lambda: made(lot)), told(lambda: made(doubles))
    if "refused" in ai or "refused" in human:
        return refused(str(ai.get("refused") or human.get("refused")))
    share = min(1.0, labels["expected"] / len(ground.pairs))
    return {key: share * human[key] + (1 - share) * ai[key] for key in ("value", "low", "high")} | {
        "basis": "random routing, from an earlier run",
        "run": str(before.pk),
        "ai": ai,
        "human": human,
    }
