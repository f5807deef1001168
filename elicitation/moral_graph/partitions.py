"""The whole partition once more under other parameters: proposed, made by a worker, compared, adopted or discarded."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.acts import record_act
from elicitation.moral_graph.canonical import digest, make_value, put_card
from elicitation.moral_graph.cards import accepted, words_of
from elicitation.moral_graph.carrying import carry_steps
from elicitation.moral_graph.domain.criteria.agreement import adjusted_rand_index, joined
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.merging import merge_cards
from elicitation.moral_graph.models import (
    CanonicalValue,
    Confirmation,
    CurationAct,
    Membership,
    Partition,
    Upgrade,
)
from elicitation.moral_graph.preparing import ask_for_preparation
from elicitation.moral_graph.shapes import Merging
from elicitation.moral_graph.succession import heirs, overlaps
from elicitation.moral_graph.work import LEASE, stay_alive, wisdom_stage
from multivocal.domain.shapes import problems
from multivocal.errors import Conflict, Invalid, NotFound
from multivocal.llm.gateway import Gateway, in_db
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Enrolment, Study


@dataclass(frozen=True)
class Wanted:
    """Parameters of a partition: those of the stage's configuration, with other judges where they are named."""

    neighbours: int
    distance: float
    model: str | None = None
    embedder: str | None = None


@transaction.atomic
def propose_partition(*, study: Study, user: Any, wanted: Wanted) -> Partition:
    """Ask for all cards to be sorted anew; a worker does it, and nothing counts before it is adopted.

    Refuses (Invalid) parameters out of range, models that are not there and a study without a wisdom stage, and
    (Conflict) a second one while one is being made.
    """
    from elicitation.moral_graph.tasks import ring_partition

    stage = wisdom_stage(study)
    if stage is None:
        raise Invalid(_("This study has no wisdom stage that was opened."), code="no_wisdom_stage")
    config, _current = stage
    try:
        merging = Merging(neighbours=wanted.neighbours, distance=wanted.distance)
    except ValidationError as error:
        raise Invalid(_("These parameters cannot be used."), fields=problems(error)) from None
    names = {"model": wanted.model or config.model, "embedder": wanted.embedder or config.embedder}
    for field, name in names.items():
        if name and not LanguageModel.objects.filter(name=name, active=True).exists():
            raise Invalid(_("There is no such model."), fields={field: name})
    lock_graph(study)
    waiting = Partition.objects.filter(study=study, current=False, done_at=None, discarded_at=None)
    if waiting.exists():
        raise Conflict(_("One is being made already. Wait for it, or discard it."), code="one_at_a_time")
    parameters = {**merging.model_dump(mode="json"), **names}
    made = Partition.objects.create(
        study=study, parameters=parameters, sha256=digest(parameters), made_by=user
    )
    transaction.on_commit(lambda: ring_partition(made.pk))
    return made


async def make_partition(partition: Partition) -> bool:
    """Sort all accepted cards into a proposal; return whether this worker did it.

    Seeds and imports are in it from the start. Cards come in the order of their words, so that the same cards and
    parameters give the same partition. Who said no to a merged value keeps a value of their own.
    """
    if not await in_db(_claim, partition):
        return False
    changes: dict[str, Any] = {}
    mine = Partition.objects.filter(pk=partition.pk, done_at=None)
    alive = asyncio.create_task(stay_alive(mine))
    try:
        stage = await in_db(wisdom_stage, partition.study)
        if stage is None:
            changes = {"problem": "the study has no wisdom stage any more"}
            return False
        await in_db(_plant, partition)
        cards = await in_db(_cards, partition)
        async with Gateway() as gateway:
            left = await merge_cards(gateway, partition=partition, config=stage[0], cards=cards)
        await in_db(_set_apart, partition)
        changes = {"problem": f"{left} cards could not be merged" if left else ""}
    except Exception as error:
        # Half a sorting is none: nobody may adopt it.
        changes = {"problem": f"{type(error).__name__}: {error}"[:500], "discarded_at": timezone.now()}
        raise
    finally:
        alive.cancel()
        changes["done_at"] = timezone.now()
        await in_db(lambda: Partition.objects.filter(pk=partition.pk).update(**changes))
    return True


async def recompute(study: Study, *, neighbours: int, distance: float) -> Partition:
    """Propose a partition and make it at once; for the command line and for tests."""
    wanted = Wanted(neighbours, distance)
    partition = await in_db(lambda: propose_partition(study=study, user=None, wanted=wanted))
    await make_partition(partition)
    await in_db(partition.refresh_from_db)
    return partition


def due_partitions() -> list[int]:
    """Return the proposals that no worker has, the oldest first."""
    free = Q(begun_at=None) | Q(begun_at__lt=timezone.now() - LEASE)
    rows = Partition.objects.filter(free, current=False, done_at=None, discarded_at=None).order_by("pk")
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def adopt_partition(
    *, study: Study, user: Any, partition: int, instead_of: int, why: str = ""
) -> CurationAct:
    """Let a partition count instead of the one that does; that one is kept, and votes are read as the new values'.

    Refuses (Conflict) one that is not made yet or was discarded, and where another counts by now than the one that
    was looked at.
    """
    _lock_proposers(study)
    lock_graph(study)
    chosen = _partition(study, partition)
    before = Partition.objects.get(study=study, current=True)
    if before.pk != instead_of:
        raise Conflict(_("Another sorting counts by now. Compare again."), code="adopted_meanwhile")
    if chosen.current or chosen.done_at is None or chosen.discarded_at is not None:
        raise Conflict(_("This sorting cannot be adopted."), code="cannot_adopt")
    Partition.objects.filter(pk=before.pk).update(current=False)
    Partition.objects.filter(pk=chosen.pk).update(current=True, counted_at=timezone.now())
    chosen.refresh_from_db()
    carried = carry_steps(before=before, after=chosen)
    detail = {"from_partition": before.pk, "to_partition": chosen.pk, "steps": carried}
    act = record_act(study=study, user=user, verb=CurationAct.Verb.ADOPT, detail=detail, why=why)
    ask_for_preparation(study=study)
    return act


