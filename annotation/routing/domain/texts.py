"""Many texts taken apart into words at once: numbers for words, and a sparse row of counts per text."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from annotation.routing.domain.table import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

LONGEST = 20_000  # letters of a text that are looked at
_WORD = re.compile(r"\w+")
_SPACED = "".join(c if c.isalnum() or c == "_" else " " for c in map(chr, range(128)))


class Texts:
    """Distinct texts; arrays of words are all words of all texts in a row, ``bounds`` says where each text's begin.

    A word is a run of letters, digits and underlines of any script.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        self.texts = texts
        split = pc.ascii_split_whitespace(pa.array(map(_spaced, texts), pa.string()))
        coded = split.values.dictionary_encode()
        words: list[str] = coded.dictionary.to_pylist()
        numbers = coded.indices.to_numpy().astype(np.int64)
        # A space at an end leaves an empty word.
        real = np.fromiter(map(bool, words), dtype=bool, count=len(words))[numbers]
        self.bounds: IntArray = np.concatenate([[0], np.cumsum(real)])[split.offsets.to_numpy()]
        self.sizes: IntArray = np.diff(self.bounds)
        #: The number of every word as it is written, and in small letters; a number is one string.
        self.written: IntArray = numbers[real]
        number = defaultdict(count(len(words)).__next__, zip(words, count(), strict=False))
        small = _numbers(number, (word.lower() for word in words), len(words))
        self.small = small[self.written]
        self.words = list(number)

    def of_words(self, ask: Callable[[str], bool]) -> BoolArray:
        """Return the answer of every word, asked once of each distinct one."""
        return np.fromiter(map(ask, self.words), dtype=bool, count=len(self.words))[self.written]

    def of_texts(self, ask: Callable[[str], bool]) -> BoolArray:
        """Return the answer of every text."""
        return np.fromiter(map(ask, self.texts), dtype=bool, count=len(self.texts))

    def having(self, marks: Iterable[str]) -> BoolArray:
        """Return which texts have any of these marks, which are ASCII."""
        import pyarrow as pa
        import pyarrow.compute as pc

        # Half a surrogate pair has no place in UTF-8.
        encoded = pa.array((text.encode("utf-8", "replace") for text in self.texts), pa.binary())
        found = pc.match_substring_regex(encoded.cast(pa.string()), "|".join(map(re.escape, marks)))
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)

    def rows(self, numbers: IntArray, columns: int, which: BoolArray | None = None) -> "csr_array":
        """Return how often each number stands in each text, of all words or of ``which``."""
        bounds = self.bounds
        if which is not None:
            bounds, numbers = np.concatenate([[0], np.cumsum(which)])[bounds], numbers[which]
        return _counted(numbers, bounds, columns)

    @cached_property
    def counts(self) -> "csr_array":
        """How often each word, in small letters, stands in each text."""
        return self.rows(self.small, len(self.words))

    @cached_property
    def starts(self) -> "csr_array":
        """How often each start of four letters stands in each text."""
        number: defaultdict[str, int] = defaultdict(count().__next__)
        starts = _numbers(number, (word[:4] for word in self.words), len(self.words))
        return self.rows(starts[self.small], len(number))

    @cached_property
    def neighbours(self) -> "csr_array":
        """1 where two words, in small letters, stand side by side in a text."""
        last = np.zeros(len(self.small), dtype=bool)
        last[self.bounds[1:][self.sizes > 0] - 1] = True
        pairs = self.small[:-1] * len(self.words) + self.small[1:]
        found = self.rows(np.append(pairs, 0), max(1, len(self.words)) ** 2, ~last)
        found.data[:] = 1
        return found

    @cached_property
    def first(self) -> BoolArray:
        """Which words stand first in a text."""
        found = np.zeros(len(self.small), dtype=bool)
        found[self.bounds[:-1][self.sizes > 0]] = True
        return found


def sums(rows: "csr_array") -> FloatArray:
    """Return the sum of every row."""
    found: FloatArray = np.asarray(rows.sum(axis=1), dtype=np.float64).ravel()
    return found


def held(rows: "csr_array", row: IntArray, column: IntArray) -> BoolArray:
    """Return which of these places of sorted ``rows`` have a number."""
    width, last = rows.shape[1], np.iinfo(np.int64).max
    keys = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)) * width + rows.indices
    wanted = row.astype(np.int64) * width + column
    found: BoolArray = np.append(keys, last)[np.searchsorted(keys, wanted)] == wanted
    return found


def _spaced(text: str) -> str:
    text = text[:LONGEST]
    # The same words many times as fast, and most texts are such.
    return text.translate(_SPACED) if text.isascii() else " ".join(_WORD.findall(text))


def _numbers(number: defaultdict[str, int], words: Iterable[str], size: int) -> IntArray:
    return np.fromiter(map(number.__getitem__, words), dtype=np.int64, count=size)


def _counted(numbers: IntArray, bounds: IntArray, columns: int) -> "csr_array":
    from scipy.sparse import csr_array

    ones: Any = np.ones(len(numbers))
    # A copy: counting sorts the numbers of every text in place.
    found = csr_array((ones, numbers, bounds), shape=(len(bounds) - 1, max(1, columns)), copy=True)
    found.sum_duplicates()
    return found
