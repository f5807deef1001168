"""Changing one's own card after the interview: until somebody finishes, their card may get other words."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict

from elicitation.interviews.carding import reword_card
from elicitation.interviews.domain.cards import MOST, tidy_card
from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.cards import cards_of
from elicitation.moral_graph.preparing import ask_for_preparation
from multivocal.domain.shapes import clean_text
from multivocal.errors import Unprocessable
from multivocal.studies.stages import Again, Visit


def card_asked_for(visit: Visit, wanted: str) -> ValuesCard | None:
    """Return this person's own card with the id ``wanted``; None for anything else."""
    return next((card for card in cards_of(visit.enrolment) if str(card.pk) == wanted), None)


def words_in(card: ValuesCard, given: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form holds: what was typed, else the words that count."""
    if "title" in given:
        lines = [given.get(f"policy-{n}", "") for n in range(MOST)]
        return {"title": given["title"], "description": given.get("description", ""), "policies": lines}
    version = card.accepted_version
    assert version is not None
    return {
        "title": version.title,
        "description": version.description,
        "policies": [*version.policies, *[""] * MOST][:MOST],
    }


def take_words(*, visit: Visit, card: ValuesCard, form: QueryDict, key: UUID) -> Again | None:
    """Give the card the words that were sent, and have it merged anew. Called inside the submit's transaction."""
    lines = [clean_text(form.get(f"policy-{n}", "")) for n in range(MOST)]
    text = tidy_card(clean_text(form.get("title", "")), clean_text(form.get("description", "")), lines)
    try:
        reword_card(card=card, text=text, names_are_fine=bool(form.get("names_are_fine")), key=key)
    except Unprocessable as refusal:
        return Again(_with_sentences(refusal))
    if card.changed_at is not None:
        ask_for_preparation(study=visit.enrolment.study)
    return None


def _with_sentences(refusal: Unprocessable) -> Mapping[str, str]:
    if refusal.code == "card":
        return refusal.fields
    return dict.fromkeys(refusal.fields, refusal.message)
