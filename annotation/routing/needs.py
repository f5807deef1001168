"""What a run needs at the least: the seed, what only people may label, the audits, and every judge's answers."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from annotation.protocols.models import Item, Stimulus
from annotation.routing.domain import tags
from annotation.routing.models import Run
from annotation.routing.policies import config_of
from annotation.routing.rules import rule_for_pair
from annotation.routing.screens import Ground, Pair
from annotation.routing.shapes import Judge, PolicyConfig
from annotation.routing.tags import prompt_of
from multivocal.errors import Invalid
from multivocal.llm import budgets
from multivocal.llm.models import LanguageModel

SAMPLE = 20


@dataclass(frozen=True)
class Needs:
    """Labels of people by what for, and US dollars; ``ai_usd`` is the most the judges' first tries can cost.

    ``tag_usd`` is the tagger's part of it.
    """

    items: int
    seed_labels: int
    rule_labels: int
    audit_labels: int
    human_usd: Decimal
    ai_usd: Decimal
    tag_usd: Decimal = Decimal(0)

    @property
    def labels(self) -> int:
        """Labels of people in all."""
        return self.seed_labels + self.rule_labels + self.audit_labels

    @property
    def usd(self) -> Decimal:
        """All of it."""
        return self.human_usd + self.ai_usd

    def as_json(self) -> dict[str, Any]:
        """Return the numbers; money as text, exact."""
        return {name: str(v) if isinstance(v, Decimal) else v for name, v in asdict(self).items()}

    def check(self, config: PolicyConfig) -> None:
        """Refuse (Invalid) a budget that ends before anything could be routed."""
        most = config.budget.human_labels
        if most is not None and most < self.labels:
            raise Invalid(
                "The budget ends before anything can be routed.",
                code="budget_below_seed",
                fields={
                    "budget.human_labels": f"{most} are fewer than the {self.labels} that are needed: {self._said()}"
                },
            )
        if config.budget.usd < self.usd:
            raise Invalid(
                "The budget ends before anything can be routed.",
                code="budget_below_seed",
                fields={
                    "budget.usd": f"{config.budget.usd:f} is less than the {self.usd:.2f} needed: {self._said()}, "
                    f"{self.human_usd:.2f} for people, and at most {self.ai_usd:.2f} for the judges"
                },
            )

    def _said(self) -> str:
        return (
            f"{self.seed_labels} labels of the seed, {self.rule_labels} by rules, {self.audit_labels} audits"
        )


def needs_of(run: Run, ground: Ground) -> Needs:
    """Return what a run needs before it can choose anything."""
    config = config_of(run.policy)
    kept = [pair for pair in ground.pairs if rule_for_pair(config, pair)]
    others = [pair for pair in ground.pairs if not rule_for_pair(config, pair)]
    seed = min(config.seed.items, len(others))
    audits = ceil((len(others) - seed) * max(config.audit, config.min_probability))
    tag = _tags(config, others)
    ai = sum((_most(judge, others, ground) for judge in config.judges), tag)
    if config.router == "all_human":
        seed, audits, ai, tag = 0, 0, Decimal(0), Decimal(0)
    if config.learns and len(others) <= seed:
        raise Invalid(
            "The seed is all there is: nothing is left to route.",
            code="all_seed",
            fields={"seed.items": f"there are {len(others)} items to route"},
        )
    labels = len(kept), seed * config.seed.labels_per_item, audits
    return Needs(len(ground.pairs), labels[1], labels[0], labels[2], sum(labels) * run.price_usd, ai, tag)


def _tags(config: PolicyConfig, pairs: Sequence[Pair]) -> Decimal:
    """Return the most that asking for every prompt's tags once can cost."""
    items = list(dict.fromkeys(pair.item for pair in pairs))
    sample = items[:: max(1, len(items) // SAMPLE)][:SAMPLE]
    if config.tagger is None or not sample:
        return Decimal(0)
    model = LanguageModel.objects.get(name=config.tagger.model)
    prompts = [
        prompt_of(context, prompt)
        for context, prompt in Item.objects.filter(pk__in=sample).values_list("context", "prompt")
    ]
    told = sum(budgets.tokens_of(one["content"]) for text in prompts for one in tags.prompt(text)) // len(
        prompts
    )
    told += budgets.tokens_of(json.dumps(tags.schema())) if config.tagger.structured else 0
    return budgets.price(model, told + 64, config.tagger.max_tokens) * len(items)


def _most(judge: Judge, pairs: Sequence[Pair], ground: Ground) -> Decimal:
    """Return the most that one try of every question can cost, from a sample of the items."""
    model = LanguageModel.objects.get(name=judge.model)
    step = max(1, len(pairs) // SAMPLE)
    sample = list(pairs[::step])[:SAMPLE]
    if not sample:
        return Decimal(0)
    prompts = dict(Item.objects.filter(pk__in=[p.item for p in sample]).values_list("pk", "prompt"))
    texts = dict(
        Stimulus.objects.filter(pk__in=[pk for p in sample for pk in (p.a, p.b)]).values_list("pk", "text")
    )
    told = budgets.tokens_of(judge.rubric.model_dump_json()) + 400
    tokens = [told + sum(map(budgets.tokens_of, (prompts[p.item], texts[p.a], texts[p.b]))) for p in sample]
    mean = budgets.price(model, sum(tokens) // len(tokens), judge.max_tokens)
    asked = judge.samples * (2 if judge.both_orders else 1) * (1 + len(judge.paraphrases))
    return mean * asked * len(pairs)
