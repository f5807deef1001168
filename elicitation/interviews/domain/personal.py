"""What in a card could tell who somebody is: addresses and numbers are refused, names are asked about. Pure."""

import re
from typing import Literal, NamedTuple

Kind = Literal["email", "link", "phone", "number", "handle", "address", "name"]


class Found(NamedTuple):
    """A place in a text that may be personal."""

    kind: Kind
    words: str

    @property
    def certain(self) -> bool:
        """Return whether this must go, rather than be looked at."""
        return self.kind != "name"


# Every repetition that something must follow has an end: without one a long text takes minutes.
_CERTAIN: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")),
    ("link", re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("handle", re.compile(r"(?<![\w@])@\w{3,}")),
    ("phone", re.compile(r"(?<![\w.])\+?\(?\d[\d\s().\-/]{7,30}\d(?!\w)")),
    ("number", re.compile(r"(?<!\w)\d{6,}(?!\w)")),
    (
        "address",
        re.compile(
            r"\b\d{1,4}[a-z]?,? (?:[A-Z]\w+ ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive|square)\b",
            re.IGNORECASE,
        ),
    ),
)
_RELATIVE = (
    r"mother|mum|mom|father|dad|brother|sister|son|daughter|wife|husband|partner|friend|boss|teacher|doctor|neighbou?r|"
    r"uncle|aunt|cousin|colleague|child|grandmother|grandfather"
)
_NAMES = (
    re.compile(rf"\b(?i:my|our|his|her|their) (?:{_RELATIVE}),? ([A-Z][a-z]{{2,}})\b"),
    re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Professor|Sheikh|Imam|Pastor|Father|Rabbi)\.? ([A-Z][a-z]+)\b"),
    re.compile(r"\b(?:named|called|name is) ([A-Z][a-z]{2,})\b"),
    re.compile(r"(?<=[a-z,] )([A-Z][a-z]{2,} [A-Z][a-z]{2,})\b"),
    re.compile(r"(?:اسمه|اسمها|اسمي|يدعى|تدعى) ([\u0621-\u064a]{3,})"),
)


def personal_in(text: str) -> list[Found]:
    """Return what in ``text`` looks personal, each once, in order of certainty."""
    found: dict[str, Found] = {}
    for kind, pattern in _CERTAIN:
        for match in pattern.finditer(text):
            if not any(match[0] in words for words in found):
                found[match[0]] = Found(kind, match[0])
    for pattern in _NAMES:
        for match in pattern.finditer(text):
            found.setdefault(match[1], Found("name", match[1]))
    return list(found.values())
