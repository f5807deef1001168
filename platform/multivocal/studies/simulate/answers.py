"""Filling in a form as the person would: by the kind of each field, seeing only what display logic shows."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from multivocal.studies.simulate import words
from multivocal.studies.simulate.census import Profile
from multivocal.studies.simulate.forms import Choice, Field, Form

Pairs = list[tuple[str, str]]


def fill_form(form: Form, person: Profile, language: str, rng: random.Random, tries: int = 0) -> Pairs:
    """Return (name, value) pairs as a browser would send them.

    ``tries`` counts how often the server has sent this page back: the second time optional fields are left out
    less readily and every box is ticked, as people do who want to get on.
    """
    given: dict[str, list[str]] = {}
    for name, field in form.fields.items():
        if field.kind == "hidden":
            given[name] = [_paradata(form, rng)] if name == "paradata" else [field.value]
        elif _seen(field, given) and not _beside(name, form, given):
            given[name] = _answer(field, person, language, rng, tries)
    for name in [n for n in given if given.get(f"{n}.na")]:
        given[name] = []
    pairs = [(name, value) for name, values in given.items() for value in values]
    button = _button(form)
    return [*pairs, button] if button else pairs


def _seen(field: Field, given: Mapping[str, list[str]]) -> bool:
    return all(holds(test, given) for _, test in field.conditions)


def holds(test: Any, given: Mapping[str, list[str]]) -> bool:
    """Return whether a ``data-show-if`` test holds for what was answered so far."""
    if isinstance(test, list):
        return all(holds(one, given) for one in test)
    if "any_of" in test:
        return any(holds(one, given) for one in test["any_of"])
    if "all_of" in test:
        return all(holds(one, given) for one in test["all_of"])
    chosen = {value for value in given.get(test["item"], ()) if value}
    if test.get("not_empty"):
        return bool(chosen)
    if "any" in test:
        return bool(chosen & set(test["any"]))
    return not chosen & set(test.get("none", ()))


def _beside(name: str, form: Form, given: Mapping[str, list[str]]) -> bool:
    """Return whether this is the text field of an option that was not chosen."""
    item, _, rest = name.partition(".")
    option = rest.removesuffix(".text")
    parent = form.fields.get(item)
    if not rest.endswith(".text") or parent is None:
        return False
    return option not in given.get(item, ())


def _answer(field: Field, person: Profile, language: str, rng: random.Random, tries: int) -> list[str]:
    if field.optional and tries < 2 and rng.random() < 0.3:
        return []
    if field.kind in ("radio", "select"):
        return [_choose(field, person, rng).value]
    if field.kind == "checkbox":
        return _tick(field, rng, tries)
    if field.kind in ("number", "range"):
        return [str(_number(field, rng))]
    if field.kind == "date":
        return [(date(2000, 1, 1) + timedelta(days=rng.randrange(3000))).isoformat()]
    if field.numeric:
        return [str(person.age)]
    text = words.opinion(language, rng, short=field.kind == "text")
    return [text[: field.longest] if field.longest else text]


def _choose(field: Field, person: Profile, rng: random.Random) -> Choice:
    choices = [choice for choice in field.choices if choice.value]
    facts = {
        "age": [person.band],
        "gender": ["Male" if person.sex == "Male" else "Female"],
        "sex": ["Male" if person.sex == "Male" else "Female"],
        "ethnic": [person.ethnicity],
        "country": [person.country],
        "birth": [person.country],
        "reside": [person.country],
    }
    for hint, wanted in facts.items():
        if hint in field.name.lower():
            for choice in choices:
                told = {choice.value.lower(), *choice.label.lower().replace("–", "-").split()}
                if any(word.lower() in told for word in wanted):
                    return choice
    # People keep little to themselves: an answer that stands alone is rare.
    return rng.choices(choices, weights=[0.15 if _alone(choice) else 1 for choice in choices])[0]


def _tick(field: Field, rng: random.Random, tries: int) -> list[str]:
    if len(field.choices) == 1:
        if field.name.endswith(".na"):
            return [field.choices[0].value] if rng.random() < 0.12 else []
        return [field.choices[0].value] if tries or rng.random() < 0.97 else []
    open_ones = [choice for choice in field.choices if not _alone(choice)] or field.choices[:1]
    alone = [choice for choice in field.choices if _alone(choice)]
    if alone and not tries and rng.random() < 0.08:
        return [rng.choice(alone).value]
    chosen = set(
        rng.sample(range(len(open_ones)), 1 if tries > 1 else rng.randint(1, min(4, len(open_ones))))
    )
    return [choice.value for n, choice in enumerate(open_ones) if n in chosen]


def _alone(choice: Choice) -> bool:
    return choice.exclusive or choice.value == "prefer_not_to_say"


def _number(field: Field, rng: random.Random) -> int:
    low, high = int(float(field.low or 0)), int(float(field.high or 100))
    return max(low, min(high, round(rng.gauss(low + 0.68 * (high - low), 0.22 * (high - low)))))


def _button(form: Form) -> tuple[str, str] | None:
    main = next((b for b in form.buttons if b[2]), form.buttons[-1] if form.buttons else None)
    return (main[0], main[1]) if main and main[0] else None


def _paradata(form: Form, rng: random.Random) -> str:
    """Return what the browser would have noticed: a page took seconds, nothing was pasted."""
    return f'{{"page_ms": {rng.randint(2_000, 90_000)}, "away_ms": 0, "pasted_chars": 0}}'