@transaction.atomic
def discard_partition(*, study: Study, user: Any, partition: int) -> None:
    """Put a proposal away; it stays on record. Refuses (Conflict) one that counts."""
    lock_graph(study)
    chosen = _partition(study, partition)
    if chosen.current:
        raise Conflict(_("This sorting counts; adopt another one first."), code="it_counts")
    if chosen.discarded_at is None:
        Partition.objects.filter(pk=chosen.pk).update(discarded_at=timezone.now())


def _lock_proposers(study: Study) -> None:
    """Wait for the people whose steps will be copied: a submit holds its enrolment, and then asks for the graph."""
    proposers = Upgrade.objects.filter(study=study, proposed_by__isnull=False).values("proposed_by")
    rows = Enrolment.objects.filter(pk__in=proposers).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def compare(study: Study, other: Partition) -> dict[str, Any]:
    """Return how two partitions of the same cards agree: the current one and ``other``.

    ``adjusted_rand_index``: 1 where they are the same, about 0 where they agree by chance alone (Hubert and Arabie
    1985); ``values``: how many values either has; ``apart``/``together``: pairs of cards that only one of them joins;
    ``moves``: card → (number now, number there), for cards that do not go where most of their value's cards go.
    """
    current = Partition.objects.get(study=study, current=True)
    mine, theirs = (_assignment(partition) for partition in (current, other))
    cards = sorted(mine.keys() & theirs.keys(), key=str)
    first, second = ([str(labels[card]) for card in cards] for labels in (mine, theirs))
    shared = overlaps(current, other)
    numbers = dict(CanonicalValue.objects.filter(partition__in=[current, other]).values_list("pk", "number"))
    heir = heirs(shared, numbers)
    both = sum(n * (n - 1) // 2 for n in shared.values())
    return {
        "cards": len(cards),
        "values": [len(set(first)), len(set(second))],
        "adjusted_rand_index": adjusted_rand_index(first, second) if cards else None,
        "apart": joined(first) - both,
        "together": joined(second) - both,
        "parameters": [current.parameters, other.parameters],
        "moves": {
            str(card): (numbers[mine[card]], numbers[theirs[card]])
            for card in cards
            if heir.get(mine[card]) != theirs[card]
        },
        "becomes": sorted((numbers[a], numbers[b], n) for (a, b), n in shared.items()),
    }


def _assignment(partition: Partition) -> dict[UUID, UUID]:
    rows = Membership.objects.filter(partition=partition, ended_at=None)
    return dict(rows.values_list("card", "canonical"))


def _partition(study: Study, pk: int) -> Partition:
    found = Partition.objects.select_for_update().filter(study=study, pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such sorting in this study."))
    return found


def _claim(partition: Partition) -> bool:
    free = Q(begun_at=None) | Q(begun_at__lt=timezone.now() - LEASE)
    row = Partition.objects.filter(free, pk=partition.pk, done_at=None, discarded_at=None)
    return row.update(begun_at=timezone.now()) == 1


def _cards(partition: Partition) -> list[ValuesCard]:
    there = set(Membership.objects.filter(partition=partition).values_list("card", flat=True))
    return sorted((card for card in accepted(partition.study) if card.pk not in there), key=words_of)


@transaction.atomic
def _plant(partition: Partition) -> None:
    """Give the proposal the seeds and imports that count now."""
    current = Partition.objects.get(study=partition.study_id, current=True)
    there = set(partition.values_of.values_list("seed_key", flat=True))
    rows = current.values_of.filter(archived_at=None).exclude(seed_key="").order_by("number")
    for row in rows.exclude(seed_key__in=there):
        make_value(
            partition=partition, title=row.title, description=row.description, policies=row.policies,
            questions=row.questions, origin=row.origin, seed_key=row.seed_key,
        )  # fmt: skip


@transaction.atomic
def _set_apart(partition: Partition) -> None:
    """Give everybody who said no to a merged value one of their own, unless they are alone in theirs anyway."""
    lock_graph(partition.study)
    # A no to words that were changed since says nothing about the words that count.
    counting = ValuesCard.objects.filter(pk=OuterRef("card")).values("accepted_version__number")
    said_no = Confirmation.objects.filter(
        answer="no", canonical__study=partition.study_id, card_version=Subquery(counting)
    )
    for row in (
        Membership.objects.filter(partition=partition, ended_at=None, card__in=said_no.values("card"))
        .select_related("canonical")
        .order_by("pk")
    ):
        if not row.canonical.memberships.filter(ended_at=None).exclude(card=row.card).exists():
            continue
        card = ValuesCard.objects.select_related("accepted_version").get(pk=row.card)
        version = card.accepted_version
        if version is None:
            continue
        value = make_value(
            partition=partition, title=version.title, description=version.description,
            policies=version.policies, questions=[card.question_key], representative=card.pk,
        )  # fmt: skip
        put_card(
            card=card.pk, into=value, decided_by=Membership.By.PERSON,
            motivation="The person said that a merged value does not speak for them.",
        )  # fmt: skip


def make_now(partition: Partition) -> bool:
    """Make a proposal from code that is not asynchronous."""
    return asyncio.run(make_partition(partition))
