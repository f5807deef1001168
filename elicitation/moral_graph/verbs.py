"""What ``manage.py moral_graph`` does with a study's rows: snapshots, partitions, the work that is due, imports."""

import argparse
import asyncio
from collections.abc import Callable, Mapping

from django.db import transaction

from elicitation.moral_graph import importing, partitions, snapshots, work
from elicitation.moral_graph.importing_votes import import_votes
from elicitation.moral_graph.models import Snapshot
from elicitation.moral_graph.voting import Filters
from multivocal.errors import NotFound
from multivocal.studies.models import Study

Verb = Callable[[Study, argparse.Namespace], tuple[str, str]]
"""A study and what was asked → (the document to write, or nothing; a sentence about it)."""


def study_of(slug: str) -> Study:
    """Return the study, or refuse."""
    found = Study.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(f"There is no study “{slug}”.")
    return found


def snapshot(study: Study, given: argparse.Namespace) -> tuple[str, str]:
    """Take a snapshot."""
    filters = Filters(
        question=given.question, context=given.context, arm=given.arm,
        simulated=given.with_simulated, seeds=given.with_seeds,
    )  # fmt: skip
    made = snapshots.take_snapshot(
        study=study, estimator=given.estimator, filters=filters, seed=given.seed, rounds=given.bootstrap
    )
    graph, rows = made.result["graph"], made.result["rows"]
    told = (
        f"{len(graph['values'])} values, {len(graph['edges'])} edges from {rows['used']} votes of {rows['people']} "
        f"people; sha256 {made.result_sha256}; snapshot {made.pk}"
    )
    return snapshots.document(made), told


def rebuild(study: Study, given: argparse.Namespace) -> tuple[str, str]:
    """Make a snapshot again."""
    rows = Snapshot.objects.filter(study=study).order_by("-created_at")
    kept = rows.filter(pk=given.snapshot).first() if given.snapshot else rows.first()
    if kept is None:
        raise NotFound("There is no such snapshot.")
    made = snapshots.rebuild(kept)
    if made.result_sha256 == kept.result_sha256:
        told = f"the same graph, byte for byte: sha256 {made.result_sha256}"
    elif made.inputs_sha256 != kept.inputs_sha256:
        told = "ANOTHER graph: its votes are not the same any more (somebody withdrew, or values were joined)"
    else:
        told = "ANOTHER graph from the same votes: the arithmetic or the values' words have changed"
    return snapshots.document(made), told


def partition(study: Study, given: argparse.Namespace) -> tuple[str, str]:
    """Merge anew and compare."""
    made = asyncio.run(partitions.recompute(study, neighbours=given.neighbours, distance=given.distance))
    found = partitions.compare(study, made)
    index = found["adjusted_rand_index"]
    told = "{} and {} values of {} cards; adjusted Rand index {}".format(
        *found["values"], found["cards"], "none" if index is None else f"{index:.3f}"
    )
    return snapshots.as_text(found), told


def prepare(study: Study, given: argparse.Namespace) -> tuple[str, str]:
    """Do what is due."""
    done = asyncio.run(work.prepare_study(study))
    return "", "done" if done else "another worker is at it"


@transaction.atomic
def bring(study: Study, given: argparse.Namespace) -> tuple[str, str]:
    """Import a graph, votes, or both."""
    told = []
    if given.graph:
        taken = importing.import_graph(study=study, source=given.graph)
        told.append(taken.told_graph())
    if given.votes:
        taken = import_votes(study=study, source=given.votes)
        told.append(taken.told_votes())
    return "", " ".join(told) or "nothing to import: give --graph or --votes"


VERBS: Mapping[str, Verb] = {
    "snapshot": snapshot, "rebuild": rebuild, "partition": partition, "prepare": prepare, "import": bring,
}  # fmt: skip
