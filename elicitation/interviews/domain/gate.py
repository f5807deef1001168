"""The gate between a model's words and a person: sentence by sentence, one short question, nothing forbidden. Pure.

What a person writes may talk a model into anything; what reaches the screen is decided here.
"""

import re
from dataclasses import dataclass, field

from elicitation.interviews.domain.tongues import wrong_language
from multivocal.domain.names import names_a_model

LONGEST = 420
MOST_SENTENCES = 4
_MOVE = re.compile(r"^\s*[*_`]*move[*_`]*\s*[:=]\s*[*_`]*(stay|next)\b[*_`.]*[ \t]*", re.IGNORECASE)
_END = re.compile(r"[.!?…؟。？！]+[\"”’»)]*(?=\s|$)|\n+")
_QUESTION = re.compile(r"[?؟？]")
_FLATTERY = re.compile(
    r"\b(?:(?:what|that'?s|that is|this is|such)\s+(?:an?\s+)?(?:\w+\s+)?(?:great|wonderful|amazing|beautiful|"
    r"brilliant|fantastic|excellent|inspiring|profound|insightful|impressive|lovely)|"
    r"(?:great|good|excellent|wonderful) (?:question|answer|point)|well (?:said|done|put)|"
    r"you(?:'re| are) (?:so|very|such|truly|really) \w+|i (?:admire|love|am impressed)|thank you so much)\b"
    r"|(?:رائع|مذهل|جميل جد|أحسنت|مدهش)",
    re.IGNORECASE,
)
_OWN_LIFE = re.compile(
    r"\b(?:i (?:remember|once|recall|have been|grew up|felt|used to|know how you feel|went through|lost)|"
    r"when i was|in my (?:own )?(?:life|childhood|experience|family)|my (?:own )?(?:mother|father|friend|sister|"
    r"brother|wife|husband|child|kids?|grand\w+)|as (?:a|an) (?:human|person|parent|friend)|me too)\b"
    r"|(?:أتذكر|عندما كنت|حين كنت|في حياتي)",
    re.IGNORECASE,
)
_MACHINERY = re.compile(
    r"<<<|>>>|```|https?://|www\.|\bmove\s*[:=]|\b(?:system prompt|my instructions|developer message|language model)\b",
    re.IGNORECASE,
)


@dataclass
class Gate:
    """Takes a model's words as they stream; ``feed`` returns what may be shown, ``end`` the rest.

    ``wants_next`` is the model's wish to move on, from its first line ``MOVE: stay`` or ``MOVE: next``.
    ``names`` are the ways to call the model that speaks (own_names): nobody may read them.
    ``asked`` tells whether a question went through: without one there is nothing to answer.
    """

    language: str
    names: frozenset[str] = frozenset()
    wants_next: bool = False
    asked: bool = False
    shown: str = ""
    dropped: list[str] = field(default_factory=list)
    _rest: str = ""
    _begun: bool = False
    _sentences: int = 0

    def feed(self, piece: str) -> str:
        """Take a piece and return the text that may be shown because of it, possibly none."""
        self._rest += piece
        if not self._begun:
            if len(self._rest.lstrip()) < 16 and "\n" not in self._rest.lstrip():
                return ""
            self._begin()
        return self._release(last=False)

    def end(self) -> str:
        """Take the end of the words and return what may still be shown."""
        if not self._begun:
            self._begin()
        return self._release(last=True)

    def _begin(self) -> None:
        self._begun = True
        if found := _MOVE.match(self._rest):
            self.wants_next = found[1].lower() == "next"
            self._rest = self._rest[found.end() :].lstrip()

    def _release(self, *, last: bool) -> str:
        before = len(self.shown)
        while not self.asked:
            found = _END.search(self._rest)
            # At the end of what has come so far a sentence may still go on ("e.g." or “?”” in two pieces).
            if found is None or (not last and found.end() == len(self._rest)):
                break
            self._judge(self._rest[: found.end()])
            self._rest = self._rest[found.end() :]
        if last and not self.asked and self._rest.strip():
            self._judge(self._rest)
            self._rest = ""
        return self.shown[before:]

    def _judge(self, sentence: str) -> None:
        sentence = re.sub(r"^[\s*#>\-•]+|[*_`]{1,3}", "", sentence).strip()
        if not sentence:
            return
        question = bool(_QUESTION.search(sentence))
        full = self._sentences >= MOST_SENTENCES - 1 and not question
        long = len(self.shown) + len(sentence) > LONGEST
        if full or long or not may_be_said(sentence, self.language, self.names):
            self.dropped.append(sentence)
            return
        self.shown += (" " if self.shown else "") + sentence
        self._sentences += 1
        self.asked = question


def may_be_said(sentence: str, language: str, names: frozenset[str] = frozenset()) -> bool:
    """Return whether an interviewer may say this: no flattery, no life or name of its own, no machinery."""
    if _FLATTERY.search(sentence) or _OWN_LIFE.search(sentence) or _MACHINERY.search(sentence):
        return False
    if names_a_model(sentence, names):
        return False
    return not wrong_language(sentence, language)
