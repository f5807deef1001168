"""Steps between values within one context: what was answered to each, and what that says with which certainty."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from elicitation.moral_graph.domain.answers import ANSWERS, PRIOR
from elicitation.moral_graph.domain.votes import JUDGED, WISER, IntArray, Votes

FloatArray = NDArray[np.float64]
LESS_WISE = 3


@dataclass(frozen=True)
class Steps:
    """Directed steps, each in one context, and which vote counts where.

    ``source, target, context``: codes, one row per step; both directions of every pair that was voted on exist.
    ``step, answer, participant``: one row per counted answer; a "wiser" counts twice, once mirrored.
    """

    source: IntArray
    target: IntArray
    context: IntArray
    step: IntArray
    answer: IntArray
    participant: IntArray
    people: int

    def __len__(self) -> int:
        return len(self.source)

    def counts(self, weight: FloatArray | None = None) -> FloatArray:
        """Return the answers of each step, shape (steps, 4); ``weight``: how often each participant counts."""
        given = None if weight is None else weight[self.participant]
        flat = np.bincount(self.step * ANSWERS + self.answer, given, len(self) * ANSWERS)
        return flat.reshape(-1, ANSWERS).astype(float)


def steps_of(votes: Votes) -> Steps:
    """Return the steps of all votes that answer whether a value is wiser."""
    judged = votes.outcome < JUDGED
    source, target, context, outcome = (
        column[judged] for column in (votes.source, votes.target, votes.context, votes.outcome)
    )
    who = votes.participant[judged]
    n = len(votes.values)
    there = (context * n + source) * n + target
    back = (context * n + target) * n + source
    keys, step = np.unique(np.concatenate([there, back]), return_inverse=True)
    yes = outcome == WISER
    return Steps(
        source=keys // n % n,
        target=keys % n,
        context=keys // (n * n),
        step=np.concatenate([step[: len(there)], step[len(there) :][yes]]),
        answer=np.concatenate([outcome, np.full(int(yes.sum()), LESS_WISE)]),
        participant=np.concatenate([who, who[yes]]),
        people=len(votes.participants),
    )


@dataclass(frozen=True)
class Belief:
    """The posterior of each step: a Dirichlet over its four answers with Jeffreys' prior.

    ``wiser``: share that finds the target wiser, with its interval; ``net``: that share less the share that finds
    the source wiser, from -1 to 1, with its interval. Intervals hold 95 % of the posterior; the net share's is that
    of a Beta on [-1, 1] with the posterior's mean and variance.
    """

    wiser: FloatArray
    wiser_low: FloatArray
    wiser_high: FloatArray
    net: FloatArray
    net_low: FloatArray
    net_high: FloatArray
    entropy: FloatArray


def net_share(counts: FloatArray) -> FloatArray:
    """Return the posterior mean of "wiser" less "less wise" for each step; few answers keep it near 0."""
    total = counts.sum(axis=1) + ANSWERS * PRIOR
    return np.asarray((counts[:, WISER] - counts[:, LESS_WISE]) / total)


def believe(counts: FloatArray) -> Belief:
    """Return the posterior of every step, from counts of shape (steps, 4)."""
    # Steps with the same answers have the same posterior, and most have few.
    one, which = _different(counts)
    alpha = counts[one] + PRIOR
    total = alpha.sum(axis=1)
    share = alpha / total[:, None]
    up, down = share[:, WISER], share[:, LESS_WISE]
    net = up - down
    variance = (up * (1 - up) + down * (1 - down) + 2 * up * down) / (total + 1)
    middle = (net + 1) / 2
    size = middle * (1 - middle) / (variance / 4) - 1
    low, high = (2 * betaincinv(middle * size, (1 - middle) * size, q) - 1 for q in (0.025, 0.975))
    wiser = [betaincinv(alpha[:, WISER], total - alpha[:, WISER], q) for q in (0.025, 0.975)]
    entropy = -(share * np.log2(share)).sum(axis=1)
    return Belief(*(column[which] for column in (up, *wiser, net, low, high, entropy)))


def _different(counts: FloatArray) -> tuple[IntArray, IntArray]:
    """Return one row of each kind, and for every row its kind."""
    key = np.zeros(len(counts), dtype=np.int64)
    for column in counts.T.astype(np.int64):
        most = int(column.max(initial=0)) + 1
        if most * (int(key.max(initial=0)) + 1) >= 2**62:
            _, key = np.unique(key, return_inverse=True)
        key = key * most + column
    _, first, kind = np.unique(key, return_index=True, return_inverse=True)
    return first, kind
