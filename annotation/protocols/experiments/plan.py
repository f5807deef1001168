"""The declared plan of a comparison: everything an analysis may choose, chosen before the first answer."""

from typing import Literal

from pydantic import Field

from multivocal.domain.shapes import CleanText, Shape

Pairing = Literal["within", "individual", "aggregated"]
Metric = Literal["nominal", "ordinal", "interval"]
Estimator = Literal["davidson", "bradley_terry", "rao_kupper"]


class Exclusions(Shape):
    """Whose answers do not count in the results “with exclusions”; the others are always shown beside them."""

    too_fast_ms: int | None = Field(None, ge=0, description="An answer sent sooner after its page was shown.")
    too_fast_share: float = Field(
        0.2,
        ge=0,
        le=1,
        description="A person is left out when more than this share of their answers is too fast.",
    )
    failed_gold: int | None = Field(
        None, ge=0, description="A person is left out when they miss more gold items than this."
    )
    failed_attention: int | None = Field(
        None, ge=0, description="A person is left out when they miss more attention checks than this."
    )

    @property
    def any(self) -> bool:
        """Whether any rule was declared."""
        return any(rule is not None for rule in (self.too_fast_ms, self.failed_gold, self.failed_attention))


class Plan(Shape):
    """How the comparison will be analysed; frozen and hashed with the version of the study when it opens."""

    question: CleanText = Field("", description="What the study is to find out, in a sentence.")
    tie_margin: float = Field(
        0.0,
        ge=0,
        description="Two ratings whose distance is at most this are a tie, on the rating's own scale.",
    )
    aggregation: Pairing = Field(
        "aggregated",
        description="How ratings meet rankings: of the same person (within), every rater against every ranker "
        "(individual), or mean score against mean rank (aggregated).",
    )
    estimator: Estimator = Field("davidson", description="The primary model of system scores, with ties.")
    alpha: Metric = Field("ordinal", description="The distance of Krippendorff's alpha.")
    exclusions: Exclusions = Exclusions()
    multiplicity: Literal["holm", "none"] = Field(
        "holm", description="How tests of several systems or strata are corrected."
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Level of every interval.")
    resamples: int = Field(1000, ge=100, le=20_000, description="Resamples of every cluster bootstrap.")
    seed: int = Field(20240501, ge=0, le=2**31 - 1, description="Seed of every resampling.")
