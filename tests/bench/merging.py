"""Cards by the thousand merged into values; the time of a card must not grow with how many there are."""

import asyncio
import random
import time
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from tests.bench.figures import Figure
from tests.bench.people import enrol, wisdom_study
from tests.processes.servers import Place

if TYPE_CHECKING:
    from multivocal.studies.models import Study

PER_VALUE = 6
"""Cards that say the same; the authors' study had 630 cards of 108 values."""
ASKED = 100


def figures(place: Place, sizes: tuple[int, ...]) -> list[Figure]:
    """Merge by distance alone, which is our own cost, and some by the simulator's judgement, which is the model's."""
    from multivocal.llm.models import LanguageModel

    found = []
    LanguageModel.objects.update(active=False)
    floor = _bare(1_000)
    seconds: dict[int, float] = {}
    for size in sizes:
        values, seconds[size] = _merge(f"cards-{size}", size)
        found.append(
            Figure(
                f"cards merged: {size:,}",
                1000 * seconds[size] / size,
                "ms each",
                None,
                "low",
                floor,
                f"{seconds[size]:.1f} s, {values:,} values; floor: a card's rows inserted in one transaction",
            )
        )
    least, most = sizes[0], sizes[-1]
    growth = seconds[most] / seconds[least] / (most / least)
    found.append(Figure("  time of a card, most over fewest", growth, "×", 1.5, "low", None, "1: linear"))
    place.start("simulator")
    LanguageModel.objects.update(active=True)
    values, asked = _merge("cards-asked", ASKED)
    note = f"{ASKED} cards, {values} values: what the simulator's judgement and its ledger add"
    found.append(
        Figure("  a card judged by the simulator", 1000 * asked / ASKED, "ms each", None, "low", None, note)
    )
    place.stop("simulator")
    return found


def _merge(slug: str, cards: int) -> tuple[int, float]:
    """Return (values, seconds) of merging so many new cards of a study of their own."""
    from elicitation.moral_graph.canonical import current_partition
    from elicitation.moral_graph.cards import unmerged
    from elicitation.moral_graph.merging import merge_cards
    from multivocal.llm.gateway import Gateway

    study = wisdom_study(slug)
    config: Any = study.versions.order_by("-number")[0].shape.stages[-1]
    partition = current_partition(study)
    _write_cards(study, cards)
    due = unmerged(partition, simulated=True)

    async def merge() -> int:
        async with Gateway() as gateway:
            return await merge_cards(gateway, partition=partition, config=config, cards=due)

    started = time.perf_counter()
    left = asyncio.run(merge())
    seconds = time.perf_counter() - started
    if left:
        raise RuntimeError(f"{left} cards could not be merged")
    return partition.values_of.filter(archived_at=None).count(), seconds


def _write_cards(study: "Study", cards: int) -> None:
    """Write cards of which six each attend to the same, in nearly the same words."""
    from elicitation.interviews.models import CardVersion, ValuesCard

    rng = random.Random(cards)
    now = timezone.now()
    words = [
        "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(4)) for _ in range(6_000)
    ]
    latent = [[rng.sample(words, 6) for _ in range(4)] for _ in range(max(cards // PER_VALUE, 1))]
    people = enrol(study, cards)
    rows = ValuesCard.objects.bulk_create(
        ValuesCard(
            study=study, enrolment=person, question_key="care", contexts=[], language="en", origin="simulated"
        )
        for person in people
    )
    versions = []
    for row in rows:
        lines = [list(line) for line in rng.choice(latent)]
        lines[rng.randrange(4)][rng.randrange(6)] = rng.choice(words)
        policies = [" ".join([line[0].upper(), *line[1:]]) for line in lines]
        versions.append(
            CardVersion(
                card=row,
                number=1,
                title=lines[0][0],
                description=" ".join(lines[1]),
                policies=policies,
                author="person",
            )
        )
    CardVersion.objects.bulk_create(versions)
    for row, version in zip(rows, versions, strict=True):
        row.accepted_version, row.accepted_at = version, now
    ValuesCard.objects.bulk_update(rows, ["accepted_version", "accepted_at"], batch_size=1_000)


def _bare(cards: int) -> float:
    """Return the milliseconds of the rows a card leaves behind: a vector and a membership, one transaction each."""
    import uuid

    from django.db import transaction

    from elicitation.moral_graph.canonical import current_partition, make_value
    from elicitation.moral_graph.models import CardVector, Membership

    study = wisdom_study("bare")
    with transaction.atomic():
        partition = current_partition(study)
        value = make_value(partition=partition, title="One")
    vector = [1 / 16] * 256
    started = time.perf_counter()
    for _ in range(cards):
        with transaction.atomic():
            card = uuid.uuid4()
            CardVector.objects.create(card=card, made_of="0" * 64, vector=vector)
            Membership.objects.create(partition=partition, canonical=value, card=card, decided_by="rule")
    return 1000 * (time.perf_counter() - started) / cards
