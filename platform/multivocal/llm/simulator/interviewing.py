"""The simulator's interviewer and writer of values cards: plain rules over what the person said, no chance in them."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

from multivocal.llm.simulator.listening import topics_of, words_of
from multivocal.llm.simulator.sentences import small_words

_FENCED = re.compile(
    r"^<<<([a-z]+)(?: (\d{1,4}))? ([0-9a-f]{8})>>>\n(.*?)\n<<<end \3>>>$", re.DOTALL | re.MULTILINE
)
_STAGE = re.compile(r"^Stage (\d) of 5\.", re.MULTILINE)
_LANGUAGE = re.compile(r"\((en|ar)(?:-\w+)?\)")

_QUESTIONS = {
    "en": {
        1: (
            "Can you tell me about one time in your life when this was not just a thought?",
            "When did something like this last happen to you, or near you?",
        ),
        2: (
            "Stay with that moment: what did you pay attention to before you did anything?",
            "What did you see or hear then that told you what to do?",
        ),
        3: (
            "You spoke of “{t}”. What would you look at to know that it is going well?",
            "What makes “{t}” matter to you there, and when would it not fit?",
        ),
        4: (
            "My guess is that in such moments you look out for “{t}”. What did I miss?",
            "It seems to me that you notice “{t}” first. What is not right about that?",
        ),
        0: (
            "That is fine. Is there one small detail that comes to mind?",
            "Let me ask something easier: who else was there?",
        ),
    },
    "ar": {
        1: (
            "هل تخبرني عن مرة في حياتك لم يكن فيها هذا مجرد فكرة؟",
            "متى حدث لك أو بقربك شيء كهذا آخر مرة؟",
        ),
        2: (
            "لنبق عند تلك اللحظة: إلى ماذا انتبهت قبل أن تفعل أي شيء؟",
            "ماذا رأيت أو سمعت حينها فعرفت ما عليك فعله؟",
        ),
        3: (
            "ذكرت «{t}». إلى ماذا تنظر كي تعرف أن الأمر يسير جيدا؟",
            "ما الذي يجعل «{t}» مهما عندك هناك، ومتى لا يصلح؟",
        ),
        4: (
            "أظن أنك تنتبه في مثل هذه اللحظات إلى «{t}». ما الذي فاتني؟",
            "يبدو لي أنك تلاحظ أولا «{t}». ما الذي ليس صحيحا في ذلك؟",
        ),
        0: (
            "لا بأس. هل يخطر ببالك تفصيل صغير واحد؟",
            "سؤال أسهل: من كان هناك غيرك؟",
        ),
    },
}  # fmt: skip
_LEAD = {"en": ("I see.", "All right.", "I hear that."), "ar": ("فهمت.", "حسنا.", "أسمعك.")}
_NOTHING = {"en": "what you just told me", "ar": "ما قلته الآن"}
_ENOUGH = 4  # words of an answer with which a stage's aim counts as reached


@dataclass(frozen=True, slots=True)
class Value:
    """A card on the shelf: words that point to it, a title, a sentence, and lines to choose from."""

    hints: frozenset[str]
    title: str
    description: str
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """The record of an interview as it stands in a prompt."""

    said: tuple[str, ...]
    card: str
    change: str
    stage: int
    language: str


def talk_in(messages: Sequence[dict[str, str]]) -> Talk | None:
    """Return the interview that a prompt is about; None where it is about something else."""
    material = next((m["content"] for m in messages if m["role"] == "user"), "")
    parts = list(_FENCED.finditer(material))
    if not parts or parts[0][1] != "question":
        return None
    told = messages[0]["content"] if messages[0]["role"] == "system" else ""
    language = _LANGUAGE.search(told)
    stage = _STAGE.search(material, parts[-1].end())
    named = {part[1]: part[4] for part in parts}
    return Talk(
        said=tuple(part[4] for part in parts if part[1] == "person"),
        card=named.get("card", ""),
        change=named.get("change", ""),
        stage=int(stage[1]) if stage else 5,
        language=language[1] if language else "en",
    )


def interview_reply(talk: Talk) -> str:
    """Return the interviewer's words: a move, and one question that fits the stage and what was said last."""
    last = talk.said[-1] if talk.said else ""
    enough = len(words_of(last)) >= _ENOUGH
    stage = min(4, talk.stage + enough)
    number = _number(last, talk.stage)
    pairs = _QUESTIONS[talk.language]
    question = pairs[stage if enough else 0][number % 2]
    topics = topics_of(" ".join(talk.said[-2:]), talk.language)
    topic = topics[0].lower() if topics else _NOTHING[talk.language]
    lead = _LEAD[talk.language][number % 3]
    move = "next" if enough else "stay"
    return f"MOVE: {move}\n{lead} {question.replace('{t}', topic)}"


def interview_card(talk: Talk) -> str:
    """Return a card as JSON: the value on the shelf that the words point to most, changed as was wished."""
    if talk.card and talk.change:
        return _changed(talk)
    words = {word.lower() for said in talk.said for word in words_of(said)}
    shelf = shelf_of(talk.language)
    number = _number(" ".join(talk.said), 0)
    best = max(range(len(shelf)), key=lambda n: (len(shelf[n].hints & words), (n - number) % len(shelf)))
    value = shelf[best]
    kept = [line for n, line in enumerate(value.policies) if n != number % (len(value.policies) + 1)]
    return orjson.dumps({"title": value.title, "description": value.description, "policies": kept}).decode()


def _changed(talk: Talk) -> str:
    title, description, *lines = talk.card.split("\n")
    policies = [line.removeprefix("- ") for line in lines]
    small = small_words(talk.language)
    heavy = [word for word in words_of(talk.change) if word.lower() not in small][:8]
    wish = " ".join(heavy).lower() or _NOTHING[talk.language]
    added = f"THINGS such as {wish}" if talk.language == "en" else f"أشياء مثل {wish}"
    if added not in policies:
        policies = [*policies[:6], added]
    return orjson.dumps({"title": title, "description": description, "policies": policies}).decode()


@cache
def shelf_of(language: str) -> tuple[Value, ...]:
    """Return the shelf of a language."""
    text = (Path(__file__).parent / "phrases" / f"values.{language}.txt").read_text(encoding="utf-8")
    found = []
    for part in re.split(r"^\[\w+\] ", text, flags=re.MULTILINE)[1:]:
        hints, title, description, *policies = part.strip().split("\n")
        found.append(Value(frozenset(hints.split()), title, description, tuple(policies)))
    return tuple(found)


def _number(text: str, stage: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{stage}:{text}".encode()).digest()[:4], "big")
