"""Rankings as one matrix: a judgement per row, its stimuli from best to worst."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import IntArray, Rankings


@dataclass(frozen=True, eq=False)
class Ballots:
    """``order`` (judgements × longest) holds stimulus codes, best first, −1 after the last; ``tier`` their tiers.

    Tiers count from 0 without gaps, equal = tied, −1 where ``order`` is. Codes point into ``labels``, which
    holds only stimuli that were ranked; ``rater`` and ``item`` give each judgement's codes.
    """

    order: IntArray
    tier: IntArray
    size: IntArray
    rater: IntArray
    item: IntArray
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.size)

    def clusters(self, by: str) -> list[IntArray]:
        """Return the cluster codes named ``by``: none, judgement, rater, item or both."""
        known = {
            "none": [],
            "judgement": [np.arange(len(self))],
            "rater": [self.rater],
            "item": [self.item],
            "both": [self.rater, self.item],
        }
        if by not in known:
            raise ValueError(f"clusters are one of {', '.join(known)}, not {by}")
        return known[by]


def ballots(rankings: Rankings) -> Ballots:
    """Gather long rows into judgements.

    Refuses no rows, ranks below 1 (they count from 1), a stimulus twice in a judgement, and a judgement that two
    raters or two items share.
    """
    if not len(rankings):
        raise NotEstimable("There are no rankings.")
    if (rankings.rank < 1).any():
        raise NotEstimable("A rank is below 1; ranks count from 1 = best.")
    order = np.lexsort((rankings.stimulus, rankings.rank, rankings.judgement))
    judged, rank = rankings.judgement[order], rankings.rank[order]
    present, stimulus = np.unique(rankings.stimulus[order], return_inverse=True)
    first = np.flatnonzero(np.r_[True, judged[1:] != judged[:-1]])
    size = np.diff(np.r_[first, len(judged)])
    row = np.repeat(np.arange(len(first)), size)
    place = np.arange(len(judged)) - first[row]
    _same("rater", rankings.rater[order], first, row)
    _same("item", rankings.item[order], first, row)

    step = np.r_[False, (rank[1:] != rank[:-1])] & (place > 0)
    climbed = np.cumsum(step)
    shape = (len(first), int(size.max()))
    matrix, tier = np.full(shape, -1), np.full(shape, -1)
    matrix[row, place] = stimulus
    tier[row, place] = climbed - climbed[first][row]
    labels = tuple(rankings.stimuli[code] for code in present)
    ordered = np.sort(matrix, axis=1)
    if ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any():
        raise NotEstimable("A judgement ranks the same stimulus twice.")
    rater, item = rankings.rater[order][first], rankings.item[order][first]
    return Ballots(matrix, tier, size.astype(np.int64), rater, item, labels)


def _same(what: str, codes: IntArray, first: IntArray, row: IntArray) -> None:
    if (codes != codes[first][row]).any():
        raise NotEstimable(f"One judgement carries two {what}s; give every judgement its own name.")
