"""Votes by the hundred thousand: as a file, and as rows of a study from which a graph is kept."""

import uuid
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.figures import Figure
from tests.bench.statistics import best
from tests.processes.servers import Place

if TYPE_CHECKING:
    from multivocal.studies.models import Study

ANSWERS = ("wiser", "not_wiser", "unsure")


def drawn(votes: int, values: int, contexts: int) -> tuple[np.ndarray, ...]:
    """Return (context, from, to, answer) of each vote: each context asks about its own values, upwards mostly."""
    random = np.random.default_rng(3)
    each = values // contexts
    context = random.integers(0, contexts, votes)
    one = random.integers(0, each, votes)
    two = (one + random.integers(1, each, votes)) % each
    source, target = one * contexts + context, two * contexts + context
    yes = random.logistic(size=votes) < (target - source) / values * 3
    answer = np.where(random.random(votes) < 0.15, 2, np.where(yes, 0, 1))
    return context, source, target, answer


def write_votes(file: Path, votes: int, values: int, contexts: int) -> None:
    """Write an interchange file; ten votes a person, each at a time of its own."""
    lines = ["participant,from_value,to_value,context,vote,created_at"]
    lines += [
        f"p{n // 10},v{a},v{b},c{c},{ANSWERS[said]},2026-01-01T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z"
        for n, (c, a, b, said) in enumerate(
            zip(*(column.tolist() for column in drawn(votes, values, contexts)), strict=True)
        )
    ]
    file.write_text("\n".join(lines) + "\n")


def figures(place: Place, votes: int, values: int) -> list[Figure]:
    """Keep a graph of a study with so many votes, by either estimator; beside it, the bare rows out of the database."""
    from django.db import connection

    from elicitation.moral_graph.snapshots import take_snapshot
    from elicitation.moral_graph.voting import Filters

    study = _vote(votes, values, max(values // 10, 1))

    def fetch() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT v.enrolment_id, s.number, t.number, u.context_id, v.answer FROM moral_graph_wisdomvote v"
                " JOIN moral_graph_upgrade u ON u.id = v.upgrade_id"
                " JOIN moral_graph_canonicalvalue s ON s.id = u.source_id"
                " JOIN moral_graph_canonicalvalue t ON t.id = u.target_id WHERE v.study_id = %s",
                [study.pk],
            )
            cursor.fetchall()

    floor = best(fetch)
    asked = Filters(simulated=True, seeds=True)
    return [
        Figure(
            f"snapshot from the database, {estimator}",
            best(partial(take_snapshot, study=study, estimator=estimator, filters=asked), 2),
            "s", 10.0, "low", floor, f"{votes:,} votes, {values:,} values; floor: the rows alone",
        )
        for estimator in ("published", "posterior")
    ]  # fmt: skip


def _vote(votes: int, values: int, contexts: int) -> "Study":
    from django.utils import timezone

    from elicitation.moral_graph.canonical import current_partition
    from elicitation.moral_graph.models import CanonicalValue, Context, Upgrade, WisdomVote
    from tests.bench.people import enrol, wisdom_study

    study = wisdom_study("votes")
    partition = current_partition(study)
    people = enrol(study, votes // 10)
    where = Context.objects.bulk_create(
        Context(study=study, key=f"c{n}", text={"en": f"Situation {n}"}) for n in range(contexts)
    )
    nodes = CanonicalValue.objects.bulk_create(
        CanonicalValue(study=study, partition=partition, number=n + 1, title=f"Value {n}", origin="seed")
        for n in range(values)
    )
    columns = [column.tolist() for column in drawn(votes, values, contexts)]
    asked = dict.fromkeys(zip(*columns[:3], strict=True))
    steps = Upgrade.objects.bulk_create(
        Upgrade(
            study=study, number=n, source=nodes[a], target=nodes[b], context=where[c], origin="model", state="ready",
            story="A story.",
        )
        for n, (c, a, b) in enumerate(asked, 1)
    )  # fmt: skip
    by_step = dict(zip(asked, steps, strict=True))
    now = timezone.now()
    once = {
        (n // 10, step): said
        for n, (*step, said) in enumerate(zip(*columns, strict=True))  # type: ignore[misc]
        for step in [tuple(step)]
    }
    WisdomVote.objects.bulk_create(
        (
            WisdomVote(
                study=study, enrolment=people[person], upgrade=by_step[step], answer=ANSWERS[said], key=uuid.uuid4(),
                created_at=now,
            )
            for (person, step), said in once.items()
        ),
        batch_size=5_000,
    )  # fmt: skip
    return study
