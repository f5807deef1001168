"""The judges: how far each is, what it cost, how often the order sways it, and which version of it answered."""

from typing import Any

from django.db.models import Count

from annotation.protocols.annotators.asking import PURPOSE
from annotation.protocols.annotators.models import Asking
from annotation.protocols.annotators.progress import progress_of
from annotation.protocols.models import Judgement
from annotation.routing.domain.signals import conflict_rate, first_slot_share
from annotation.routing.live.facts import Facts
from annotation.routing.live.told import told
from annotation.routing.models import RunJudge
from multivocal.llm.models import Call


def judges(facts: Facts) -> list[dict[str, Any]]:
    """Return a record for each judge of the policy; its paraphrases count as its own."""
    rows = list(
        RunJudge.objects.filter(run=facts.run).select_related(
            "annotator__model", "annotator__study", "annotator__protocol"
        )
    )
    found = []
    for judge in facts.config.judges:
        mine = [row for row in rows if row.judge == judge.name]
        progress = [progress_of(row.annotator) for row in mine]
        total = {
            name: sum(getattr(one, name) for one in progress)
            for name in ("screens", "judged", "ok", "no_answer", "unparsed", "failed", "calls")
        }
        askings = Asking.objects.filter(annotator__in=[row.annotator_id for row in mine])
        right = [fact for fact in facts.audited if fact.judge == judge.name]
        found.append(
            {
                "judge": judge.name,
                "model": judge.model,
                "versions": _versions(facts, mine),
                "prompts": sorted({row.annotator.prompt_sha256 for row in mine}),
                "states": sorted({one.state for one in askings}),
                "silent": any(row.silent_since for row in mine),
                "samples": judge.samples,
                "both_orders": judge.both_orders,
                "temperature": judge.temperature,
                **total,
                "cost_usd": sum(one.cost_usd for one in progress),
                "cost_per_item_usd": _per_item(
                    total["judged"], sum(one.cost_usd for one in progress), judge, mine
                ),
                "conflict": told(lambda name=judge.name: conflict_rate(facts.cases, name)),  # type: ignore[misc]
                "first_slot": told(lambda name=judge.name: first_slot_share(facts.cases, name)),  # type: ignore[misc]
                "labels": sum(fact.judge == judge.name and fact.ai is not None for fact in facts.every),
                "audited": len(right),
            }
        )
    return found


def _per_item(judged: int, cost: float, judge: Any, mine: list[RunJudge]) -> float | None:
    asked = judge.samples * (2 if judge.both_orders else 1) * max(len(mine), 1)
    return cost * asked / judged if judged else None


def _versions(facts: Facts, mine: list[RunJudge]) -> list[dict[str, Any]]:
    """Return the version strings the endpoint answered with, with how many stored judgements rest on each."""
    calls = Judgement.objects.filter(annotator__in=[row.annotator_id for row in mine], call__isnull=False)
    rows = (
        Call.objects.filter(pk__in=calls.values("call"), purpose=PURPOSE, account=facts.run.study_id)
        .values("version")
        .annotate(n=Count("id"))
        .order_by("-n")
    )
    return [{"version": row["version"] or "not said", "judgements": row["n"]} for row in rows]
