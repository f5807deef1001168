"""Canonical values of a study: the current partition, a card's value, making, joining and splitting values."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, Membership, Partition, Upgrade
from multivocal.errors import Conflict
from multivocal.studies.models import Study


def current_partition(study: Study, parameters: dict[str, Any] | None = None) -> Partition:
    """Return the partition that counts, made with ``parameters`` where there is none; inside a transaction."""
    found = Partition.objects.filter(study=study, current=True).first()
    if found is not None:
        return found
    lock_graph(study)
    found, _new = Partition.objects.get_or_create(
        study=study, current=True,
        defaults={
            "parameters": parameters or {}, "sha256": digest(parameters or {}), "done_at": timezone.now(),
            "counted_at": timezone.now(),
        },
    )  # fmt: skip
    return found


def digest(parameters: Any) -> str:
    """Return the sha256 of plain data in canonical JSON."""
    text = json.dumps(parameters, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def value_of(card: UUID) -> CanonicalValue | None:
    """Return the value that a card belongs to now; None where it was not merged yet."""
    found = (
        Membership.objects.filter(card=card, ended_at=None, partition__current=True)
        .select_related("canonical")
        .first()
    )
    return found.canonical if found else None


def next_number(study: Study, of: type[CanonicalValue] | type[Upgrade]) -> int:
    """Return the next free number; the caller holds the graph's lock."""
    return (of.objects.filter(study=study).aggregate(most=Max("number"))["most"] or 0) + 1  # type: ignore[attr-defined]


def make_value(*, partition: Partition, title: str, **fields: Any) -> CanonicalValue:
    """Store one new value under the next number. Called inside a transaction."""
    lock_graph(partition.study)
    number = next_number(partition.study, CanonicalValue)
    return CanonicalValue.objects.create(
        study=partition.study, partition=partition, number=number, title=title, **fields
    )


def living(value: CanonicalValue) -> CanonicalValue | None:
    """Return the value, or what it was joined to since, as the rows are now; None where that left the graph.

    Called with the graph's lock: what a model was asked about may have been joined while it thought.
    """
    rows = CanonicalValue.objects.defer("vector")
    found = rows.get(pk=value.pk)
    while found.archived_at is not None and found.merged_into_id is not None:
        found = rows.get(pk=found.merged_into_id)
    return found if found.archived_at is None else None


@transaction.atomic
def put_card(
    *,
    card: UUID,
    into: CanonicalValue,
    decided_by: str,
    motivation: str,
    verdict: dict[str, Any] | None = None,
    call: int | None = None,
) -> Membership:
    """Put a card into a value; where it belonged elsewhere, that ends and stays on record."""
    lock_graph(into.study)
    now = timezone.now()
    Membership.objects.filter(partition=into.partition, card=card, ended_at=None).update(ended_at=now)
    return Membership.objects.create(
        partition=into.partition, canonical=into, card=card, motivation=motivation, decided_by=decided_by,
        verdict=verdict or {}, call=call,
    )  # fmt: skip


@dataclass(frozen=True)
class Joined:
    """What joining moved: the cards, and the steps that ended with the lost value."""

    cards: list[str]
    steps: list[int]


@transaction.atomic
def join_values(*, gone: CanonicalValue, into: CanonicalValue, why: str) -> Joined:
    """Join one value to another, as a designer decides: its cards move, its steps end, its votes are read as the
    other's. Refuses (Conflict) values of two partitions, archived ones, and a value joined to itself."""
    lock_graph(gone.study)
    both = {
        row.pk: row for row in CanonicalValue.objects.select_for_update().filter(pk__in=[gone.pk, into.pk])
    }
    gone, into = both[gone.pk], both[into.pk]
    if gone.merged_into_id == into.pk:
        raise Conflict(_("These two values are joined already."), code="joined_already")
    if gone.pk == into.pk or gone.partition_id != into.partition_id:
        raise Conflict(_("These two values cannot be joined."), code="cannot_join")
    if gone.archived_at or into.archived_at:
        raise Conflict(_("One of these values left the graph meanwhile. Look again."), code="value_gone")
    cards = list(gone.memberships.filter(ended_at=None).order_by("pk").values_list("card", flat=True))
    for card in cards:
        put_card(card=card, into=into, decided_by=Membership.By.DESIGNER, motivation=why)
    # A value without questions is for all of them.
    into.questions = sorted({*into.questions, *gone.questions}) if into.questions and gone.questions else []
    into.save(update_fields=["questions"])
    gone.merged_into, gone.archived_at = into, timezone.now()
    gone.save(update_fields=["merged_into", "archived_at"])
    return Joined([str(card) for card in cards], archive_steps(of=gone))


@transaction.atomic
def split_card(
    *, card: UUID, title: str, description: str, policies: Sequence[str], decided_by: str, why: str,
    expected: CanonicalValue | None = None,
) -> CanonicalValue:  # fmt: skip
    """Give a card a value of its own again, in its own words; refuses (Conflict) a card that is in no value.

    ``expected``: the value it was seen in; where it has moved on since, that is refused too.
    """
    lock_graph(ValuesCard.objects.select_related("study").get(pk=card).study)
    was = value_of(card)
    if was is None:
        raise Conflict(_("This card belongs to no value yet."), code="not_merged")
    if expected is not None and expected.pk != was.pk:
        raise Conflict(_("This card has moved to another value meanwhile. Look again."), code="card_moved")
    value = make_value(
        partition=was.partition, title=title, description=description, policies=list(policies),
        questions=was.questions, origin=CanonicalValue.Origin.CARDS, representative=card,
    )  # fmt: skip
    put_card(card=card, into=value, decided_by=decided_by, motivation=why)
    if was.origin == CanonicalValue.Origin.CARDS and not was.memberships.filter(ended_at=None).exists():
        was.archived_at = timezone.now()
        was.save(update_fields=["archived_at"])
        archive_steps(of=was)
    return value


def archive_steps(*, of: CanonicalValue) -> list[int]:
    """End every step from and to a value; the votes on them stay. Return the numbers of those that ended now."""
    living_steps = Upgrade.objects.filter(Q(source=of) | Q(target=of), archived_at=None)
    numbers = sorted(living_steps.values_list("number", flat=True))
    living_steps.update(archived_at=timezone.now())
    return numbers
