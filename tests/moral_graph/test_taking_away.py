"""Votes and graphs leave as datasets and in the authors' JSON, come back in, and are gone when somebody withdraws."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from elicitation.moral_graph.domain.reading import read_votes
from elicitation.moral_graph.erasure import erase_votes
from elicitation.moral_graph.models import CanonicalValue, Snapshot, Upgrade, WisdomVote
from elicitation.moral_graph.snapshots import take_snapshot
from elicitation.moral_graph.voting import Filters, votes_of
from multivocal.studies.models import Enrolment
from tests.moral_graph.values import begin, values_study, vote_all

pytestmark = pytest.mark.django_db(transaction=True)

GRAPH = {
    "values": [
        {"id": 7, "title": "Asking first", "description": "I ask.", "policies": ["QUESTIONS that open"], "x": []},
        {"id": 9, "title": "Acting", "instructionsShort": "I act.", "evaluationCriteria": ["DEEDS that last"]},
        {"id": 11, "title": "Waiting", "policies": ["PAUSES that help"]},
    ],
    "edges": [
        {"sourceValueId": 9, "wiserValueId": 7, "contexts": ["When somebody is lost"], "counts": {}, "summary": {}},
        {"sourceValueId": 7, "wiserValueId": 11, "contexts": {}},
    ],
}  # fmt: skip
VOTES = """participant,from_value,to_value,context,vote,created_at
ann,9,7,When somebody is lost,wiser,2026-01-01T10:00:00Z
bob,9,7,When somebody is lost,wiser,2026-01-01T11:00:00Z
cem,9,7,When somebody is lost,unsure,2026-01-01T12:00:00Z
ann,9,7,When somebody is lost,not_wiser,2026-01-02T10:00:00Z
"""


def files(folder: Path) -> dict[str, Path]:
    """Write the two files that others hand in."""
    graph, votes = folder / "graph.json", folder / "votes.csv"
    graph.write_text(json.dumps(GRAPH))
    votes.write_text(VOTES)
    return {"graph": graph, "votes": votes}


def run(*arguments: str) -> str:
    """Run ``moral_graph`` and return what it says."""
    said = StringIO()
    call_command("moral_graph", *arguments, stderr=said, stdout=said)
    return said.getvalue()


def test_the_authors_graph_and_votes_come_in_once_and_count(tmp_path: Path) -> None:
    study = values_study()
    there = files(tmp_path)
    for _ in range(2):
        run("import", "values", "--graph", str(there["graph"]), "--votes", str(there["votes"]))
    assert CanonicalValue.objects.filter(origin="imported").count() == 3
    votes = votes_of(study)
    assert (len(votes), len(votes.participants)) == (3, 3)
    assert WisdomVote.objects.get(voter="ann", superseded_at=None).answer == "not_wiser"
    assert not Upgrade.objects.filter(origin="imported", state="ready").exists(), (
        "a step without a story asks nobody"
    )


def test_a_bad_file_is_refused_by_place_and_nothing_is_stored(tmp_path: Path) -> None:
    values_study()
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps({**GRAPH, "edges": [{"sourceValueId": 7, "wiserValueId": 7}]}))
    with pytest.raises(SystemExit) as ended:
        run("import", "values", "--graph", str(bad))
    assert ended.value.code == 2
    votes = tmp_path / "votes.csv"
    votes.write_text(VOTES)
    with pytest.raises(SystemExit):
        run("import", "values", "--votes", str(votes))
    assert not CanonicalValue.objects.filter(origin="imported").exists() and not WisdomVote.objects.exists()


def test_the_votes_dataset_is_the_file_that_build_reads(tmp_path: Path) -> None:
    study = values_study()
    for number in range(3):
        vote_all(begin("values", f"P{number}"), why="=1+1, or so")
    target = tmp_path / "votes.csv"
    call_command(
        "dataset", "write", "values", "wisdom_votes", "--format", "csv", "-o", str(target), stderr=StringIO()
    )
    votes = read_votes(target)
    ours = votes_of(study, Filters(seeds=True))
    assert len(votes) == len(ours) == 9
    assert sorted(votes.outcome.tolist()) == sorted(ours.outcome.tolist())


def test_a_release_has_the_authors_shape_without_seeds(tmp_path: Path) -> None:
    values_study()
    there = files(tmp_path)
    run("import", "values", "--graph", str(there["graph"]), "--votes", str(there["votes"]))
    folder = tmp_path / "release"
    call_command(
        "dataset",
        "release",
        "values",
        "-o",
        str(folder),
        "--profile",
        "moral-graph",
        stderr=StringIO(),
        stdout=StringIO(),
    )
    graph = json.loads((folder / "graph.json").read_text())
    (edge,) = [edge for edge in graph["allEdges"] if edge["counts"]["markedWiser"]]
    assert edge["counts"] == {
        "markedWiser": 1, "markedNotWiser": 1, "markedLessWise": 0, "markedUnsure": 1, "impressions": 3,
    }  # fmt: skip
    assert edge["contexts"] == ["When somebody is lost"] and isinstance(edge["sourceValueId"], int)
    assert (folder / "wisdom_votes.csv").read_text().count("\n") == 5


def test_the_database_refuses_to_change_a_snapshot() -> None:
    study = values_study()
    snapshot = take_snapshot(study=study)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Snapshot.objects.filter(pk=snapshot.pk).update(seed=5)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from moral_graph_snapshot where seed = 0")
        assert cursor.fetchone() == (1,)


def test_a_graph_is_made_again_byte_for_byte_until_somebody_withdraws() -> None:
    values_study()
    for number in range(3):
        vote_all(begin("values", f"P{number}"))
    run("snapshot", "values", "--with-seeds", "-o", "-")
    vote_all(begin("values", "P9"), "not_wiser")
    assert "byte for byte" in run("rebuild", "values")
    Enrolment.objects.filter(pk=Enrolment.objects.order_by("started_at").values("pk")[:1]).update(
        status="withdrawn"
    )
    with pytest.raises(SystemExit) as ended:
        run("rebuild", "values")
    assert ended.value.code == 1


def test_erasing_a_person_deletes_their_votes() -> None:
    study = values_study()
    vote_all(begin("values", "P1"))
    enrolment = Enrolment.objects.get(study=study)
    vote_all(begin("values", "P2"))
    assert WisdomVote.objects.count() == 6
    erase_votes(enrolment=enrolment.pk)
    assert WisdomVote.objects.count() == 3, "others' votes stay"
    assert not WisdomVote.objects.filter(enrolment=enrolment).exists()
