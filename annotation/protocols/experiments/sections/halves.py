"""R6 for aggregated judgements: what two halves of the people asked in one way would say of the same pairs."""

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from annotation.protocols.experiments.numbers import interval
from annotation.protocols.experiments.plan import Plan
from annotation.statistics.errors import NotEstimable

if TYPE_CHECKING:
    from annotation.statistics.rows import Comparisons

SPLITS = 40


def halves(pairs: "Comparisons", plan: Plan) -> dict[str, Any]:
    """Return how often the net votes of two random halves of the people agree on a pair, ties as a third class.

    The mean over 40 splits with the plan's seed; the interval draws items again and takes the people as they are
    (a person drawn twice would agree with themselves), as the figure's note says. Each half has half the votes, so
    whole groups would agree somewhat more often. Refuses where no pair has votes in both halves.
    """
    from annotation.statistics.bootstrap import ratio_interval

    size = len(pairs.stimuli)
    low, high = np.minimum(pairs.a, pairs.b), np.maximum(pairs.a, pairs.b)
    sign = np.where(pairs.a == low, pairs.outcome, -pairs.outcome)
    keys, place = np.unique((pairs.item * size + low) * size + high, return_inverse=True)
    generator = np.random.default_rng(plan.seed)
    alike, met = np.zeros(len(keys)), np.zeros(len(keys))
    for _split in range(SPLITS):
        half = generator.permutation(len(pairs.raters)) % 2
        mine = half[pairs.rater] == 0
        net = [np.bincount(place[one], weights=sign[one], minlength=len(keys)) for one in (mine, ~mine)]
        both = np.all([np.bincount(place[one], minlength=len(keys)) > 0 for one in (mine, ~mine)], axis=0)
        alike += both & (np.sign(net[0]) == np.sign(net[1]))
        met += both
    if not met.any():
        raise NotEstimable(_("No pair was judged by two people under this protocol."))
    drawn = ratio_interval(
        alike, met, [keys // size**2], resamples=plan.resamples, seed=plan.seed, level=plan.confidence
    )
    return interval(drawn.estimate, drawn.low, drawn.high, pairs=int((met > 0).sum()))
