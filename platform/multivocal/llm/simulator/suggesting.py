"""The simulator as a helper in setting up a deliberation: situations and values from its shelf, the same every time."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import orjson

from multivocal.llm.simulator.interviewing import shelf_of

_CASE = re.compile(r"^<<<case ([0-9a-f]{8})>>>\n(.*?)\n<<<end \1>>>$", re.DOTALL | re.MULTILINE)
_KNOWN = re.compile(r"^<<<known ([0-9a-f]{8})>>>\n(.*?)\n<<<end \1>>>$", re.DOTALL | re.MULTILINE)
_SITUATIONS = {
    "en": (
        "When somebody depends on me", "When I do not know enough", "When time is short", "When two duties collide",
        "When somebody cannot speak for themselves", "When a promise becomes hard to keep",
        "When nobody would notice", "When people I love disagree", "When something cannot be undone",
        "When help would cost me a lot", "When a rule no longer fits", "When trust was broken before",
    ),
    "ar": (
        "عندما يعتمد علي أحد", "عندما لا أعرف ما يكفي", "عندما يضيق الوقت", "عندما يتعارض واجبان",
        "عندما لا يستطيع أحد أن يتكلم عن نفسه", "عندما يصعب الوفاء بوعد", "عندما لا يلاحظ أحد",
        "عندما يختلف من أحبهم", "عندما لا يمكن التراجع عن أمر",
    ),
}  # fmt: skip


def suggesting_reply(messages: Sequence[dict[str, str]], schema: dict[str, Any] | None) -> str | None:
    """Return the JSON that such a request asks for; None where the request is about something else."""
    asked = (schema or {}).get("properties", {})
    text = messages[-1]["content"] if messages else ""
    case, known = _CASE.search(text), _KNOWN.search(text)
    if case is None or known is None or not {"situations", "seeds"} & asked.keys():
        return None
    language = "ar" if text.startswith("Language: ar") else "en"
    there = {line.casefold() for line in known[2].split("\n")}
    number = int.from_bytes(hashlib.sha256(case[2].encode()).digest()[:4], "big")
    if "situations" in asked:
        every = _SITUATIONS[language]
        turned = [every[(number + n) % len(every)] for n in range(len(every))]
        return orjson.dumps(
            {"situations": [one for one in turned if one.casefold() not in there][:6]}
        ).decode()
    shelf = shelf_of(language)
    values = [shelf[(number + n) % len(shelf)] for n in range(len(shelf))]
    seeds = [
        {"title": one.title, "description": one.description, "policies": list(one.policies)[:4]}
        for one in values
        if one.title.casefold() not in there
    ]
    return orjson.dumps({"seeds": seeds[:4]}).decode()
