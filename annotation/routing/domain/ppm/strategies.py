"""From a performance model to a routing: the items of largest gain, or the best of many simulated candidates."""

import numpy as np
from numpy.typing import ArrayLike

from annotation.routing.domain.ppm.candidates import candidates
from annotation.routing.domain.ppm.models import Ppm
from annotation.routing.domain.table import BoolArray
from annotation.statistics.errors import NotEstimable


def top_k(ppm: Ppm, tags: ArrayLike, asked: int, *, seed: int = 0) -> BoolArray:
    """Return the routing of the ``asked`` items whose own gain is largest; ties by lot."""
    gains = ppm.gains(tags)
    if not 0 <= asked <= len(gains):
        raise NotEstimable("No more items can be asked about than there are.")
    lot = np.random.default_rng(seed).permutation(len(gains))
    routing = np.zeros(len(gains), dtype=bool)
    routing[lot[np.argsort(-gains[lot], kind="stable")][:asked]] = True
    return routing


def simulated(ppm: Ppm, tags: ArrayLike, asked: int, *, count: int = 500, seed: int = 0) -> BoolArray:
    """Return the candidate of ``count`` with the largest prediction, each asking about ``asked`` items.

    Its prediction is too good to be true, being the largest of many: measure it on an audit.
    """
    drawn = candidates(tags, count=count, budget=asked, seed=seed)
    return np.asarray(drawn[int(np.argmax(ppm.predict(drawn, tags)))])
