"""Which language a participant reads: what they chose, else what their browser asks for, else the study's first."""

from collections.abc import Mapping, Sequence

from django.conf.locale import LANG_INFO
from django.utils.translation.trans_real import parse_accept_lang_header


def choose_language(offered: Sequence[str], chosen: str = "", accepted: str = "") -> str:
    """Return the best of ``offered`` for a choice (a cookie, a row) or an Accept-Language header."""
    if chosen in offered:
        return chosen
    by_base: Mapping[str, str] = {language.lower().split("-")[0]: language for language in reversed(offered)}
    exact = {language.lower(): language for language in offered}
    for wanted, _quality in parse_accept_lang_header(accepted):
        found = exact.get(wanted) or by_base.get(wanted.split("-")[0])
        if found:
            return found
    return offered[0]


def direction_of(language: str) -> str:
    """Return ``rtl`` or ``ltr``."""
    return "rtl" if language.split("-")[0] in _RIGHT_TO_LEFT else "ltr"


def name_of(language: str) -> str:
    """Return a language's name in itself; its tag where Django does not know it."""
    info = LANG_INFO.get(language.lower()) or LANG_INFO.get(language.split("-")[0])
    return str(info.get("name_local", language)) if info else language


_RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "khw", "ks", "ku", "ps", "sd", "syr", "ug", "ur", "yi"}
)
