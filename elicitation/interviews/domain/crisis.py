"""Words that say somebody may be in danger: they bring the study's help text at once, without any model. Pure."""

import re
from collections.abc import Iterable

_WORDS = {
    "en": (
        r"kill(?:ing)? my ?self", r"suicid\w*", r"end(?:ing)? my (?:own )?life", r"take my (?:own )?life",
        r"(?:want|wish|going) to die", r"wish i (?:was|were) dead", r"better off dead", r"hurt(?:ing)? my ?self",
        r"self[- ]?harm\w*", r"cut(?:ting)? my ?self", r"don'?t want to (?:live|be alive)",
        r"no reason to live", r"overdos(?:e|ed|ing)",
        r"(?:he|she|they|my \w+) (?:is going to|will) kill me",
    ),
    "ar": (
        r"انتحار", r"أنتحر", r"انتحر", r"أقتل نفسي", r"اقتل نفسي", r"قتل نفسي", r"أريد أن أموت", r"اريد ان اموت",
        r"أتمنى الموت", r"إنهاء حياتي", r"أنهي حياتي", r"أؤذي نفسي", r"إيذاء نفسي", r"لا أريد أن أعيش", r"سيقتلني",
    ),
    "de": (r"selbstmord", r"suizid\w*", r"umbringen", r"nicht mehr leben", r"mir das leben nehmen"),
    "es": (r"suicid\w*", r"matarme", r"quitarme la vida", r"quiero morir\w*"),
    "fr": (r"suicid\w*", r"me tuer", r"mettre fin à mes jours", r"envie de mourir", r"veux mourir"),
}  # fmt: skip
# People write in the language they feel in, whatever the page's is: all lists count.
_ALL = re.compile(
    "|".join(rf"(?<!\w)(?:{word})(?!\w)" for words in _WORDS.values() for word in words), re.IGNORECASE
)


def in_crisis(text: str, more: Iterable[str] = ()) -> bool:
    """Return whether ``text`` has one of our words, or one of ``more`` (plain words of the study)."""
    plain = " ".join(text.replace("’", "'").split())
    if _ALL.search(plain):
        return True
    return any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain, re.IGNORECASE) for word in more if word.strip()
    )
