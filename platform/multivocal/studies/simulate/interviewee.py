"""An interview as a person gives it: a life to tell from, now and then a change, and a card in the end."""

import random
import uuid
from dataclasses import dataclass
from typing import Any

from multivocal.studies.simulate.lives import LIVES
from multivocal.studies.simulate.talk import Action, State, Talker

_WISHES = {
    "en": ("Please put in that I look at their hands, too", "It is less about me and more about the others"),
    "ar": ("أضف من فضلك أنني أنظر إلى اليدين أيضا", "الأمر أقل عني وأكثر عن الآخرين"),
}
_BY_HAND = {
    "en": ("What I look for", "I stop for a moment and look at who is there.",
           ("PEOPLE who are there and say nothing", "SIGNS that somebody has had enough", "CHANCES to do a thing")),
    "ar": ("ما أنتبه إليه", "أتوقف لحظة وأنظر من هناك.",
           ("أناس حاضرون ولا يقولون شيئا", "علامات على أن أحدهم تعب", "فرص لفعل شيء صغير")),
}  # fmt: skip


@dataclass
class Interviewee(Talker):
    """One person in one interview. What they say follows from ``person`` and the question alone, and not from time."""

    person: str = ""
    changed: bool = False

    def next_action(self, state: State) -> Action | None:
        """Return what to do now; None while the interviewer writes or when there is nothing to do here."""
        talk = state.get("conversation")
        if not talk or talk["phase"] == "answering":
            return None
        if talk["phase"] == "failed":
            self.retried += 1
            if self.retried <= 2 or not (talk["may_write"] or talk["may_stop"]):
                return self._do("retry")
            return self._by_hand() if talk["may_write"] else self._do("stop")
        if talk["card"]:
            return self._with_card(talk)
        if talk["may_say"]:
            return self._do("say", text=self._told(talk))
        return self._do("propose") if talk["may_propose"] else None

    def _do(self, what: str, **more: Any) -> Action:
        # A key of its own each time: a second visit to the same talk must not repeat the first one's.
        return {"do": what, "key": str(uuid.uuid4()), **more}

    def _with_card(self, talk: dict[str, Any]) -> Action:
        card, own = talk["card"], random.Random(f"{self.person}:{talk['question']}:card")
        if own.random() < 0.15 and talk["may_change"] and not self.changed and card["version"] == 1:
            self.changed = True
            return self._do("change", text=own.choice(_WISHES[self._tongue()]))
        if card["must"]:
            return self._by_hand()
        return self._do("accept", version=card["version"], names_are_fine=bool(card["names"]))

    def _by_hand(self) -> Action:
        title, description, policies = _BY_HAND[self._tongue()]
        return self._do("write", title=title, description=description, policies=list(policies))

    def _told(self, talk: dict[str, Any]) -> str:
        shelf = LIVES[self._tongue()]
        own = random.Random(f"{self.person}:{talk['question']}")
        themes = sorted(shelf)
        # Values are not evenly spread: a few ways of living are common and the others rare.
        theme = own.choices(themes, weights=[1 / (1 + n) for n in _ranks(talk["question"], len(themes))])[0]
        turn = int(talk["turns_used"])
        said = random.Random(f"{self.person}:{talk['question']}:{turn}")
        return said.choice(shelf[theme][min(int(talk["stage_no"]), 4) - 1])

    def _tongue(self) -> str:
        return self.language if self.language in LIVES else "en"


def _ranks(question: str, count: int) -> list[int]:
    """Return how common each theme is for a question, 0 for the most common: the same for everybody."""
    order = list(range(count))
    random.Random(question).shuffle(order)
    return order
