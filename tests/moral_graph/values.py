"""A small study of values for tests: two situations, three seeds, steps in both directions."""

from typing import Any

from multivocal.studies.models import Study
from tests.studies.studies import DEBRIEF, Person, make_study

STORY = (
    "When my brother lost his job I sent him lists: offices to call, forms to fill, a plan for every week. He thanked "
    "me and stopped picking up the phone. One evening I left the lists at home and asked what the days were like now. "
    "He talked until it was dark, and at the end he asked me himself whether I would look at a letter with him. Now I "
    "listen first, and the plans come when he wants them."
)
SEEDS: list[dict[str, Any]] = [
    {
        "key": key,
        "title": title,
        "description": f"I look for {noun} when somebody comes to me.",
        "policies": [
            f"{noun.upper()} that are easy to miss",
            f"MOMENTS when {noun} show",
            f"SIGNS that {noun} grow",
        ],
    }
    for key, title, noun in (
        ("advise", "Good advice", "solutions"),
        ("listen", "Listening first", "feelings"),
        ("stand-by", "Standing by", "needs"),
    )
]
STEPS: list[dict[str, Any]] = [
    {"source": a, "target": b, "context": context, "story": STORY}
    for context in ("being-asked", "being-afraid")
    for a, b in (("advise", "listen"), ("listen", "advise"), ("advise", "stand-by"), ("stand-by", "listen"))
]
WISDOM: dict[str, Any] = {
    "id": "wiser",
    "kind": "wisdom",
    "stories": 3,
    "contexts": {"being-asked": "When somebody asks me for help", "being-afraid": "When somebody is afraid"},
    "seeds": SEEDS,
    "steps": STEPS,
}


INTERVIEW: dict[str, Any] = {
    "id": "interview",
    "kind": "interview",
    "questions": [
        {"key": "care", "title": "Asked", "prompt": "What matters then?", "contexts": ["being-asked"]}
    ],
    "contexts": {"being-asked": {"en": "When somebody asks me for help"}},
    "crisis": {"en": "Call 116 123."},
}


def values_study(slug: str = "values", **changes: Any) -> Study:
    """Return an open study with one wisdom stage of seeds, and its end."""
    return make_study(slug, stages=[{**WISDOM, **changes}, DEBRIEF])


def begin(slug: str, pid: str) -> Person:
    """Return somebody who has opened the first story."""
    person = Person(slug, pid)
    person.start()
    person.submit()
    return person


def vote_all(person: Person, answer: str = "wiser", **more: str) -> Person:
    """Answer every story that comes, and go on to the end of the study."""
    while (step := person.hidden().get("step", "")).startswith("story-"):
        person.submit(answer=answer, **more)
    if step == "propose":
        person.submit()
    person.submit()
    return person
