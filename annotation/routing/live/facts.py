"""What a run's rows say of every pair, gathered once: where it went and why, what models and people said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from annotation.protocols.models import Item, Stimulus
from annotation.routing.domain.cases import Case, Label, Reply
from annotation.routing.domain.verdicts import ai_label
from annotation.routing.labels import Given, human_labels, judge_labels
from annotation.routing.models import FinalLabel, Route, Run
from annotation.routing.policies import config_of
from annotation.routing.rules import rule_for_pair
from annotation.routing.screens import Ground, Pair, ground_of
from annotation.routing.shapes import PolicyConfig

VALUE: Mapping[Label, float] = {"a": 1.0, "tie": 0.5, "b": 0.0}
_SAMPLES = 1000


@dataclass
class Fact:
    """One pair. ``given`` are people's answers in order of time, without those who saw a model's label.

    ``probability`` is the chance that people label it: of its current route, else of the seed's draw. ``seeded``: it
    was drawn by lot alone, before models were heard. ``drawn``: this run chose it for people, for whatever reason;
    labels of other pairs are not by its probabilities. ``by_lot``: it was sent to people by the lot alone, though a
    model has a label; what it was escalated for since does not change that. ``reserved``: a rule keeps it out of the
    seed's draw. ``planned`` people at most label it whatever the first ones say.
    """

    pair: Pair
    route: Route | None
    probability: float
    ai: Label | None
    judge: str
    given: list[Given] = field(default_factory=list)
    verified: list[Given] = field(default_factory=list)
    replies: tuple[Reply, ...] = ()
    final: tuple[Label, str, float] | None = None
    seeded: bool = False
    drawn: bool = False
    by_lot: bool = False
    reserved: bool = False
    planned: int = 2

    @property
    def labels(self) -> list[Label]:
        """What people said, without those who could not tell."""
        return [one.label for one in self.given if one.label is not None]

    @property
    def human(self) -> Label | None:
        """The first label a person gave."""
        labels = self.labels
        return labels[0] if labels else None

    @property
    def value(self) -> float | None:
        """People's mean: 1 for a, 0 for b, a half for a tie; None where nobody said anything.

        Of the people who were planned: a third who is asked because two disagree would draw it to the majority.
        """
        labels = self.labels[: self.planned]
        return sum(VALUE[label] for label in labels) / len(labels) if labels else None

    @property
    def guess(self) -> float:
        """The model's, a half where it has none: any fixed guess keeps estimates honest."""
        return VALUE[self.ai] if self.ai is not None else 0.5

    @property
    def p_ai(self) -> float | None:
        """The router's chance that the model is right."""
        return self.route.p_ai if self.route else None

    @property
    def gain(self) -> float | None:
        """What the router expects of a person here: their chance of being right less the model's."""
        return self.route.gain if self.route else None

    @property
    def expected(self) -> float | None:
        """The same of any pair with both chances; the seed has these and no gain, since nothing was bought."""
        if self.route is None or self.route.p_ai is None or self.route.p_human is None:
            return None
        return self.route.p_human - self.route.p_ai

    @property
    def agrees(self) -> bool | None:
        """Whether the model's label is the first person's; None where one of them is missing."""
        return None if self.ai is None or self.human is None else self.ai == self.human

    @property
    def seen(self) -> bool:
        """Whether a person it was chosen for has labelled it."""
        return self.drawn and bool(self.labels)

    @property
    def to(self) -> str:
        """Where the pair goes; ``waiting`` before that is decided."""
        return self.route.to if self.route else "waiting"

    @property
    def reason(self) -> str:
        """Why it goes there."""
        return self.route.reason if self.route else "waiting"

    @property
    def is_ai(self) -> bool:
        """Whether its label is to be a model's."""
        return self.to == "ai"

    @property
    def kept(self) -> bool:
        """Whether a model would keep it but for the lot: what audits are drawn from."""
        return self.route is not None and (self.is_ai or self.route.audit or self.by_lot)

    @property
    def lot(self) -> str:
        """Which pairs share its way of being drawn; of a lot, those to come are taken to be like those that came."""
        if self.seeded:
            return "seed"
        return "kept" if self.kept else "certain" if self.probability >= 1 else "unlabelled"


