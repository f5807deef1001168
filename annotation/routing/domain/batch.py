"""Many cases side by side: which texts they have, and what measures share of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from annotation.routing.domain.cases import Case
from annotation.routing.domain.table import BoolArray, FloatArray, IntArray
from annotation.routing.domain.texts import Texts, sums

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class Batch:
    """``prompt``, ``a`` and ``b`` say which of ``texts`` a case has there; one that many have is taken apart once."""

    cases: Sequence[Case]
    texts: Texts
    prompt: IntArray
    a: IntArray
    b: IntArray

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Self:
        """Take the texts of ``cases`` apart."""
        place: dict[str, int] = {}
        columns = [
            np.array([place.setdefault(text, len(place)) for text in texts], dtype=np.int64)
            for texts in (
                [case.prompt for case in cases],
                [case.a for case in cases],
                [case.b for case in cases],
            )
        ]
        return cls(cases, Texts(list(place)), *columns)

    def both(self, rows: "csr_array") -> tuple["csr_array", "csr_array"]:
        """Return the rows of a and of b."""
        return rows[self.a], rows[self.b]

    def of_both(self, values: FloatArray | BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return what is so of each text, for a and for b."""
        values = values.astype(np.float64)
        return values[self.a], values[self.b]

    @cached_property
    def sizes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The words of the prompt, of a and of b."""
        sizes = self.texts.sizes.astype(np.float64)
        return sizes[self.prompt], sizes[self.a], sizes[self.b]

    @cached_property
    def counts(self) -> tuple["csr_array", "csr_array"]:
        """How often each word stands in a and in b."""
        return self.both(self.texts.counts)

    @cached_property
    def shared(self) -> FloatArray:
        """How many words a and b share, each as often as both have it."""
        a, b = self.counts
        return sums(a.minimum(b))

    @cached_property
    def start_overlap(self) -> FloatArray:
        """The F1 of the words' first four letters."""
        a, b = self.both(self.texts.starts)
        return f1(sums(a.minimum(b)), *self.sizes[1:])

    @cached_property
    def copied(self) -> tuple[FloatArray, FloatArray]:
        """The share of the words of a and of b that stand in the prompt; 0 of an empty text."""
        known = self.texts.counts[self.prompt]
        known.data[:] = 1
        one, two = (
            share(sums(words.multiply(known)), size, 0.0)
            for words, size in zip(self.counts, self.sizes[1:], strict=True)
        )
        return one, two


def share(part: FloatArray, whole: FloatArray, empty: float) -> FloatArray:
    """Return part / whole, and ``empty`` where the whole is nothing."""
    return np.divide(part, whole, out=np.full(len(part), empty), where=whole > 0)


def f1(shared: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """Return twice what is shared over all there is; 1 where there is nothing at all."""
    return share(2 * shared, first + second, 1.0)
