"""The graph that was asked for: one that was kept, a part of one, or worked out from the votes without keeping it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from elicitation.moral_graph.models import Snapshot
from elicitation.moral_graph.pages.choice import Choice, choice_of
from elicitation.moral_graph.pages.remembering import remembered, stamp
from elicitation.moral_graph.snapshots import make_snapshot
from multivocal.errors import NotFound
from multivocal.studies.models import Study


@dataclass(frozen=True)
class Found:
    """A graph: the snapshot, whether it is kept, what was asked, and its result narrowed to that."""

    snapshot: Snapshot
    kept: bool
    choice: Choice
    result: dict[str, Any]
    memo: dict[str, Any] = field(default_factory=dict, compare=False)
    """What was made of the result alone, and so never changes either."""


def kept_graphs(study: Study) -> QuerySet[Snapshot]:
    """Return a study's kept graphs, the newest first, without their contents."""
    return Snapshot.objects.filter(study=study).defer("result").order_by("-created_at", "pk")


def first_choice(study: Study) -> Choice:
    """Return what is shown before anything is chosen: the newest kept graph of all questions and groups."""
    whole = kept_graphs(study).filter(question="", context="", parameters__arm="", parameters__trait="")
    newest = whole.filter(estimator="posterior").first() or whole.first()
    return choice_of(newest.estimator, newest.parameters) if newest else Choice()


def kept_graph(study: Study, wanted: str) -> Snapshot:
    """Return a kept graph by its id, or refuse (NotFound); a stranger's graphs are not there."""
    try:
        return Snapshot.objects.defer("result").get(study=study, pk=UUID(wanted))
    except (ValueError, Snapshot.DoesNotExist):
        raise NotFound(f"There is no graph “{wanted[:40]}” in this study.") from None


def find_graph(study: Study, choice: Choice, within: Snapshot | None = None) -> Found:
    """Return the graph of ``choice``; ``within`` a kept one: of the votes as they stood then.

    A kept graph is taken where one fits. Contexts are kept apart by our own arithmetic, so that one context of a kept
    graph is that context's graph. Anything else is worked out now and not kept.
    """
    rows = Snapshot.objects.filter(study=study, estimator=choice.estimator).order_by("-created_at", "pk")
    if within is not None:
        rows = rows.filter(until=within.until)
    heads = rows.defer("result")
    exact = next((row for row in heads if choice_of(row.estimator, row.parameters) == choice), None)
    if exact is not None:
        return kept_as(exact, choice)
    if choice.context and choice.estimator == "posterior":
        whole = choice_of("posterior", {**choice.filters().told(), "context": ""})
        row = next((row for row in heads if choice_of(row.estimator, row.parameters) == whole), None)
        if row is not None:
            return kept_as(row, choice)
    return _worked_out(study, choice, within.until if within is not None else None)


def kept_as(row: Snapshot, choice: Choice) -> Found:
    """Return a kept graph under a choice; one that was just looked at is not read again, for it never changes."""

    def read() -> Found:
        whole = choice_of(row.estimator, row.parameters)
        result = row.result if whole == choice else narrowed(row.result, choice.context)
        return Found(row, True, choice, result)

    return remembered((row.pk, choice), read)


def _worked_out(study: Study, choice: Choice, until: datetime | None) -> Found:
    def make() -> Found:
        made = make_snapshot(study=study, estimator=choice.estimator, filters=choice.filters(), until=until)
        return Found(made, False, choice, made.result)

    return remembered((study.pk, choice, until, stamp(study)), make)


def narrowed(result: dict[str, Any], context: str) -> dict[str, Any]:
    """Return the part of a graph with intervals that is about one context; its resamples are of everybody."""
    graph = result["graph"]
    block = next((one for one in graph["contexts"] if one["context"] == context), None)
    edges = {
        name: [edge for edge in graph[name] if edge["contexts"] == [context]]
        for name in ("edges", "allEdges")
        if name in graph
    }
    cycles = [one for one in graph["cycles"] if one["context"] == context]
    values = block["values"] if block else []
    return {
        **result,
        "graph": {**edges, "values": values, "contexts": [block] if block else [], "cycles": cycles},
    }
