"""Voting on stories as a simulated person does: from a known order of values, with a little of one's own."""

import math
import random

from multivocal.studies.simulate.forms import Form
from multivocal.studies.simulate.markup import Node
from multivocal.studies.simulate.minds import own_worth

Pairs = list[tuple[str, str]]
DECIDED = 0.82  # share that says wiser or not; the others find that the question does not fit
WHYS = (
    "The new way keeps what was good about the old one.",
    "It sees the other person and not only the task.",
    "Something important got lost on the way.",
    "I have seen this go wrong.",
    "It depends on who is asking.",
)


def judge_story(page: Node, form: Form, person: str) -> Pairs | None:
    """Return what ``person`` sends from a page of a wisdom stage; None where the page is another.

    Whether a step is found wiser follows a logistic curve of the values' own worths, so that there is a true order to
    find. The same person and story always give the same answer.
    """
    if not any("data-in-turn" in node.attrs for node in page.walk()):
        return None
    hidden = [(name, field.value) for name, field in form.fields.items() if field.kind == "hidden"]
    asked = {choice.value for choice in form.fields["answer"].choices} if "answer" in form.fields else set()
    titles = [
        node.text for box in page.walk() if box.has_class("value") for node in box.walk() if node.tag == "h2"
    ]
    told = next((node.text for node in page.walk() if node.has_class("story")), "")
    rng = random.Random("\x1f".join((person, *titles, told)))
    if "wiser" in asked and len(titles) == 2:
        return [
            *hidden,
            ("answer", _vote(titles, rng)),
            ("why", rng.choice(WHYS) if rng.random() < 0.6 else ""),
        ]
    if "yes" in asked:
        answer = rng.choices(("yes", "no", "unsure"), weights=(85, 7, 8))[0]
        return [*hidden, ("answer", answer)]
    offered = form.fields.get("value")
    if offered is not None:  # others' values, of which any number may speak for somebody too
        return [*hidden, *(("value", choice.value) for choice in offered.choices if rng.random() < 0.3)]
    return hidden


def _vote(titles: list[str], rng: random.Random) -> str:
    if rng.random() > DECIDED:
        return rng.choices(("unsure", "both", "depends", "bad_story"), weights=(5, 4, 4, 1))[0]
    gap = 2.0 * (own_worth(titles[1]) - own_worth(titles[0])) + rng.gauss(0, 0.5)
    return "wiser" if rng.random() < 1 / (1 + math.exp(-gap)) else "not_wiser"
