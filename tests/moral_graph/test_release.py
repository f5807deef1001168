"""The release profile moral-graph, field by field against the authors' JSON, and what lies beside it."""

import csv
import io
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from elicitation.moral_graph import curation
from elicitation.moral_graph.importing import ImportedGraph, import_graph
from multivocal.studies.models import Study
from tests.moral_graph.cards import accepted_card, interviewed_study, step, value_with, vote
from tests.moral_graph.values import values_study

pytestmark = pytest.mark.django_db(transaction=True)
COUNTS = {"markedWiser", "markedNotWiser", "markedLessWise", "markedUnsure", "impressions"}


@pytest.fixture
def study() -> Study:
    """Two values of people and four votes for a step between them, one of them no judgement."""
    made = interviewed_study("values")
    cards = [accepted_card(made, f"value {n}") for n in range(4)]
    one, two = value_with(made, *cards[:2]), value_with(made, *cards[2:])
    row = step(one, two)
    for card, answer in zip(cards, ("wiser", "wiser", "unsure", "both"), strict=True):
        vote(row, card, answer)
    return made


def release(folder: Path) -> Path:
    """Write a release and return its folder."""
    target = folder / "release"
    said = StringIO()
    call_command(
        "dataset",
        "release",
        "values",
        "-o",
        str(target),
        "--profile",
        "moral-graph",
        stderr=said,
        stdout=said,
    )
    return target


def rows(path: Path) -> list[dict[str, str]]:
    """Return a CSV's rows."""
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_the_graph_has_the_authors_fields_and_types_and_no_others(study: Study, tmp_path: Path) -> None:
    folder = release(tmp_path)
    graph: dict[str, Any] = json.loads((folder / "graph.json").read_text())
    assert set(graph) == {"values", "edges", "allEdges"}
    assert [value["id"] for value in graph["values"]] == [1, 2]
    for value in graph["values"]:
        assert set(value) == {
            "id", "title", "description", "policies", "createdAt", "updatedAt", "pageRank", "votes", "contexts",
        }  # fmt: skip
        assert isinstance(value["policies"], list) and isinstance(value["pageRank"], float)
        assert value["createdAt"].endswith("Z") and isinstance(value["contexts"], list)
    assert [value["votes"] for value in graph["values"]] == [0, 3]
    assert graph["values"][1]["contexts"] == ["When somebody asks me for help"]
    (edge,) = graph["edges"]
    assert set(edge) == {"sourceValueId", "wiserValueId", "contexts", "counts", "summary"}
    assert (edge["sourceValueId"], edge["wiserValueId"]) == (1, 2)
    assert set(edge["counts"]) == COUNTS and all(isinstance(n, int) for n in edge["counts"].values())
    assert edge["counts"]["impressions"] == 3 and edge["counts"]["markedWiser"] == 2
    assert set(edge["summary"]) == {"wiserLikelihood", "entropy"}
    assert len(graph["allEdges"]) == 2, "the mirrored cell too"
    for name in ("graph-care.json", "graph-in-being-asked.json"):
        assert json.loads((folder / name).read_text()) == graph
    ImportedGraph.model_validate(graph)
    other = values_study("second")
    assert import_graph(study=other, source=(folder / "graph.json").read_bytes()).values == 2


def test_what_stands_behind_is_there_and_names_nobody(study: Study, designer: User, tmp_path: Path) -> None:
    curation.join(study=study, user=designer, gone=2, into=1, why="They are one.")
    folder = release(tmp_path)
    values = {row["value"]: row for row in rows(folder / "values.csv")}
    assert (values["2"]["merged_into"], values["2"]["counts_as"], values["1"]["counts_as"]) == ("1", "1", "1")
    (act,) = rows(folder / "curation.csv")
    assert (act["verb"], act["why"], act["by_command"]) == ("join", "They are one.", "false")
    cards = {row["card_id"] for row in rows(folder / "cards.csv")}
    assert {row["card"] for row in rows(folder / "merges.csv")} == cards and len(cards) == 4
    assert {row["decided_by"] for row in rows(folder / "merges.csv")} == {"model", "designer"}
    for path in folder.glob("*.csv"):
        assert designer.username not in path.read_text() and "Okafor" not in path.read_text(), path.name
    assert json.loads((folder / "graph.json").read_text())["edges"] == [], "a step within one value is none"
