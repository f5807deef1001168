"""Judging answers on a page: whatever the way of asking, read off its form and filled in as the bot's mind has it."""

import random
from statistics import NormalDist

from multivocal.studies.simulate.forms import Field, Form
from multivocal.studies.simulate.markup import Node
from multivocal.studies.simulate.minds import Asked, PlainMind

PREFIX = "answer."
NO_ANSWER = 0.02
_NORMAL = NormalDist()


def asked_on(page: Node, person: str = "") -> Asked | None:
    """Return what a page asks to judge, None where it asks nothing of the kind."""
    box = next(
        (node for node in page.walk() if node.has_class("judging") and "data-kind" in node.attrs), None
    )
    if box is None:
        return None
    cards = [node for node in box.walk() if node.has_class("answer") and node.attrs.get("data-slot")]
    words = {card.attrs["data-slot"]: _words(card) for card in cards}
    prompt = next((node.text for node in page.walk() if node.has_class("prompt-text")), "")
    return Asked(box.attrs["data-kind"], prompt, tuple(words), tuple(words.values()), person)


def _words(card: Node) -> str:
    return next((node.raw for node in card.walk() if node.has_class("answer-words")), "")


def judge_page(
    page: Node, form: Form, mind: PlainMind, rng: random.Random, person: str = ""
) -> dict[str, str] | None:
    """Return field → value for everything the form asks about the answers, None where it asks nothing."""
    asked = asked_on(page, person)
    if asked is None or not any(name.startswith(PREFIX) for name in form.fields):
        return None
    fields = {
        name.removeprefix(PREFIX): field for name, field in form.fields.items() if name.startswith(PREFIX)
    }
    kept = {name: field.value for name, field in fields.items() if field.kind == "hidden"}
    if "no_answer" in fields and rng.random() < NO_ANSWER:
        return _named(kept | {"no_answer": rng.choice(fields["no_answer"].choices).value})
    worth = dict(zip(asked.slots, mind.worths(asked, rng), strict=True))
    parents = {
        node.attrs["data-unit"]: node.attrs["data-parent"]
        for node in page.walk()
        if node.attrs.get("data-unit") and node.attrs.get("data-parent")
    }
    given: dict[str, str] = dict(kept)
    for name, field in fields.items():
        if field.kind != "hidden" and name not in ("no_answer", "why"):
            value = _value(name, field, asked, worth, mind, rng, given, parents)
            if value is not None:
                given[name] = value
    return _named(given | _spans(fields, asked, worth, rng))


def _named(given: dict[str, str]) -> dict[str, str]:
    return {PREFIX + name: value for name, value in given.items()}


def _value(
    name: str,
    field: Field,
    asked: Asked,
    worth: dict[str, float],
    mind: PlainMind,
    rng: random.Random,
    given: dict[str, str],
    parents: dict[str, str],
) -> str | None:
    head, _, rest = name.partition(".")
    slot = rest.partition(".")[0]
    order = sorted(worth, key=lambda one: -worth[one])
    match head:
        case "choice" if {choice.value for choice in field.choices} <= {"a", "b", "tie"}:
            return _side(field, asked, worth, mind)
        case "choice" | "best":
            return order[0]
        case "worst":
            return order[-1]
        case "strength":
            return _strength(field, asked, worth, mind)
        case "rating":
            return _point(field, worth[asked.slots[0]])
        case "ratings" | "scores" | "overall" if field.kind == "radio":
            return _point(field, worth[slot])
        case "ratings" | "scores":
            return _level(field, worth[slot])
        case "ranks":
            return str(order.index(slot) + 1)
        case "dimensions":
            return _point(field, worth[slot] + rng.gauss(0, 0.3))
        case "sheets":
            return _level(field, worth[slot]) if field.high == "100" else str(int(rng.expovariate(1)))
        case "confidence":
            return rng.choice(field.choices).value
        case "answers":
            unit = rest.partition(".")[2]
            parent = parents.get(unit)
            if parent and given.get(f"answers.{slot}.{parent}") != "yes":
                return "na"
            return "yes" if rng.random() < _NORMAL.cdf(worth[slot]) else "no"
        case "statement" | "elaboration":
            return f"@Answer {order[0]} is better than the other: it says more plainly what was asked."
        case "tags":
            return rng.choice(field.choices).value
    return None


def _side(field: Field, asked: Asked, worth: dict[str, float], mind: PlainMind) -> str:
    first, second = (worth[slot] for slot in asked.slots[:2])
    if abs(first - second) < mind.tie and any(choice.value == "tie" for choice in field.choices):
        return "tie"
    return "a" if first > second else "b"


def _strength(field: Field, asked: Asked, worth: dict[str, float], mind: PlainMind) -> str:
    """Return a grade; the negative ones are for the first answer."""
    first, second = (worth[slot] for slot in asked.slots[:2])
    grades = sorted(int(choice.value) for choice in field.choices)
    if abs(first - second) < mind.tie and 0 in grades:
        return "0"
    size = min(1 + int(abs(first - second) / 0.9), grades[-1])
    return str(-size if first > second else size)


def _point(field: Field, worth: float) -> str:
    points = sorted((choice.value for choice in field.choices), key=_number)
    return points[min(int(_NORMAL.cdf(worth) * len(points)), len(points) - 1)]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _level(field: Field, worth: float) -> str:
    low, high = int(float(field.low or 0)), int(float(field.high or 100))
    return str(round(low + (high - low) * _NORMAL.cdf(worth)))


def _spans(
    fields: dict[str, Field], asked: Asked, worth: dict[str, float], rng: random.Random
) -> dict[str, str]:
    """Return one marked passage in the worse answer, or that there is nothing to mark."""
    if "nothing" not in fields:
        return {}
    slot = min(worth, key=lambda one: worth[one])
    words = [word for word in asked.texts[asked.slots.index(slot)].split() if word]
    quoted = next((name for name in fields if name.endswith(".quote")), "")
    if not words or not quoted or worth[slot] > 0.5:
        return {"nothing": "1"}
    at = quoted.removesuffix("quote")
    found = {f"{at}slot": slot, f"{at}quote": rng.choice(words), f"{at}occurrence": "1", "nothing": ""}
    for part in ("label", "severity"):
        if (field := fields.get(at + part)) is not None:
            found[at + part] = rng.choice([choice for choice in field.choices if choice.value]).value
    return found
