"""What is known of an item before a person is asked: its texts, its tags, and what judges said of it."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from annotation.routing.domain.tags import Tags

Label = Literal["a", "b", "tie"]
LABELS: tuple[Label, ...] = ("a", "b", "tie")
_WORD = re.compile(r"\w+")
LONGEST = 20_000  # letters of a text that are looked at


@dataclass(frozen=True)
class Reply:
    """One answer of a judge, turned to the responses already: ``order`` 0 showed a first, 1 showed b first.

    ``label`` is None where the call failed or its answer could not be read. ``certainty`` is from 0 to 1.
    """

    judge: str
    label: Label | None
    order: int = 0
    sample: int = 0
    score_a: float | None = None
    score_b: float | None = None
    certainty: float | None = None


@dataclass(frozen=True)
class Case:
    """One prompt with responses a and b. ``pool`` tells of those who would be asked: a number by name."""

    key: str
    prompt: str
    a: str
    b: str
    replies: tuple[Reply, ...] = ()
    tags: "Tags | None" = None
    pool: Mapping[str, float] = field(default_factory=dict)

    # Every measure counts words; texts are taken apart once, and only where a measure asks.
    @cached_property
    def parts(self) -> "Parts":
        """The texts taken apart."""
        return Parts(*(tuple(_WORD.findall(text[:LONGEST])) for text in (self.prompt, self.a, self.b)))

    @property
    def words(self) -> tuple[list[str], list[str], list[str]]:
        """The words of the prompt, of a and of b, in lower case."""
        return self.parts.words


@dataclass(frozen=True)
class Parts:
    """The words of the prompt, of a and of b as they are written, and what measures share of them."""

    prompt: tuple[str, ...]
    a: tuple[str, ...]
    b: tuple[str, ...]

    @cached_property
    def words(self) -> tuple[list[str], list[str], list[str]]:
        """The words in lower case."""
        one, two, three = ([word.lower() for word in text] for text in (self.prompt, self.a, self.b))
        return one, two, three

    @cached_property
    def counts(self) -> tuple[Counter[str], Counter[str]]:
        """How often each word stands in a and in b."""
        return Counter(self.words[1]), Counter(self.words[2])

    @cached_property
    def stems(self) -> tuple[Counter[str], Counter[str]]:
        """How often each start of four letters stands in a and in b."""
        found: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for stems, words in zip(found, self.counts, strict=True):
            for word, n in words.items():
                stems[word[:4]] += n
        return found

    @cached_property
    def copied(self) -> tuple[float | None, float | None]:
        """The share of the words of a and of b that stand in the prompt; None of an empty text."""
        known = set(self.words[0])
        one, two = (
            sum(n for word, n in words.items() if word in known) / words.total() if words else None
            for words in self.counts
        )
        return one, two
