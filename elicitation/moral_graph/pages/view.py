"""One view of a graph, from which the page is painted and the REST interface answers: the same numbers in both."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from elicitation.moral_graph.pages.choice import Choice, choice_of, read_choice
from elicitation.moral_graph.pages.details import step_detail, value_detail
from elicitation.moral_graph.pages.found import Found, find_graph, first_choice, kept_graph
from elicitation.moral_graph.pages.rows import Row, circle_rows, edge_rows, step_rows, value_rows, winner_rows
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
        return told | ({"allEdges": edge_rows(self.found, every=True)} if every else {})


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
        return View(study, Found(kept, True, choice, kept.result))
    return View(study, find_graph(study, choice, within=kept))
