"""Graphs and votes of others come in whole, with their times, or are refused by place and line."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from elicitation.moral_graph.importing import import_graph
from elicitation.moral_graph.importing_votes import import_votes
from elicitation.moral_graph.models import CanonicalValue, Context, Upgrade, WisdomVote
from elicitation.moral_graph.snapshots import rebuild, take_snapshot
from elicitation.moral_graph.voting import votes_of
from multivocal.domain.files import BadFile
from multivocal.errors import Invalid
from multivocal.studies.models import Membership, Study
from tests.moral_graph.values import values_study
from tests.people import signed_in

pytestmark = pytest.mark.django_db
EARLY, LATE = "2024-03-01T10:00:00+00:00", "2024-03-02T10:00:00+00:00"
HEAD = "participant,from_value,to_value,context,vote,created_at\n"


def graph(**changes: Any) -> bytes:
    """Return the authors' JSON: one value of each generation."""
    values = [
        {"id": 1, "title": "Old", "instructionsShort": "Short.", "instructionsDetailed": "Long.",
         "evaluationCriteria": ["A a"], "createdAt": "2023-01-01"},
        {"id": 2, "title": "New", "description": "Once.", "policies": ["B b"], "demographics": []},
        {"id": "x-3", "title": "Third", "policies": []},
    ]  # fmt: skip
    edges = [
        {"sourceValueId": 1, "wiserValueId": 2, "contexts": ["When asked", "عند السؤال"]},
        {"sourceValueId": 2, "wiserValueId": "x-3", "contexts": {}, "counts": {"impressions": 3}},
    ]
    return json.dumps({"values": values, "edges": edges, "allEdges": []} | changes).encode()


@pytest.fixture
def study() -> Study:
    """An open study of values."""
    return values_study()


