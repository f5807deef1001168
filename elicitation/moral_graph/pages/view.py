"""One view of a graph, from which the page is painted and the REST interface answers: the same numbers in both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from elicitation.moral_graph.models import Context
from elicitation.moral_graph.pages.choice import Choice, choice_of, read_choice
from elicitation.moral_graph.pages.details import step_detail, value_detail
from elicitation.moral_graph.pages.found import Found, find_graph, first_choice, kept_as, kept_graph
from elicitation.moral_graph.pages.rows import Row, circle_rows, edge_rows, step_rows, value_rows, winner_rows
from elicitation.moral_graph.voting import votes_of
from multivocal.studies.models import Study

LATEST = "latest"


@dataclass(frozen=True)
class View:
    """A graph of a study, with its lists made when they are first asked for."""

    study: Study
    found: Found

    @property
    def choice(self) -> Choice:
        """Return what was asked for."""
        return self.found.choice

    @cached_property
    def values(self) -> list[Row]:
        """Return the values in order."""
        return value_rows(self.study, self.found)

    @cached_property
    def steps(self) -> list[Row]:
        """Return the steps, each pair once per situation."""
        return step_rows(self.found)

    @cached_property
    def winners(self) -> list[Row]:
        """Return who comes first in each situation."""
        return winner_rows(self.found)

    @cached_property
    def circles(self) -> list[Row]:
        """Return the circles."""
        return circle_rows(self.found)

    def value(self, number: int) -> Row:
        """Return one value with what stands behind it, or refuse (NotFound)."""
        return value_detail(self.study, self.found, number, self.values, self.steps)

    def step(self, key: str) -> Row:
        """Return one step with what stands behind it, or refuse (NotFound)."""
        return step_detail(self.study, self.found, key, self.steps)

    def told(self) -> Row:
        """Return what the graph is, without its contents."""
        snapshot = self.found.snapshot
        return {
            "id": str(snapshot.pk) if self.found.kept else None, "kept": self.found.kept,
            "estimator": snapshot.estimator, "parameters": self.choice.told(), "seed": snapshot.seed,
            "inputs_sha256": snapshot.inputs_sha256, "result_sha256": snapshot.result_sha256,
            "code_version": snapshot.code_version, "until": snapshot.until,
            "made_at": snapshot.created_at if self.found.kept else None,
            "rows": self.found.result["rows"], "answers": self.found.result["answers"],
        }  # fmt: skip

    def document(self, *, every: bool = False) -> Row:
        """Return the whole graph for programs; ``every`` adds the cells that are no edges."""
        told = self.told() | {
            "values": [{key: row[key] for key in row if key != "winner"} for row in self.values],
            "edges": edge_rows(self.found),
            "contexts": [{key: row[key] for key in row if key != "percent"} for row in self.winners],
            "cycles": self.circles,
        }
        return told | ({"allEdges": self.cells()} if every else {})

    def cells(self) -> list[Row]:
        """Return every cell; a graph kept in the authors' shape has its edges alone, so the votes are read for it."""
        if "allEdges" in self.found.result["graph"]:
            return edge_rows(self.found, every=True)
        # Loaded here: servers start without the libraries of statistics.
        from elicitation.moral_graph.domain.published import Thresholds, published_graph

        votes = votes_of(self.study, self.choice.filters(), until=self.found.snapshot.until)
        graph = published_graph(votes, Thresholds(), all_edges=True)
        situations = dict(Context.objects.filter(study=self.study).values_list("key", "text"))
        return edge_rows(replace(self.found, result={"graph": graph, "situations": situations}), every=True)


def view(study: Study, asked: Mapping[str, str], wanted: str = LATEST) -> View:
    """Return the graph that ``asked`` (the parameters of an address) and ``wanted`` (an id, or ``latest``) name.

    Refuses unknown ids (NotFound) and parameters that the study does not know (Invalid). Looking keeps nothing.
    """
    if wanted == LATEST:
        return View(study, find_graph(study, read_choice(study, asked, first_choice(study))))
    kept = kept_graph(study, wanted)
    start = choice_of(kept.estimator, kept.parameters)
    choice = read_choice(study, asked, start)
    if choice == start:
        return View(study, kept_as(kept, choice))
    return View(study, find_graph(study, choice, within=kept))
