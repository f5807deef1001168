"""Whether words tell which model wrote them: its own name in any spelling, or “I am …” with a known one. Pure."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_MODELS = (
    r"(?:chat[\s\-]?gpt|gpt(?:[\s\-‑–]?\d\w*)?|claude|gemini|gemma|llama|mistral|mixtral|qwen|deep[\s\-]?seek|grok|"
    r"copilot|command[\s\-]r|phi[\s\-]?\d|olmo|jamba|kimi|glm[\s\-]?\d|jais|allam)\b"
)
_MAKERS = r"(?:open\s?ai|anthropic|google|deepmind|meta|microsoft|alibaba|cohere|xai|amazon|mistral|deep[\s\-]?seek)\b"
_ARABIC = r"(?:جي\s?بي\s?تي|شات\s?جي|كلود|جيميني|جيميناي|لاما|ميسترال|أوبن|أنثروبيك|غوغل|جوجل)"
_OF_ITSELF = re.compile(
    rf"\b(?:i\s+am|i['’]m|my\s+name\s+is|(?:call|called|speaking\s+(?:to|with)|talking\s+(?:to|with)))\s+(?:\w+\W+){{0,4}}?({_MODELS})"
    rf"|\b(?:made|built|trained|created|developed|provided|powered)\s+(?:by|on|with)\s+(?:\w+\W+){{0,2}}?({_MODELS}|{_MAKERS})"
    rf"|(?:أنا|اسمي|دربتني|طورتني|صنعتني)\s+(?:\S+\s+){{0,4}}?({_MODELS}|{_MAKERS}|{_ARABIC})",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?:[-_:@]?(?:\d{4}-\d\d-\d\d|20\d{6}|latest|preview|instruct|chat))+$", re.IGNORECASE)
_SHORT = 4


def own_names(*ids: str) -> frozenset[str]:
    """Return the spellings under which a model's ids would be known: whole, without owner, without version; flat.

    An id that is one plain word ("judge") is left out: nobody could say that word any more.
    """
    return frozenset(map(_flat, _forms(ids)))


def _forms(ids: Iterable[str]) -> list[str]:
    forms = {form for one in ids for form in (one, one.rpartition("/")[2])}
    forms |= {_VERSION.sub("", form) for form in forms}
    return [form for form in forms if re.search(r"[^\W_]", form) and not form.isalpha()]


def names_a_model(text: str, names: Iterable[str]) -> bool:
    """Return whether ``text`` holds one of ``names`` (from own_names), or its speaker says which model it is."""
    if _OF_ITSELF.search(text):
        return True
    words, flat = re.findall(r"[^\W_]+", text.casefold()), _flat(text)
    # A short one ("o1") has to stand alone: flattened words run into each other.
    return any(name in words if len(name) < _SHORT else name in flat for name in names)


def name_spans(text: str, ids: Sequence[str]) -> list[tuple[int, int]]:
    """Return where ``text`` names the model with these ids, or where its speaker says which one it is, in order.

    An id with a digit is found in any spelling ("gpt 4o"), another one only as it is written.
    """
    found = [one.span(one.lastindex or 0) for one in _OF_ITSELF.finditer(text)]
    if spelled := _spelled(tuple(ids)):
        found += [one.span() for one in spelled.finditer(text)]
    return sorted(found)


@lru_cache(maxsize=256)
def _spelled(ids: tuple[str, ...]) -> re.Pattern[str] | None:
    ways = sorted(map(_way, _forms(ids)), key=len, reverse=True)
    if not ways:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(ways)})(?![^\W_])", re.IGNORECASE)


def _way(form: str) -> str:
    if not re.search(r"\d", form):
        return re.escape(form)
    return r"[\s_./:‑–-]{0,2}".join(re.findall(r"[^\W\d_]+|\d+", form))


def _flat(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", text.casefold()))
