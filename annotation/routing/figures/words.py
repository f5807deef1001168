"""What reasons, routes and provenances are called, and estimates as the plots want them."""

from typing import Any

from django.utils.translation import gettext as _

Numbers = dict[str, Any]


def as_estimate(found: Numbers) -> Numbers:
    """Return a mean of the statistics as ``estimate, low, high, n`` of the plots; a refusal as it is."""
    return found if "refused" in found else {"estimate": found["value"], **found}


def routes() -> dict[str, str]:
    """Return what places to go to are called."""
    return {
        "ai": _("keep a model's label"),
        "both": _("a model's and a person's"),
        "human": _("people only"),
        "hold": _("on hold"),
        "waiting": _("not decided yet"),
    }


def reason(key: str) -> str:
    """Return a reason of a route in words; an unknown one as it is."""
    known = {
        "seed": _("seed: drawn at random first"),
        "early": _("drawn at random for people who came early"),
        "must_human": _("a rule keeps it for people"),
        "failed": _("no judge gave an answer that could be read"),
        "orders_conflict": _("the judge changed its mind with the order"),
        "judges_disagree": _("the judges disagree"),
        "entropy": _("the judge's answers vary"),
        "gap": _("the judge's scores are close"),
        "low_confidence": _("the model is not sure enough"),
        "gain": _("a person is expected to gain most"),
        "audit": _("audit by lot"),
        "sample": _("drawn by lot for the estimate"),
        "random": _("drawn by lot"),
        "all_human": _("people label everything"),
        "all_ai": _("models label everything"),
        "ai": _("the model's label stands"),
        "late": _("a judge answered later"),
        "third": _("two people disagreed"),
        "no_answer": _("a person could not tell"),
        "budget": _("no money for a person"),
        "no_majority": _("people disagree for good"),
        "control_variate": _("no vote: only beside people's labels"),
        "waiting": _("not decided yet"),
    }
    return known.get(key, key.replace("_", " "))


def provenance(key: str) -> str:
    """Return where a final label is from, in words."""
    known = {
        "human": _("one person"),
        "ai": _("a model"),
        "human_majority": _("people who agree"),
        "adjudicated": _("people, after some disagreed"),
        "verified": _("a person who saw a model's label"),
    }
    return known.get(key, key)
