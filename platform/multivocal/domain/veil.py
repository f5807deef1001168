"""Hiding in a model's words, as they stream, which model it is: `[…]` stands for its name, however the words are cut.

Own code: redaction libraries look at whole texts, and what has been streamed can't be taken back. Pure.
"""

import re

from multivocal.domain.names import name_spans

HIDDEN = "[…]"
# The longest way from the first word that gives a name away to the name's last, in words; and the longest name.
_REACH, _LONGEST = 12, 8
_WORD = re.compile(r"\w+")


class Veil:
    """A veil over one answer of a model with these ids (its name, its id at the endpoint, its label)."""

    def __init__(self, *ids: str) -> None:
        self._ids = tuple(one for one in ids if one)
        self._before = ""  # words that were let through, as they came, for what follows to be understood
        self._held = ""

    def take(self, text: str, *, end: bool = False) -> str:
        """Return what may be shown now that ``text`` has come too; all the rest with ``end``.

        The last words wait: they may be the beginning of a name.
        """
        self._held += text
        cut = len(self._held) if end else _start_of_last(self._held, _LONGEST)
        if not cut:
            return ""
        whole, shift = self._before + self._held, len(self._before)
        upto, at, shown = shift + cut, shift, []
        for start, stop in name_spans(whole, self._ids):
            if start >= at and stop <= upto:
                shown += [whole[at:start], HIDDEN]
                at = stop
            elif at <= start < upto:
                upto = start  # no part of a name goes before the rest
        shown.append(whole[at:upto])
        self._held = whole[upto:]
        self._before = whole[_start_of_last(whole[:upto], _REACH) : upto]
        return "".join(shown)


def veiled(text: str, *ids: str) -> str:
    """Return a whole answer under its veil."""
    return Veil(*ids).take(text, end=True)


def _start_of_last(text: str, words: int) -> int:
    """Return where the last so many words begin, found without looking at more than is needed."""
    # Words of names are short; a longer look is taken only where there are not enough of them.
    for look in (words * 16, len(text)):
        begin = max(0, len(text) - look)
        starts = [one.start() + begin for one in _WORD.finditer(text[begin:])]
        if begin and len(starts) > words:
            return starts[-words]
        if not begin:
            return starts[-words] if len(starts) > words else 0
    return 0
