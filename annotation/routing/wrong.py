"""What is wrong with a policy, in words for who wrote it: places as the form names them, bounds as it shows them."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from multivocal.domain.shapes import problems

_NUMBERS = frozenset({"decimal_parsing", "decimal_type", "float_parsing", "float_type", "finite_number"})
_WHOLE = frozenset({"int_parsing", "int_type", "int_from_float", "int_parsing_size"})


def in_words(error: ValidationError) -> dict[str, str]:
    """Return ``{place: sentence}`` without a validator's own way of speaking; bounds are those of a file."""
    return _told(error, percent=False)


def in_words_of_the_form(error: ValidationError) -> dict[str, str]:
    """Return the same for who filled in the form: its labels before the places, shares as percentages."""
    labels = _labels()
    return {
        f"{labels[place]} ({place})" if place in labels else place: said
        for place, said in _told(error, percent=True).items()
    }


def _told(error: ValidationError, *, percent: bool) -> dict[str, str]:
    found = problems(error)
    for item in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in item["loc"])
        if said := next(_sentences(item["type"], item.get("ctx", {}), percent and place in _SHARES), ""):
            found[place] = said
    return found


_SHARES = frozenset({"audit", "double"})


def _sentences(kind: str, context: Mapping[str, Any], percent: bool) -> Iterator[str]:
    def bound(name: str) -> str:
        return f"{100 * context[name]:g} %" if percent else f"{context[name]:g}"

    if kind in _NUMBERS:
        yield _("this is not a number; write it as in 1250.50")
    elif kind in _WHOLE:
        yield _("this is not a whole number; write it as in 1250")
    elif kind == "greater_than_equal":
        yield _("at least {bound}").format(bound=bound("ge"))
    elif kind == "less_than_equal":
        yield _("at most {bound}").format(bound=bound("le"))
    elif kind == "greater_than":
        yield _("more than {bound}").format(bound=bound("gt"))
    elif kind == "too_short":
        yield _("at least {n} is needed").format(n=context["min_length"])
    elif kind == "too_long":
        yield _("at most {n} can be given").format(n=context["max_length"])
    elif kind == "string_pattern_mismatch":
        yield _("small letters, digits, - and _ only, a letter first")
    elif kind == "string_too_short":
        yield _("this is empty")
    elif kind == "missing":
        yield _("this is missing")
    elif kind == "literal_error":
        yield _("one of {names}").format(names=context["expected"])


def _labels() -> dict[str, str]:
    return {
        "name": _("Name"),
        "judges": _("Judges"),
        "budget.usd": _("US dollars for everything"),
        "budget.human_labels": _("Labels of people, at most"),
        "budget.per_human_usd": _("US dollars a label"),
        "budget.hourly_usd": _("Pay an hour"),
        "budget.median_seconds": _("Seconds a label takes (median)"),
        "budget.hours": _("Hours the run may take"),
        "seed.items": _("Seed: items drawn at random first"),
        "seed.labels_per_item": _("People for each of them"),
        "audit": _("Audits, % of what models keep"),
        "double": _("Labelled by two people, %"),
        "canaries.items": _("Canaries: pairs every judge is asked again"),
        "canaries.every_h": _("Hours from one check to the next"),
        "random_seed": _("Number that all lots are drawn from"),
    }
