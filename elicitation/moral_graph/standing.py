"""Where a person's value stands, in numbers they may see: how many cards are with it, and what leads to or from it.

Cells of fewer people than the stage's ``small_cell`` are not told: they would tell what somebody else said.
"""

from collections import defaultdict
from typing import Any

from django.core import signing
from django.db.models import Count, QuerySet

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.canonical import value_of
from elicitation.moral_graph.cards import accepted
from elicitation.moral_graph.domain.answers import OUTCOMES, WISER
from elicitation.moral_graph.models import CanonicalValue, Context, Membership, WisdomVote
from multivocal.studies.models import Enrolment
from multivocal.studies.stages import Visit

MOST_STEPS = 5
WEEK_S = 7 * 24 * 3600


def facts_of(enrolment: Enrolment, card: ValuesCard, fewest: int) -> dict[str, Any]:
    """Return {value, others, towards, onward, few, elsewhere}: plain data, kept with the answer as what was shown.

    ``others``: people besides this one with a card in the value; None where fewer than ``fewest``. ``towards`` and
    ``onward``: [{value, title, context, people, wiser}], most voted first; ``few``: steps with too few votes to tell;
    ``elsewhere``: whether there is any step at all that enough people voted on.
    """
    value = value_of(card.pk)
    elsewhere = _alike(enrolment).values("upgrade__source", "upgrade__target", "upgrade__context")
    about_all = {
        "elsewhere": elsewhere.annotate(n=Count("enrolment", distinct=True)).filter(n__gte=fewest).exists()
    }
    if value is None:
        return {"value": None, "others": None, "towards": [], "onward": [], "few": 0, **about_all}
    others = len(_people_in(value, enrolment) - {enrolment.pk})
    towards, onward, few = _steps(enrolment, value, fewest)
    return {
        "value": value.number,
        "others": others if others >= fewest else None,
        "towards": towards,
        "onward": onward,
        "few": few,
        **about_all,
    }


def has_told(facts: dict[str, Any]) -> bool:
    """Return whether facts say anything of which somebody could say that it is fair.

    That a value stands nowhere while others do is such a thing; that nobody has voted yet is none.
    """
    return bool(facts["towards"] or facts["onward"] or facts.get("elsewhere"))


def sign_facts(visit: Visit, card: ValuesCard, facts: dict[str, Any]) -> str:
    """Return a card's facts as a page carries them, so that the answer is stored with what was really shown."""
    return signing.dumps(facts, salt=_salt(visit, card), compress=True)


def read_facts(visit: Visit, card: ValuesCard, signed: str) -> dict[str, Any] | None:
    """Return the facts a page carried; None where they are not ours, of another card, or older than a week."""
    try:
        found: dict[str, Any] = signing.loads(signed, salt=_salt(visit, card), max_age=WEEK_S)
    except signing.BadSignature:
        return None
    return found


def _salt(visit: Visit, card: ValuesCard) -> str:
    return f"standing:{visit.enrolment.pk}:{visit.stage.id}:{card.pk}"


def _people_in(value: CanonicalValue, enrolment: Enrolment) -> set[Any]:
    """Return whose cards are in a value: real people among real people, simulated among simulated."""
    cards = accepted(enrolment.study).filter(enrolment__simulated=enrolment.simulated)
    there = Membership.objects.filter(canonical=value, ended_at=None).values("card")
    return set(cards.filter(pk__in=there).values_list("enrolment", flat=True))


def _alike(enrolment: Enrolment) -> QuerySet[WisdomVote]:
    """Return the votes that count for a person: real people's for real people, simulated ones' for simulated."""
    return WisdomVote.objects.filter(
        study=enrolment.study_id,
        superseded_at=None,
        enrolment__simulated=enrolment.simulated,
        enrolment__preview=False,
    ).exclude(enrolment__status=Enrolment.Status.WITHDRAWN)


def _steps(
    enrolment: Enrolment, value: CanonicalValue, fewest: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Count votes by step and situation; a value that was joined to another is that other one."""
    names = _values(enrolment)
    votes = _alike(enrolment).values_list(
        "upgrade__source", "upgrade__target", "upgrade__context", "enrolment", "answer"
    )
    told: dict[tuple[str, Any, int], dict[Any, str]] = defaultdict(dict)
    for source, target, context, person, answer in votes:
        ends = names.get(source), names.get(target)
        if (
            ends[0] is None
            or ends[1] is None
            or ends[0] == ends[1]
            or value.pk not in (ends[0].pk, ends[1].pk)
        ):
            continue
        way = "towards" if ends[1].pk == value.pk else "onward"
        told[(way, ends[0] if way == "towards" else ends[1], context)][person] = answer
    situations = Context.objects.in_bulk({context for _way, _value, context in told})
    found: dict[str, list[dict[str, Any]]] = {"towards": [], "onward": []}
    few = 0
    for (way, other, context), answers in told.items():
        if len(answers) < fewest:
            few += 1
            continue
        wiser = sum(answer == OUTCOMES[WISER] for answer in answers.values())
        found[way].append(
            {
                "value": other.number,
                "title": other.title,
                "context": situations[context].key,
                "people": len(answers),
                "wiser": wiser,
            }
        )
    for rows in found.values():
        rows.sort(key=lambda row: (-row["people"], row["value"], row["context"]))
    return found["towards"][:MOST_STEPS], found["onward"][:MOST_STEPS], few


def _values(enrolment: Enrolment) -> dict[Any, CanonicalValue]:
    """Return every value of the current partition, and what it was joined to in the end."""
    rows = {
        row.pk: row
        for row in CanonicalValue.objects.filter(study=enrolment.study_id, partition__current=True)
    }
    found = {}
    for pk, row in rows.items():
        seen = {pk}
        while row.merged_into_id in rows and row.merged_into_id not in seen:
            seen.add(row.merged_into_id)
            row = rows[row.merged_into_id]
        if row.archived_at is None:
            found[pk] = row
    return found
