"""The sentences the simulator is made of, kept one per line in a file per language."""

from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ar", "de", "es", "fr")


@cache
def phrases(language: str) -> dict[str, list[str]]:
    """Return the lines of one language by heading; the file is read at the first use.

    ``{t}`` stands for the topic, ``{p}`` for a principle given to follow, ``{e}`` for an earlier topic.
    """
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    path = Path(__file__).parent / "phrases" / f"{language}.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found[line[1:-1]] = []
        elif line:
            lines.append(line)
    return found


@cache
def small_words(language: str) -> frozenset[str]:
    """Return the frequent small words of a language: they tell the language, and they are never the topic."""
    return frozenset(" ".join(phrases(language)["small words"]).split())
