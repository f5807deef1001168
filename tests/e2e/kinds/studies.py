"""A study per way of asking, written as YAML and brought in by the real command, all in one process."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.processes.servers import ROOT, Place

PROMPT = (
    "I left my brother's birthday dinner in anger, and we have not spoken since. How do I make up with him?"
)
TEXTS = (
    "Call him today and begin with what you did, not with why you did it. Say that you were wrong to leave, and "
    "that you missed him afterwards. Then ask how it was for him, and listen without defending yourself.\n\n"
    "If he needs time, tell him that you will be there when he is ready.",
    "You could write him a short letter. A letter gives him time to think, and it gives you the chance to choose "
    "your words with care. Keep it under one page, and do not mention the money.",
    "Just wait 🙂. Brothers always make up in the end, and talking about it will only make things worse.",
    "Invite him for a coffee at a place you both like, say sorry in one sentence, and pay for it. Small steps "
    "work better than big speeches.",
)
UNITS = [
    {"id": "sorry", "text": "Does it say how to apologise?"},
    {"id": "words", "text": "Does it give words one could use?", "parent": "sorry"},
    {"id": "kind", "text": "Is it kind to the brother?"},
]
ALL = ["unsure", "skip", "invalid"]
TAGS = [
    {"key": "kinder", "label": {"en": "Kinder", "ar": "ألطف"}},
    {"key": "clearer", "label": {"en": "Clearer", "ar": "أوضح"}},
]
FEW = [
    {"en": english, "ar": arabic}
    for english, arabic in (
        ("Very bad", "سيئ جدًا"),
        ("Bad", "سيئ"),
        ("Middling", "متوسط"),
        ("Good", "جيد"),
        ("Very good", "جيد جدًا"),
    )
]
CONSENT = {
    "id": "consent",
    "kind": "consent",
    "title": {"en": "Before you start", "ar": "قبل أن تبدأ"},
    "version": "1",
    "body": {"en": "You say which advice is better.", "ar": "تقول أي نصيحة أفضل."},
    "purposes": [{"key": "take_part", "text": {"en": "I take part", "ar": "أشارك"}, "required": True}],
}
# Way of asking → (responses of an item, its configuration).
KINDS: dict[str, tuple[int, dict[str, Any]]] = {
    "likert": (1, {"points": 7, "allow": ALL}),
    "vas": (2, {"allow": ALL[:1]}),
    "pairwise2": (2, {}),
    "pairwise3": (2, {"allow": ALL[:1]}),
    "pairwise5": (2, {}),
    "pairwise7": (2, {"allow": ALL}),
    "choice": (4, {"allow": ALL[:1]}),
    "ranking": (4, {"allow": ALL[:2]}),
    "best_worst": (4, {}),
    "dimensions": (2, {"overall": "last", "confidence": 5, "allow": ALL[:1]}),
    "mushra": (4, {"allow": ALL[2:]}),
    "justified": (2, {"points": 7, "tags": TAGS}),
    "spans": (2, {"allow": ALL[:1]}),
    "checklist": (1, {"also": ["unsure", "na"]}),
    "rate_then_rank": (3, {"points": 5, "labels": FEW, "first": "rate"}),
}


def study_of(kind: str, screens: int = 2, **more: Any) -> dict[str, Any]:
    """Return the study document of one way of asking, with its items written into it."""
    count, config = KINDS[kind]
    items = [
        {
            "id": f"item-{n}",
            "prompt": PROMPT if n == 0 else f"{PROMPT} (Case {n + 1})",
            "reference": "Say sorry first, then listen." if kind == "mushra" else "",
            "units": UNITS if kind == "checklist" else [],
            "responses": [{"text": TEXTS[(n + r) % 4], "system": f"system-{r}"} for r in range(count)],
        }
        for n in range(screens)
    ]
    stage = {
        "id": "compare",
        "kind": "comparison",
        "title": {"en": "Judging answers", "ar": "الحكم على الإجابات"},
        "items": items,
        "protocols": {"asked": {"kind": kind, **config}},
        "per_person": screens,
        "per_item": 20,
    }
    return {
        "format": 1,
        "slug": f"asks-{kind.replace('_', '-')}",
        "title": {"en": "What good advice is", "ar": "ما هي النصيحة الجيدة"},
        "minutes": 5,
        "contact": {"name": "Dana Okafor", "email": "dana@example.org"},
        "languages": ["en", "ar"],
        "stages": [CONSENT, stage | more],
    }


def practised() -> dict[str, Any]:
    """Return a study of four pairs, with a practice pair first whose right answer is known."""
    practice = {
        "id": "first",
        "split": "practice",
        "prompt": "How do I make up with my brother?",
        "responses": [{"id": "sorry", "text": "Say sorry to him."}, {"id": "wait", "text": "Just wait."}],
        "gold": {"any": {"best": ["sorry"], "why": {"en": "It says sorry.", "ar": "إنها تعتذر."}}},
    }
    study = study_of("pairwise3", screens=4, practice=1)
    study["stages"][1]["items"].append(practice)
    return study | {"slug": "practised"}


_BRING_IN = """
import sys, django
django.setup()
from django.core.management import call_command
for path, slug in zip(sys.argv[1::2], sys.argv[2::2]):
    call_command("study", "import", path)
    call_command("study", "open", slug)
"""


def bring_in(place: Place, *documents: dict[str, Any]) -> None:
    """Import and open studies with the command a designer uses; one process for all of them."""
    named: list[str] = []
    for document in documents:
        path = Path(place.folder) / f"{document['slug']}.yaml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
        named += [str(path), document["slug"]]
    done = subprocess.run(
        [sys.executable, "-c", _BRING_IN, *named],
        cwd=ROOT,
        env={**place.environment(), "PYTHONPATH": str(ROOT / "platform") + ":" + str(ROOT)},
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{done.stdout}{done.stderr}")
