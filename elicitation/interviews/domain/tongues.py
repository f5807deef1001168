"""Whether a text is plainly in another language than it should be: by script, then by small words. Pure."""

import re

_SCRIPTS = {"ar": r"[\u0600-\u06ff]", "fa": r"[\u0600-\u06ff]", "ur": r"[\u0600-\u06ff]", "he": r"[\u0590-\u05ff]",
            "ru": r"[\u0400-\u04ff]", "uk": r"[\u0400-\u04ff]", "el": r"[\u0370-\u03ff]", "hi": r"[\u0900-\u097f]",
            "zh": r"[\u4e00-\u9fff]", "ja": r"[\u3040-\u30ff\u4e00-\u9fff]", "ko": r"[\uac00-\ud7af]"}  # fmt: skip
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")
_SMALL = {
    "en": "the and you is of to what that when it was for with your do did how",
    "de": "der die das und ist nicht sie was wie wenn ein eine für mit haben war ihnen",
    "es": "el la los que de es cuando para con una usted qué cómo por lo se",
    "fr": "le la les est que vous quand pour avec une dans ce qu et des pas",
}
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}


def wrong_language(text: str, wanted: str) -> bool:
    """Return whether ``text`` is plainly not in ``wanted`` (a language tag); short or unclear texts pass."""
    base = wanted.split("-")[0].lower()
    letters = len(_LETTER.findall(text))
    if letters < 8:
        return False
    script = _SCRIPTS.get(base)
    own = len(re.findall(script, text)) if script else len(_LATIN.findall(text))
    if own < letters / 2:
        return True
    if base not in _WORDS:
        return False
    words = re.findall(r"[^\W\d_]+", text.lower())
    hits = {language: sum(word in small for word in words) for language, small in _WORDS.items()}
    best = max(hits, key=lambda language: hits[language])
    return best != base and hits[best] >= 3 and hits[best] >= 3 * max(hits[base], 1)
