"""Flags of a text: contact details, language, moderation. Nothing is removed because of them."""

import re
from functools import cache
from typing import Any

_ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+(\.[\w-]+)+"  # an e-mail address
    r"|(https?://|www\.)\S+"  # an address of a page
    r"|(?<!\w)@[A-Za-z_]\w{2,}",  # a name on a social network
)
_NUMBER = re.compile(r"(?<![\w.,])[+(]?\d[\d ()/.-]{7,22}\d(?![\w,])")
_CATEGORIES = (
    "sexual",
    "hate",
    "harassment",
    "self-harm",
    "sexual/minors",
    "hate/threatening",
    "violence/graphic",
    "self-harm/intent",
    "self-harm/instructions",
    "harassment/threatening",
    "violence",
)


def has_contact(text: str) -> bool:
    """Return whether ``text`` has what looks like an e-mail, page or telephone address, or a handle.

    Telephone numbers are 9 to 15 digits; years, prices and dates are not.
    """
    if _ADDRESS.search(text):
        return True
    return any(9 <= sum(map(str.isdigit, found.group())) <= 15 for found in _NUMBER.finditer(text))


@cache
def _identifier() -> Any:
    import py3langid

    return py3langid


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of the language of ``text``; None where it has no letter."""
    if not any(character.isalpha() for character in text):
        return None
    return str(_identifier().classify(text)[0])


def moderation() -> dict[str, Any]:
    """Return PRISM's shape with nothing in it: no moderation model was asked, and none is guessed at."""
    nothing: dict[str, None] = dict.fromkeys(_CATEGORIES)
    return {"flagged": None, "categories": dict(nothing), "category_scores": dict(nothing)}


def flags_of(text: str) -> dict[str, Any]:
    """Return the five flags of ``text``, in PRISM's order."""
    language = language_of(text)
    return {
        "pii_flag": has_contact(text),
        "pii_manual_flag": None,
        "language_flag": language,
        "en_flag": language == "en",
        "moderation_flag": moderation(),
    }
