"""What the simulator understands of a prompt: its language, its topic, and how long an answer should be."""

import random
import re

from multivocal.llm.simulator.sentences import LANGUAGES, small_words

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_LIMIT = re.compile(r"\b(\d{1,4})\s+(?:words|wörter|worte|palabras|mots|كلمة)", re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """Return the words of ``text`` (of its first 4,000 characters: a prompt may be long)."""
    return _WORD.findall(text[:4000])


def language_of(text: str) -> str:
    """Return the language of ``text`` among en, ar, de, es, fr; English where nothing speaks for another."""
    if 3 * len(_ARABIC.findall(text[:4000])) > sum(letter.isalpha() for letter in text[:4000]):
        return "ar"
    words = [word.lower().replace("’", "'") for word in words_of(text)]
    score = {language: sum(word in small_words(language) for word in words) for language in LANGUAGES}
    score["es"] += 2 * text.count("¿") + text.count("ñ")
    score["de"] += text.count("ß") + sum(text.count(letter) for letter in "äöü")
    score["fr"] += sum(text.count(letter) for letter in "çèêœ")
    return max(score, key=lambda language: (score[language], language == "en"))


def topics_of(text: str, language: str) -> list[str]:
    """Return up to four topics of ``text``: runs of up to three weighty words, longest first."""
    small = small_words(language)
    runs: list[list[str]] = [[]]
    for match in re.finditer(rf"{_WORD.pattern}|[.,;:!?…¿؟،\n]", text[:4000]):
        word = match.group()
        if not word[0].isalpha() or word.lower().replace("’", "'") in small or len(word) > 30:
            runs.append([])
        else:
            runs[-1].append(word)
    found = dict.fromkeys(" ".join(run[-3:]) for run in runs if run)
    return sorted((topic for topic in found if len(topic) > 2), key=len, reverse=True)[:4]


def topic_of(text: str, language: str, rng: random.Random) -> str | None:
    """Return one topic of ``text``, mostly the weightiest, or None where there is none."""
    topics = topics_of(text, language)
    if not topics:
        return None
    return rng.choices(topics, weights=[4, 2, 1, 1][: len(topics)])[0]


def words_asked(text: str, default: int = 55) -> int:
    """Return how many words ``text`` asks for ("around 50 words"), else ``default``."""
    found = _LIMIT.findall(text[:20_000])
    return max(5, min(int(found[-1]), 800)) if found else default
