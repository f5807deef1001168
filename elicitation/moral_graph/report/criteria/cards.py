"""What the criteria must know of each accepted card: its person, its words, the draft of the model, and its value."""

from dataclasses import dataclass
from typing import Any

from elicitation.interviews.models import CardVersion
from elicitation.moral_graph.models import CanonicalValue, Membership
from elicitation.moral_graph.report.asked import cards_asked
from elicitation.moral_graph.report.basis import Basis

Words = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True)
class Card:
    """An accepted card; ``draft``: the interviewer's first words for it, ``value``: where it belongs, by number."""

    id: Any
    enrolment: str
    complete: bool
    question: str
    experience: str
    words: Words
    draft: Words | None
    value: str | None
    value_words: Words | None

    @property
    def in_own_words(self) -> bool:
        """Return whether the value says exactly what the card says."""
        return self.value_words == self.words


def read_cards(basis: Basis) -> list[Card]:
    """Return the accepted cards of those who count, in the order in which they were accepted."""
    rows = list(
        cards_asked(basis.study, basis.asked)
        .select_related("accepted_version", "enrolment")
        .order_by("accepted_at", "pk")
    )
    keys = [row.pk for row in rows]
    drafts: dict[Any, Words] = {}
    written = CardVersion.objects.filter(card__in=keys, author=CardVersion.Author.INTERVIEWER)
    for draft in written.order_by("card", "number"):
        drafts.setdefault(draft.card_id, words_of(draft))
    values: dict[Any, CanonicalValue] = {}
    there = Membership.objects.filter(partition__study=basis.study, partition__current=True, ended_at=None)
    for membership in there.filter(card__in=keys).select_related("canonical"):
        values[membership.card] = membership.canonical
    found = []
    for row in rows:
        value, version, enrolment = values.get(row.pk), row.accepted_version, row.enrolment
        if version is None or enrolment is None:
            continue
        found.append(
            Card(
                id=row.pk,
                enrolment=str(enrolment.pk),
                complete=enrolment.status == "complete",
                question=row.question_key,
                experience=str(enrolment.traits.get("experience") or ""),
                words=words_of(version),
                draft=drafts.get(row.pk),
                value=str(value.number) if value else None,
                value_words=words_of(value) if value else None,
            )
        )
    return found


def words_of(row: CardVersion | CanonicalValue) -> Words:
    """Return what a version or a value says."""
    return (row.title, row.description, tuple(row.policies))
