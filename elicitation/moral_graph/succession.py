"""Which partition counts (or counted at a moment), and which of its values stands for any value there ever was."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from elicitation.moral_graph.models import CanonicalValue, CurationAct, Partition
from multivocal.studies.models import Study


def counting(study: Study, until: datetime | None = None) -> Partition | None:
    """Return the partition that counts; with ``until`` the one that counted then; None before there is one."""
    current = Partition.objects.filter(study=study, current=True).first()
    if until is None or current is None:
        return current
    changes = CurationAct.objects.filter(study=study, detail__has_key="to_partition").order_by("id")
    chosen = None
    for act in changes:
        if act.at > until:
            chosen = chosen or act.detail["from_partition"]
            break
        chosen = act.detail["to_partition"]
    return current if chosen is None else Partition.objects.get(pk=chosen, study=study)


def standing(study: Study, partition: Partition, until: datetime | None = None) -> dict[UUID, UUID]:
    """Return value → the value of ``partition`` that stands for it, for every value that ever counted.

    A joined value is what it was joined to. A value of another partition is the one that has most of its cards (of
    equals the lower number), a seed or an import the same seed or import; one without either stands for nothing more.
    ``until``: as it was then.
    """
    rows = list(
        CanonicalValue.objects.filter(study=study)
        .filter(Q(partition=partition) | Q(partition__counted_at__isnull=False))
        .values_list("pk", "partition", "seed_key")
    )
    joined = _joined(study, until)
    others = {pk for pk, place, _key in rows if place != partition.pk}
    became = _by_cards(partition, until) if others else {}
    keys = {pk: key for pk, _place, key in rows if key}
    seeds = {key: pk for pk, place, key in rows if place == partition.pk and key}
    found: dict[UUID, UUID] = {}
    for pk, _place, _key in rows:
        end = _follow(pk, joined)
        if end in others:
            following = became.get(end) or seeds.get(keys.get(end, ""))
            if following is None:
                continue
            end = _follow(following, joined)
        found[pk] = end
    return found


def overlaps(
    first: Partition, second: Partition, until: datetime | None = None
) -> dict[tuple[UUID, UUID], int]:
    """Return (value of ``first``, value of ``second``) → how many cards are in both."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select a.canonical_id, b.canonical_id, count(*)
              from moral_graph_membership a
              join moral_graph_membership b on b.card = a.card
             where a.partition_id = %(first)s and b.partition_id = %(second)s
               and (a.ended_at is null or a.ended_at > %(until)s::timestamptz)
               and (b.ended_at is null or b.ended_at > %(until)s::timestamptz)
               and (%(until)s::timestamptz is null
                    or (a.created_at <= %(until)s::timestamptz and b.created_at <= %(until)s::timestamptz))
             group by 1, 2
            """,
            {"first": first.pk, "second": second.pk, "until": until},
        )
        return {(a, b): n for a, b, n in cursor.fetchall()}


def heirs(shared: Mapping[tuple[UUID, UUID], int], numbers: Mapping[UUID, int]) -> dict[UUID, UUID]:
    """Return first value → the second one that has most of its cards; of equals the one with the lower number."""
    best: dict[UUID, tuple[int, int, UUID]] = {}
    for (first, second), n in shared.items():
        rank = (-n, numbers[second], second)
        if first not in best or rank[:2] < best[first][:2]:
            best[first] = rank
    return {first: rank[2] for first, rank in best.items()}


def _by_cards(partition: Partition, until: datetime | None) -> dict[UUID, UUID]:
    numbers = dict(partition.values_of.values_list("pk", "number"))
    found: dict[UUID, UUID] = {}
    for other in Partition.objects.filter(study=partition.study_id, counted_at__isnull=False):
        if other.pk != partition.pk:
            found |= heirs(overlaps(other, partition, until), numbers)
    return found


def _joined(study: Study, until: datetime | None) -> dict[UUID, UUID]:
    rows = CanonicalValue.objects.filter(study=study, merged_into__isnull=False)
    if until is not None:
        rows = rows.filter(archived_at__lte=until)
    found = {gone: into for gone, into in rows.values_list("pk", "merged_into") if into is not None}
    if until is None:
        return found
    # Joins that were taken back since stood at that moment.
    undone = CurationAct.objects.filter(
        study=study, verb="join", at__lte=until, undone_by__at__gt=until
    ).order_by("id")
    for act in undone:
        found[UUID(act.detail["gone"])] = UUID(act.detail["into"])
    return found


def _follow(pk: UUID, joined: Mapping[UUID, UUID]) -> UUID:
    seen = {pk}
    while pk in joined and joined[pk] not in seen:
        pk = joined[pk]
        seen.add(pk)
    return pk
