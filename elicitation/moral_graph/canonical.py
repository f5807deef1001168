"""Canonical values of a study: the current partition, a card's value, making, joining and splitting values."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

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
    found, _made = Partition.objects.get_or_create(
        study=study,
        current=True,
        defaults={"parameters": parameters or {}, "sha256": digest(parameters or {})},
    )
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
    now = timezone.now()
    Membership.objects.filter(partition=into.partition, card=card, ended_at=None).update(ended_at=now)
    return Membership.objects.create(
        partition=into.partition, canonical=into, card=card, motivation=motivation, decided_by=decided_by,
        verdict=verdict or {}, call=call,
    )  # fmt: skip


@transaction.atomic
def join_values(*, gone: CanonicalValue, into: CanonicalValue, why: str) -> None:
    """Join one value to another, as a designer decides: its cards move, its steps end, its votes are read as the
    other's. Refuses (Conflict) values of two partitions, archived ones, and a value joined to itself."""
    lock_graph(gone.study)
    both = {
        row.pk: row for row in CanonicalValue.objects.select_for_update().filter(pk__in=[gone.pk, into.pk])
    }
    gone, into = both[gone.pk], both[into.pk]
    if gone.pk == into.pk or gone.partition_id != into.partition_id or gone.archived_at or into.archived_at:
        raise Conflict("These two values cannot be joined.", code="cannot_join")
    for card in gone.memberships.filter(ended_at=None).values_list("card", flat=True):
        put_card(card=card, into=into, decided_by=Membership.By.DESIGNER, motivation=why)
    into.questions = sorted({*into.questions, *gone.questions})
    into.save(update_fields=["questions"])
    gone.merged_into, gone.archived_at = into, timezone.now()
    gone.save(update_fields=["merged_into", "archived_at"])
    archive_steps(of=gone)


@transaction.atomic
def split_card(
    *, card: UUID, title: str, description: str, policies: Sequence[str], decided_by: str, why: str
) -> CanonicalValue:
    """Give a card a value of its own again, in its own words; refuses a card that is in no value."""
    was = value_of(card)
    if was is None:
        raise Conflict("This card belongs to no value yet.", code="not_merged")
    value = make_value(
        partition=was.partition, title=title, description=description, policies=list(policies),
        questions=was.questions, origin=CanonicalValue.Origin.CARDS,
    )  # fmt: skip
    put_card(card=card, into=value, decided_by=decided_by, motivation=why)
    if was.origin == CanonicalValue.Origin.CARDS and not was.memberships.filter(ended_at=None).exists():
        was.archived_at = timezone.now()
        was.save(update_fields=["archived_at"])
        archive_steps(of=was)
    return value


def archive_steps(*, of: CanonicalValue) -> None:
    """End every step from and to a value; the votes on them stay."""
    now = timezone.now()
    Upgrade.objects.filter(source=of, archived_at=None).update(archived_at=now)
    Upgrade.objects.filter(target=of, archived_at=None).update(archived_at=now)
