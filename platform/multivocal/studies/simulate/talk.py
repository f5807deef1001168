"""A conversation as a person holds it: what to do next, seeing only the state that a browser is given."""

import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from multivocal.studies.simulate import words

Action = dict[str, Any]
State = dict[str, Any]


@dataclass
class Talker:
    """One person in one conversation; ``planned`` is how many turns they feel like."""

    language: str
    rng: random.Random
    planned: int = 0
    retried: int = 0
    tastes: dict[str, int] = field(default_factory=dict)

    def next_action(self, state: State) -> Action | None:
        """Return what to do now; None while answers are on their way or when there is nothing to do here."""
        talk = state.get("conversation")
        if not talk or talk["phase"] in ("finished", "answering"):
            return None
        self.planned = self.planned or self._plan(talk)
        turn = talk["turns"][-1] if talk["turns"] else None
        if talk["phase"] == "judging" and turn:
            return self._do("judge", turn=turn["id"], payload=self._judgement(turn), paradata=self._noticed())
        if talk["phase"] == "tie" and turn:
            return self._do("break_tie", turn=turn["id"], slot=self.rng.choice(turn["tied"]))
        if talk["phase"] == "failed" and turn:
            self.retried += 1
            return self._do("retry", turn=turn["id"]) if self.retried <= 2 else self._do("give_up")
        if talk["may_finish"] and (len(talk["turns"]) >= self.planned or not talk["may_say"]):
            return self._do("finish")
        if talk["may_say"]:
            return self._do("say", text=self._say(talk))
        return None

    def _do(self, what: str, **more: Any) -> Action:
        return {"do": what, "key": str(uuid.UUID(int=self.rng.getrandbits(128), version=4)), **more}

    def _plan(self, talk: dict[str, Any]) -> int:
        # PRISM's conversations have 3.4 turns on average: the minimum and a few more.
        low, high = int(talk["min_turns"]), int(talk["max_turns"])
        return min(high, low + self.rng.choices((0, 1, 2, 3, 5), weights=(35, 30, 20, 10, 5))[0])

    def _say(self, talk: dict[str, Any]) -> str:
        if talk["turns"]:
            return words.follow_up(self.language, self.rng)
        return words.opening(self.language, talk["type"], self.rng)

    def _judgement(self, turn: dict[str, Any]) -> dict[str, Any]:
        asked = turn["protocol"]
        slots = [answer["slot"] for answer in turn["answers"] if answer["state"] == "complete"]
        if asked["kind"] == "choice":
            return {"choice": self.rng.choice(slots)}
        if asked["kind"] == "ranking":
            order = self.rng.sample(slots, len(slots))
            ranks = {slot: n + 1 for n, slot in enumerate(order)}
            if len(order) > 1 and asked.get("ties") and self.rng.random() < 0.2:
                ranks[order[1]] = ranks[order[0]]
            return {"ranks": ranks}
        low, high = asked["min"], asked["max"]
        scores = {slot: max(low, min(high, round(self.rng.gauss(62, 24)))) for slot in slots}
        if len(slots) > 1 and self.rng.random() < 0.08:  # some people cannot decide
            best = max(scores.values())
            scores[slots[0]] = scores[slots[-1]] = best
        return {"scores": scores}

    def _noticed(self) -> dict[str, Any]:
        return {"ms": self.rng.randint(1_500, 60_000), "away_ms": 0, "changes": self.rng.randint(1, 9)}
