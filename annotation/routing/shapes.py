"""A routing policy: what is wanted of the labels, who may give them, what it may cost, which items need a person."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from annotation.protocols.annotators.shapes import DEFAULT_RUBRIC, Rubric
from multivocal.domain.shapes import CleanText, Shape, Slug, unique

Goal = Literal["labels", "estimate", "ranking", "metric"]
Router = Literal["logistic", "boosted", "ladder", "random", "all_human", "all_ai"]
LEARNED: frozenset[str] = frozenset({"logistic", "boosted"})
"""Routers that learn from a seed both people and models labelled."""
LEAST_SEED = 20
"""Items of a seed below which nothing is learnt."""
Rung = Literal[
    "must_human", "failed", "orders_conflict", "judges_disagree", "entropy", "gap", "low_confidence", "audit"
]
_MEASURED = frozenset({"entropy", "gap", "low_confidence"})
Usd = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=8)]


class Judge(Shape):
    """One model that labels items; the first is asked first and believed where it is sure.

    ``free`` says that nothing is paid for it: without it a model with no prices is refused. ``paraphrases`` are other
    wordings of the rubric's task, each asked like the first.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    model: str = Field(min_length=1, max_length=63)
    samples: int = Field(1, ge=1, le=20)
    both_orders: bool = True
    temperature: float | None = Field(None, ge=0, le=2)
    max_tokens: int = Field(600, ge=16, le=32_000)
    at_once: int = Field(4, ge=1, le=64)
    structured: bool = True
    free: bool = False
    rubric: Rubric = DEFAULT_RUBRIC
    paraphrases: tuple[CleanText, ...] = Field((), max_length=8)


class Tagger(Shape):
    """The model that describes prompts (subject, safety, …) before they are routed; ``free`` as for a judge."""

    model: str = Field(min_length=1, max_length=63)
    max_tokens: int = Field(600, ge=16, le=32_000)
    at_once: int = Field(4, ge=1, le=64)
    structured: bool = True
    free: bool = False


class Budget(Shape):
    """The most everything together may cost in US dollars, and what a person's label costs.

    ``per_human_usd`` is the price of one label; else ``hourly_usd`` times ``median_seconds`` of work on one.
    """

    usd: Annotated[Usd, Field(gt=0)]
    human_labels: int | None = Field(None, ge=0, le=10_000_000, description="The most labels of people.")
    per_human_usd: Usd | None = None
    hourly_usd: Usd | None = None
    median_seconds: float | None = Field(None, gt=0, le=86_400)
    hours: float | None = Field(None, gt=0, description="Days and nights the run may take; null is no limit.")

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if self.per_human_usd is None and (self.hourly_usd is None or self.median_seconds is None):
            raise ValueError("prices are missing: give per_human_usd, or hourly_usd with median_seconds")
        return self

    @property
    def human_price(self) -> Decimal:
        """What one label of a person costs, in US dollars."""
        if self.per_human_usd is not None:
            return self.per_human_usd
        assert self.hourly_usd is not None and self.median_seconds is not None
        return (self.hourly_usd * Decimal(self.median_seconds) / 3600).quantize(Decimal("0.00000001"))


class Seed(Shape):
    """The random items both people and models label first, so that it is known where models err."""

    items: int = Field(60, ge=0, le=1_000_000)
    labels_per_item: int = Field(2, ge=1, le=5)


class Rule(Shape):
    """Items that only people label: those of a stratum, with a tag's value, or with a feature of at least a number."""

    where: Literal["stratum", "tag", "feature"]
    name: str = Field("", max_length=80, description="Of the tag or feature; empty for a stratum.")
    equals: str | None = Field(None, max_length=200)
    at_least: float | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.equals is None) == (self.at_least is None):
            raise ValueError("give equals or at_least, and not both")
        if self.where != "stratum" and not self.name:
            raise ValueError("name the tag or the feature")
        if self.where == "stratum" and self.equals is None:
            raise ValueError("a stratum needs equals")
        return self


