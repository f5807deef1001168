"""How a personality answers: sentences chosen by a seeded generator, bent to the words of the prompt."""

import random
import re

from multivocal.llm.simulator.listening import language_of, topic_of, topics_of, words_asked
from multivocal.llm.simulator.personalities import Personality
from multivocal.llm.simulator.sentences import phrases

Message = dict[str, str]


def _list(sentences: list[str], numbered: bool) -> str:
    return "\n".join(f"{n}. {line}" if numbered else f"- {line}" for n, line in enumerate(sentences, 1))


class Speech:
    """One conversation as one personality hears it; every call of :meth:`say` is a further answer."""

    def __init__(self, who: Personality, messages: list[Message], rng: random.Random) -> None:
        self.who, self.rng = who, rng
        self.asked = next((m["content"] for m in reversed(messages) if m["role"] == "user"), "")
        before = [m["content"] for m in messages if m["role"] == "user"][:-1]
        system = "\n".join(m["content"] for m in messages if m["role"] in {"system", "developer"})
        self.language = who.language or language_of(" ".join([*before[-3:], self.asked]))
        self.words = words_asked(f"{system}\n{self.asked}")
        heard = language_of(self.asked)
        # A topic is quoted only in its own language.
        self.topic = self._heard(self.asked, heard) or phrases(self.language)["this"][0]
        self.earlier = self._heard(before[-1], heard) if before else None
        # A long system prompt is a constitution, not a house rule: let it be heard in the answer.
        self.principle = self._principle(system) if len(system) > 250 else None

    def _heard(self, text: str, language: str) -> str | None:
        return topic_of(text, language, self.rng) if language == self.language else None

    def _principle(self, system: str) -> str | None:
        heard = language_of(system)
        topics = topics_of(system, heard) if heard == self.language else []
        return self.rng.choice(topics) if topics else None

    def sentence(self, move: str, used: set[str]) -> str:
        """Return one sentence of ``move``, one not yet in ``used`` where there is one, about the topic."""
        bank = phrases(self.language)[move]
        fresh = [line for line in bank if line not in used] or bank
        line = self.rng.choice(fresh)
        used.add(line)
        # Nobody names a thing in every sentence; other languages would need the right case here.
        again = self.language == "en" and len(used) > 1 and self.rng.random() < 0.6
        line = line.format(t="this" if again else self.topic, p=self.principle, e=self.earlier)
        return line[0].upper() + line[1:]

    def say(self, words: int | None = None) -> str:
        """Return an answer of about ``words`` words (by default as asked for)."""
        wanted = max(4.0, (words or self.words) * self.who.length)
        used: set[str] = set()
        opening = [self.sentence("earlier", used)] if self.earlier and self.rng.random() < 0.5 else []
        if self.principle:
            opening.insert(0, self.sentence("heed", used))
        if self.who.form != "prose":
            count = max(2, min(6, round((wanted - 14) / 11)))
            head = [*opening, self.sentence(self.who.moves[0], used)]
            items = [self.sentence(self.who.moves[1], used) for _ in range(count)]
            return " ".join(head) + "\n\n" + _list(list(dict.fromkeys(items)), self.who.form == "steps")
        said = [*opening, self.sentence(self.who.moves[0], used)]
        bank = phrases(self.language)
        for move in [*self.who.moves[1:], *self.who.moves, "answer", "balance", "evidence", "ask"]:
            if len(" ".join(said).split()) >= wanted - 4:
                break
            if any(line not in used for line in bank[move]):
                said.append(self.sentence(move, used))
        parts = [said] if len(said) < 6 else [said[: len(said) // 2], said[len(said) // 2 :]]
        return "\n\n".join(" ".join(part) for part in parts)


def pieces(text: str) -> list[str]:
    """Return ``text`` cut as a model would stream it: words with the space before them."""
    return re.findall(r"\s*\S+|\s+\Z", text)
