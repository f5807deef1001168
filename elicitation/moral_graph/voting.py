"""Votes: taking one exactly once, correcting it, and reading a study's votes for an estimator."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from elicitation.moral_graph.cards import accepted
from elicitation.moral_graph.domain.answers import OUTCOMES
from elicitation.moral_graph.models import (
    CanonicalValue,
    Membership,
    Partition,
    Upgrade,
    VoteDraw,
    WisdomVote,
)
from elicitation.moral_graph.succession import counting, standing
from multivocal.errors import Invalid
from multivocal.studies.models import Enrolment, Study

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.votes import Row, Votes

LONGEST_WHY = 2000


@dataclass(frozen=True)
class Filters:
    """Whose votes on what: by default real people's, on steps between values that people's cards stand behind.

    ``people``: False leaves simulated people (where they count) and imported votes.
    """

    question: str = ""
    context: str = ""
    arm: str = ""
    trait: str = ""
    trait_value: str = ""
    simulated: bool = False
    seeds: bool = False
    imported: bool = True
    people: bool = True

    def told(self) -> dict[str, Any]:
        """Return the filters as plain data, as a snapshot keeps them; ``people`` only where it is not as usual."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in given.items() if name != "people" or not value}


def take_vote(*, draw: VoteDraw, answer: str, why: str, key: UUID) -> WisdomVote:
    """Store an answer to a story that was drawn for a person; an earlier one is superseded, not lost.

    Called inside the submit's transaction with the enrolment's row locked. Refuses (Invalid) an unknown answer.
    """
    if answer not in OUTCOMES:
        raise Invalid("This is no answer to the question.", fields={"answer": answer[:20]})
    now = timezone.now()
    mine = WisdomVote.objects.filter(enrolment=draw.enrolment_id, upgrade=draw.upgrade_id)
    mine.filter(superseded_at=None).update(superseded_at=now)
    return WisdomVote.objects.create(
        study_id=draw.enrolment.study_id, enrolment_id=draw.enrolment_id, upgrade_id=draw.upgrade_id,
        answer=answer, why=why[:LONGEST_WHY], key=key, created_at=now,
    )  # fmt: skip


def votes_of(study: Study, filters: Filters | None = None, *, until: datetime | None = None) -> "Votes":
    """Return a study's votes as the estimators read them; values are their public numbers as text.

    ``until``: as the votes stood then. Rows are put in an order that depends on their content alone, and people get
    numbers by it: the same answers give the same ``Votes``, whoever came first and whatever their ids are. Times only
    tell which vote of a person is the latest, where two of them are on one step since its values were joined.
    """
    from elicitation.moral_graph.domain.votes import make_votes

    filters = filters or Filters()
    by_person: dict[UUID | str, list[tuple[tuple[str, str, str, str], datetime]]] = {}
    for person, vote, at in _rows(study, filters, until):
        by_person.setdefault(person, []).append((vote, at))
    everybody = [sorted(votes) for votes in by_person.values()]
    everybody.sort(key=lambda votes: [vote for vote, _at in votes])
    rows: list[Row] = [
        (f"p{number}", *vote, at) for number, votes in enumerate(everybody, 1) for vote, at in votes
    ]
    return make_votes(rows)


def counted_votes(study: Study, filters: Filters, until: datetime | None) -> QuerySet[WisdomVote]:
    """Return the votes of those who count, on whatever values."""
    found = WisdomVote.objects.filter(study=study).exclude(enrolment__status=Enrolment.Status.WITHDRAWN)
    found = found.exclude(enrolment__preview=True)
    if until is None:
        found = found.filter(superseded_at=None)
    else:
        there = Q(imported_at=None, created_at__lte=until) | Q(imported_at__lte=until)
        found = found.filter(there).filter(Q(superseded_at=None) | Q(superseded_at__gt=until))
    if not filters.simulated:
        found = found.exclude(enrolment__simulated=True)
    if not filters.people:
        found = found.exclude(enrolment__simulated=False)
    if not filters.imported:
        found = found.exclude(enrolment=None)
    if filters.arm:
        found = found.filter(enrolment__arm=filters.arm)
    if filters.trait and re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*", filters.trait):
        found = found.filter(**{"enrolment__traits__" + filters.trait: filters.trait_value})
    if filters.context:
        found = found.filter(upgrade__context__key=filters.context)
    return found


def _rows(
    study: Study, filters: Filters, until: datetime | None
) -> Iterator[tuple[UUID | str, tuple[str, str, str, str], datetime]]:
    found = counted_votes(study, filters, until)
    names = value_names(study, filters, until)
    steps = {
        pk: (names[source], names[target], context)
        for pk, source, target, context in Upgrade.objects.filter(study=study).values_list(
            "pk", "source", "target", "context__key"
        )
        # Values that were joined since are one value now: a step between them is no step.
        if source in names and target in names and names[source] != names[target]
    }
    columns = ("enrolment", "voter", "upgrade", "answer", "created_at")
    for enrolment, voter, step, answer, at in found.values_list(*columns):
        if step in steps:
            yield enrolment or f"import:{voter}", (*steps[step], answer), at


def value_names(study: Study, filters: Filters, until: datetime | None) -> dict[UUID, str]:
    """Return value → its public number, for the values that count; joined ones, and those of earlier partitions, have
    the number of what stands for them."""
    partition = counting(study, until)
    if partition is None:
        return {}
    rows = CanonicalValue.objects.filter(partition=partition)
    values = {row.pk: row for row in rows.defer("vector", "policies", "description")}
    carded = _carded(study, partition, filters, until)
    names = {}
    for pk, end in standing(study, partition, until).items():
        row = values[end]
        seed = row.origin == CanonicalValue.Origin.SEED and filters.seeds
        if not (row.pk in carded or seed or row.origin == CanonicalValue.Origin.IMPORTED):
            continue
        if filters.question and row.questions and filters.question not in row.questions:
            continue
        names[pk] = str(row.number)
    return names


def _carded(study: Study, partition: Partition, filters: Filters, until: datetime | None) -> set[UUID]:
    """Return the values that a card of somebody who counts stands behind."""
    cards = accepted(study).exclude(origin="seed")
    if not filters.simulated:
        cards = cards.exclude(enrolment__simulated=True)
    if not filters.people:
        cards = cards.exclude(enrolment__simulated=False)
    found = Membership.objects.filter(partition=partition)
    if until is None:
        found = found.filter(ended_at=None)
    else:
        found = found.filter(created_at__lte=until).filter(Q(ended_at=None) | Q(ended_at__gt=until))
    return set(found.filter(card__in=cards.values("pk")).values_list("canonical", flat=True))