class LadderStep(Shape):
    """One reason to ask a person; ``threshold`` where the reason is a number that is too high or too low."""

    rung: Rung
    threshold: float | None = None

    @model_validator(mode="after")
    def _threshold_fits(self) -> Self:
        if (self.rung in _MEASURED) != (self.threshold is not None):
            raise ValueError(
                f"{self.rung} needs a threshold"
                if self.rung in _MEASURED
                else f"{self.rung} has no threshold"
            )
        return self


LONGEST_REST_S = 600.0
_DOUBLINGS = 6  # the longest rest is reached by then, from ten seconds on


class Patience(Shape):
    """How long a judge that does not answer is waited for.

    After so many failures in a row it rests ``cooldown_s``, and again; from ``give_up_s`` on its items are labelled
    without it. ``rounds`` times what failed is asked again at the end.
    """

    cooldown_s: float = Field(60, ge=0, le=86_400)
    give_up_s: float = Field(600, ge=0, le=604_800)
    rounds: int = Field(1, ge=0, le=10)

    def rest_s(self, failures: int) -> float:
        """Return for how many seconds one rests after so many rests before.

        Longer each time, so that a dead endpoint is not paid for its silence all day.
        """
        return min(self.cooldown_s * 2 ** min(failures, _DOUBLINGS), max(LONGEST_REST_S, self.cooldown_s))


class Canaries(Shape):
    """A few pairs that every judge is asked about again, to see whether it still says what it said.

    ``items`` pairs, once in ``every_h`` hours, when somebody asks for it, and after another version was accepted.
    0 asks none.
    """

    items: int = Field(12, ge=0, le=200)
    every_h: float = Field(24, ge=0.1, le=8760, description="Hours from one check to the next.")


DEFAULT_LADDER: tuple[LadderStep, ...] = tuple(
    LadderStep(rung=rung)  # type: ignore[arg-type]
    for rung in ("must_human", "failed", "orders_conflict", "judges_disagree", "audit")
)


class PolicyConfig(Shape):
    """Everything a run is told before it begins; frozen with its hash."""

    name: Slug
    goal: Goal = "labels"
    stage: str = Field(min_length=1, max_length=63)
    protocol: str = Field("", max_length=63, description="Key at the stage; empty where it has one only.")
    judges: tuple[Judge, ...] = Field(min_length=1, max_length=8)
    budget: Budget
    seed: Seed = Seed()
    must_human: tuple[Rule, ...] = Field((), max_length=50)
    audit: float = Field(
        0.1, ge=0.02, le=1, description="Share of what models label that a person labels too."
    )
    double: float = Field(0.05, ge=0, le=1, description="Share of people's items that two people label.")
    ladder: tuple[LadderStep, ...] = Field(DEFAULT_LADDER, max_length=12)
    router: Router = "logistic"
    min_probability: float = Field(0.02, gt=0, le=1, description="Least chance of any item to get a person.")
    verify: bool = Field(False, description="People see the model's label; theirs is stored as another kind.")
    personal: bool = Field(False, description="What people like themselves: models' labels are never votes.")
    random_seed: int = Field(0, ge=0, le=2**53)
    patience: Patience = Patience()
    tagger: Tagger | None = None
    canaries: Canaries = Canaries()
    on_alarm: Literal["audit", "pause"] = Field(
        "audit", description="Where audits or canaries agree less than before: audit more, or pause."
    )

    @property
    def learns(self) -> bool:
        """Whether chances of being right are learnt from the seed: by the router, or for a ladder's low_confidence."""
        rungs = {step.rung for step in self.ladder}
        return self.router in LEARNED or (self.router == "ladder" and "low_confidence" in rungs)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        unique([judge.name for judge in self.judges], "judge")
        if self.router in LEARNED and self.seed.items < LEAST_SEED:
            raise ValueError(
                f"seed: a router that learns needs at least {LEAST_SEED} items; a ladder needs none"
            )
        if self.router in LEARNED and self.seed.labels_per_item < 2:
            raise ValueError("seed: gold is what two people agree on, so labels_per_item is at least 2")
        if self.personal and self.goal in ("labels", "metric"):
            raise ValueError("personal: models' labels are no votes, so the goal is estimate or ranking")
        if self.personal and self.verify:
            raise ValueError("personal: people who say what they like are not shown a model's label")
        return self