@dataclass
class Facts:
    """A run with all its pairs, in the order of the items."""

    run: Run
    config: PolicyConfig
    ground: Ground
    every: list[Fact]
    systems: Mapping[Any, str]

    @property
    def judges(self) -> list[str]:
        """Names of the judges, in the policy's order."""
        return [judge.name for judge in self.config.judges]

    @property
    def decided(self) -> bool:
        """Whether every pair has its route."""
        return all(fact.route is not None for fact in self.every)

    @property
    def audited(self) -> list[Fact]:
        """Pairs that keep a model's label and that a person was asked about by lot, in order of time."""
        found = [fact for fact in self.every if fact.kept and fact.drawn and fact.agrees is not None]
        return sorted(found, key=lambda fact: fact.given[0].given_at)

    @property
    def doubled(self) -> list[Fact]:
        """Pairs that two people labelled, in order of time of the second."""
        found = [fact for fact in self.every if len(fact.labels) > 1]
        return sorted(found, key=lambda fact: fact.given[1].given_at)

    @cached_property
    def cases(self) -> list[Case]:
        """The pairs as judges answered them, for the signals."""
        return [Case(fact.pair.name, "", "", "", fact.replies) for fact in self.every]

    @cached_property
    def answered(self) -> Mapping[str, float]:
        """Lot → the share of the pairs chosen for people that have an answer."""
        chosen: dict[str, list[bool]] = {}
        for fact in self.every:
            if fact.drawn:
                chosen.setdefault(fact.lot, []).append(bool(fact.labels))
        return {lot: sum(done) / len(done) for lot, done in chosen.items()}

    def chance(self, fact: Fact) -> float:
        """Return the probability of having a label by now."""
        return fact.probability * self.answered.get(fact.lot, 1.0) or fact.probability


def gather(run: Run) -> Facts:
    """Return the facts of a run, from its rows."""
    ground, config = ground_of(run), config_of(run.policy)
    routes = {
        (route.item_id, route.unit): route for route in Route.objects.filter(run=run, superseded_at=None)
    }
    every_route = Route.objects.filter(run=run)
    seeded = set(every_route.filter(phase=Route.Phase.SEED).values_list("item_id", "unit"))
    drawn = set(every_route.filter(human_wanted__gt=0).values_list("item_id", "unit"))
    by_lot = set(every_route.filter(reason="random").values_list("item_id", "unit"))
    seed = next((r.probability for r in routes.values() if r.phase == Route.Phase.SEED), 1.0)
    said, given = judge_labels(run, ground), human_labels(run, ground)
    finals = _finals(run)
    judges = [judge.name for judge in config.judges]
    every = []
    for pair in ground.pairs:
        route = routes.get(pair.place)
        replies = tuple(
            Reply(one.judge, one.label, one.order, one.paraphrase * _SAMPLES + one.sample)
            for several in said.get(pair.place, {}).values()
            for one in several
            if one.state != "waiting"
        )
        label: Label | None
        label, judge = (
            (cast("Label | None", route.ai_label), route.ai_judge)
            if route and route.phase != Route.Phase.SEED
            else ai_label(replies, judges)
        )
        people = given.get(pair.place, [])
        reserved = rule_for_pair(config, pair) is not None
        probability = route.probability if route else 1.0 if reserved else seed
        every.append(
            Fact(
                pair, route, probability, label, judge or "",
                [one for one in people if not one.verified], [one for one in people if one.verified],
                replies, finals.get(pair.place), pair.place in seeded, pair.place in drawn,
                pair.place in by_lot, reserved, max(2, config.seed.labels_per_item) if pair.place in seeded else 2,
            )
        )  # fmt: skip
    return Facts(run, config, ground, every, _systems(ground))


def _finals(run: Run) -> dict[Any, tuple[Label, str, float]]:
    rows = FinalLabel.objects.filter(route__run=run, superseded_at=None).values_list(
        "route__item_id", "route__unit", "label", "provenance", "cost_usd"
    )
    return {
        (item, unit): (cast("Label", label), provenance, float(cost))
        for item, unit, label, provenance, cost in rows
    }


def _systems(ground: Ground) -> dict[Any, str]:
    items = {pair.item for pair in ground.pairs}
    rows = Stimulus.objects.filter(item__in=Item.objects.filter(pk__in=items)).values_list(
        "pk", "system", "model__name", "external_id"
    )
    return {pk: system or model or name for pk, system, model, name in rows}
