"""How many pairs and annotators a study needs: formulas, and a simulator of the declared design."""

from annotation.statistics.power.design import Design
from annotation.statistics.power.formulas import (
    inflation,
    pairs_for_half_width,
    proportion_half_width,
    sign_test_pairs,
)
from annotation.statistics.power.plan import Plan, plan

__all__ = [
    "Design",
    "Plan",
    "inflation",
    "pairs_for_half_width",
    "plan",
    "proportion_half_width",
    "sign_test_pairs",
]
