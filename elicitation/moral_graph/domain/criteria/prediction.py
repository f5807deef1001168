"""Can votes in one situation be told from votes in others? A model and a base rate, both blind to what they predict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from elicitation.moral_graph.domain.criteria.intervals import Measured, ratio
from elicitation.moral_graph.domain.steps import FloatArray
from elicitation.moral_graph.domain.votes import JUDGED, WISER, IntArray, Votes

FEWEST = 30  # predicted votes


@dataclass(frozen=True)
class Foretold:
    """How well held-out votes were told: 1 - (model's squared error / base rate's), by people resampled.

    ``covered``: share of the held-out votes whose two values were both voted on outside; only those are predicted.
    ``right``: share called rightly, and ``base``: by the base rate alone.
    """

    skill: Measured
    right: float
    base: float
    votes: int
    covered: float


def foretell(votes: Votes, parts: Sequence[IntArray], *, seed: int = 0) -> Foretold | None:
    """Predict each of ``parts`` (places of votes) from all votes outside it; None where fewer than 30 can be.

    An answer is "wiser" or it is not. The model is a logistic regression on which value the story leads to and which
    it leaves (a Bradley–Terry model with an intercept for the pull of saying yes, worths shrunk to 0); the base rate
    is the share of "wiser" among the same training votes.
    """
    judged = votes.outcome < JUDGED
    said = (votes.outcome == WISER).astype(float)
    everywhere = np.arange(len(votes))
    mine, base, truth, who, held = [], [], [], [], 0
    for part in parts:
        test = part[judged[part]]
        train = np.setdiff1d(everywhere, part)
        train = train[judged[train]]
        held += len(test)
        known = np.zeros(len(votes.values), dtype=bool)
        known[votes.source[train]] = known[votes.target[train]] = True
        test = test[known[votes.source[test]] & known[votes.target[test]]]
        if not len(test) or len(set(said[train])) < 2:
            continue
        mine.append(_predict(votes, said, train, test))
        base.append(np.full(len(test), said[train].mean()))
        truth.append(said[test])
        who.append(votes.participant[test])
    if sum(map(len, truth)) < FEWEST:
        return None
    model, rate, real, people = (np.concatenate(column) for column in (mine, base, truth, who))
    errors, bases = (
        np.bincount(people, (guess - real) ** 2, len(votes.participants)).astype(float)
        for guess in (model, rate)
    )
    lost = ratio(errors, bases, seed=seed)
    if lost is None:
        return None
    skill = Measured(
        1 - lost.estimate, None if lost.high is None else 1 - lost.high, None if lost.low is None else 1 - lost.low,
        lost.n,
    )  # fmt: skip
    right, plain = (float(((guess >= 0.5) == (real > 0.5)).mean()) for guess in (model, rate))
    return Foretold(skill, right, plain, len(real), len(real) / held)


def by_context(votes: Votes) -> list[IntArray]:
    """Return the places of each context's votes."""
    return [np.flatnonzero(votes.context == number) for number in range(len(votes.contexts))]


def by_people(votes: Votes, folds: int = 5) -> list[IntArray]:
    """Return the places of the votes of each fifth of the people."""
    return [np.flatnonzero(votes.participant % folds == number) for number in range(folds)]


def _predict(votes: Votes, said: FloatArray, train: IntArray, test: IntArray) -> FloatArray:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, max_iter=500).fit(_design(votes, train), said[train])
    return np.asarray(model.predict_proba(_design(votes, test))[:, 1])


def _design(votes: Votes, rows: IntArray) -> csr_array:
    n = len(rows)
    place = np.arange(n)
    values = np.concatenate([np.ones(n), -np.ones(n)])
    columns = np.concatenate([votes.target[rows], votes.source[rows]])
    return csr_array((values, (np.concatenate([place, place]), columns)), shape=(n, len(votes.values)))