def test_both_generations_come_in_with_their_words_and_situations_stay_apart(study: Study) -> None:
    taken = import_graph(study=study, source=graph())
    assert (taken.values, taken.steps, taken.known) == (3, 3, 0)
    old, new, _third = CanonicalValue.objects.filter(origin="imported").order_by("number")
    assert (old.description, old.policies) == ("Short.\nLong.", ["A a"])
    assert (new.description, new.policies) == ("Once.", ["B b"])
    texts = [row.text["en"] for row in Context.objects.filter(upgrades__origin="imported").distinct()]
    assert sorted(texts) == ["In any situation", "When asked", "عند السؤال"]
    again = import_graph(study=study, source=graph())
    assert (again.values, again.steps, again.known) == (0, 0, 3)
    assert not Upgrade.objects.filter(state="ready").exists()


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        (b"{", ""),
        (b"[]", "document"),
        (graph(values=[]), "values"),
        (graph(values=[{"id": True, "title": "x"}]), "values.0"),
        (graph(values=[{"id": 1, "title": "x" * 201}]), "values.0.title"),
        (graph(values=[{"id": 1, "title": "a"}, {"id": "1", "title": "b"}], edges=[]), "values.1"),
        (graph(edges=[{"sourceValueId": 1, "wiserValueId": 1}]), "edges.0"),
        (graph(edges=[{"sourceValueId": 1, "wiserValueId": 9}]), "edges.0"),
        (graph(edges=[{"sourceValueId": 1}]), "edges.0.wiserValueId"),
    ],
)
def test_another_shape_is_refused_by_place(study: Study, bad: bytes, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        import_graph(study=study, source=bad, name="theirs.json")
    assert "theirs.json" in refused.value.message
    assert any(found.startswith(place) for found in refused.value.fields) or not place
    assert not CanonicalValue.objects.exists() and not Context.objects.exists()


def test_a_zero_byte_in_an_id_is_refused_by_place(study: Study) -> None:
    with pytest.raises(Invalid) as refused:
        import_graph(study=study, source=b'{"values":[{"id":"a\\u0000","title":"x"}]}')
    assert any(place.startswith("values.0.id") for place in refused.value.fields)


def test_votes_keep_their_times_and_the_last_one_counts(study: Study) -> None:
    import_graph(study=study, source=graph())
    rows = (
        f"ann,1,2,When asked,not_wiser,{LATE}\nann,1,2,When asked,wiser,{EARLY}\nbo,1,2,عند السؤال,unsure,\n"
    )
    started = timezone.now()
    taken = import_votes(study=study, source=(HEAD + rows).encode())
    assert (taken.votes, taken.corrected, taken.duplicate, taken.steps) == (3, 1, 0, 0)
    first, last = WisdomVote.objects.filter(voter="ann").order_by("created_at")
    assert first.created_at == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert (first.answer, first.superseded_at is None) == ("wiser", False)
    assert (last.answer, last.superseded_at) == ("not_wiser", None)
    assert len(votes_of(study)) == 2
    assert len(votes_of(study, until=started)) == 0, "what came later was not there then"
    again = import_votes(study=study, source=(HEAD + rows).encode())
    assert (again.votes, again.duplicate) == (0, 3)


def test_a_later_file_corrects_and_an_earlier_graph_is_still_made_again(study: Study) -> None:
    import_graph(study=study, source=graph())
    import_votes(study=study, source=f"{HEAD}ann,1,2,When asked,wiser,{EARLY}\n".encode())
    kept = take_snapshot(study=study)
    taken = import_votes(study=study, source=f"{HEAD}ann,1,2,When asked,not_wiser,{LATE}\n".encode())
    assert (taken.votes, taken.corrected) == (1, 1)
    assert WisdomVote.objects.get(voter="ann", superseded_at=None).answer == "not_wiser"
    assert rebuild(kept).result_sha256 == kept.result_sha256
    stale = import_votes(study=study, source=f"{HEAD}ann,1,2,When asked,unsure,{EARLY}\n".encode())
    assert stale.votes == 1
    assert WisdomVote.objects.get(voter="ann", superseded_at=None).answer == "not_wiser"


def test_bad_rows_and_unknown_values_are_named_by_line(study: Study) -> None:
    import_graph(study=study, source=graph())
    rows = f"ann,1,2,c,wiser,{EARLY}\nbo,1,77,c,wiser,{EARLY}\ncy,88,99,c,wiser,{EARLY}\n"
    with pytest.raises(BadFile) as refused:
        import_votes(study=study, source=(HEAD + rows).encode(), name="votes.csv")
    assert [problem.line for problem in refused.value.problems] == [3, 4, 4]
    with pytest.raises(BadFile) as refused:
        import_votes(study=study, source=f"{HEAD}ann,1,1,c,wiser,\nbo,1,2,c,perhaps,\n".encode())
    assert [problem.line for problem in refused.value.problems] == [2, 3]
    assert not WisdomVote.objects.exists() and not Context.objects.filter(key="c").exists()


def test_values_that_another_study_imported_are_not_known_here(study: Study) -> None:
    import_graph(study=values_study("elsewhere"), source=graph())
    with pytest.raises(BadFile):
        import_votes(study=study, source=f"{HEAD}ann,1,2,c,wiser,{EARLY}\n".encode())
    assert not WisdomVote.objects.exists()


def test_the_page_takes_both_files_or_neither(study: Study, designer: User) -> None:
    Membership.objects.create(study=study, user=designer, role="owner")
    url, browser = reverse("admin:study_extra", args=[study.slug, "set-up"]), signed_in(designer)

    def send(votes: str) -> Any:
        files = {
            "graph": SimpleUploadedFile("g.json", graph()),
            "votes": SimpleUploadedFile("v.csv", (HEAD + votes).encode()),
        }
        return browser.post(url, {"do": "import", **files})

    bad = send("ann,1,5,c,wiser,\n")
    assert bad.status_code in (400, 422) and "line 2" in bad.content.decode()
    assert not CanonicalValue.objects.exists()
    assert send("ann,1,2,c,wiser,\n").status_code == 302
    assert CanonicalValue.objects.count() == 3 and WisdomVote.objects.count() == 1
    assert browser.post(url, {"do": "import"}).status_code in (400, 422)
