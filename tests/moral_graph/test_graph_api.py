"""Graphs over HTTP: the page's numbers under the authors' names, nobody named, nothing for those without the right."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from elicitation.moral_graph.models import Snapshot
from elicitation.moral_graph.pages.view import view
from elicitation.moral_graph.release import authors_graph
from elicitation.moral_graph.snapshots import take_snapshot
from elicitation.moral_graph.voting import Filters
from multivocal.exports.models import Scope
from multivocal.exports.tokens import make_token
from multivocal.studies.models import Enrolment, Membership, Study
from tests.moral_graph.graphs import vote, voted_study
from tests.moral_graph.values import begin, values_study
from tests.people import signed_in

pytestmark = pytest.mark.django_db

GRAPHS = "/api/v1/studies/values/graphs/"


@pytest.fixture
def study(analyst: User) -> Study:
    """A study in which five people have voted in two arms, and Amir may read its data."""
    made = voted_study()
    Membership.objects.create(study=made, user=analyst, role="analyst")
    return made


@pytest.fixture
def script(study: Study, analyst: User) -> dict[str, str]:
    """The header of a script that may read this study."""
    _token, secret = make_token(
        study=study,
        name="notebook",
        scopes=[Scope.READ],
        user=analyst,
        expires_at=timezone.now() + timedelta(1),
    )
    return {"Authorization": f"Bearer {secret}"}


def read(script: dict[str, str], path: str = "latest/", **asked: Any) -> Any:
    """Return what an address answers to the script."""
    answer = Client().get(GRAPHS + path, asked, headers=script)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_script_reads_the_numbers_that_the_page_shows(study: Study, script: dict[str, str]) -> None:
    kept = take_snapshot(study=study, filters=Filters(seeds=True))
    listed = read(script, "")["graphs"]
    assert [(one["id"], one["inputs_sha256"], one["rows"]) for one in listed] == [
        (str(kept.pk), kept.inputs_sha256, kept.result["rows"])
    ]
    graph = read(script, f"{kept.pk}/", all=1)
    assert graph["kept"] and graph["id"] == str(kept.pk) and graph["parameters"]["seeds"] is True
    seen = view(study, {}, str(kept.pk))
    assert [row["id"] for row in graph["values"]] == [row["id"] for row in seen.values]
    listing = {row["key"]: row for row in seen.steps}
    cells = {
        (row["sourceValueId"], row["wiserValueId"], *row["contextKeys"]): row for row in graph["allEdges"]
    }
    for step in listing.values():
        cell = cells[step["sourceValueId"], step["wiserValueId"], *step["contextKeys"]]
        assert (cell["counts"], cell["summary"]["wiserLikelihood"]) == (step["counts"], step["net"])
    assert sum(graph["answers"].values()) == graph["rows"]["votes"] == 15
    assert read(script)["id"] == str(kept.pk)


def test_the_published_graph_has_the_authors_cells(study: Study, script: dict[str, str]) -> None:
    ours = read(script, estimator="published", seeds=1, all=1)
    theirs = authors_graph(study, Filters(seeds=True))
    assert ours["kept"] is False and ours["id"] is None and not Snapshot.objects.exists()
    for name in ("edges", "allEdges"):
        pruned = [
            {key: row[key] for key in ("sourceValueId", "wiserValueId", "contexts", "counts", "summary")}
            for row in ours[name]
        ]
        assert pruned == theirs[name], name
    assert {row["id"]: row["pageRank"] for row in ours["values"]} == {
        row["id"]: row["pageRank"] for row in theirs["values"]
    }


def test_a_situation_of_a_kept_graph_is_that_situations_graph(study: Study, script: dict[str, str]) -> None:
    alone = read(script, context="being-asked", seeds=1)
    assert not alone["kept"]
    kept = take_snapshot(study=study, filters=Filters(seeds=True))
    part = read(script, f"{kept.pk}/", context="being-asked")
    assert part["id"] == str(kept.pk) and [one["context"] for one in part["contexts"]] == [
        "When somebody asks me for help"
    ]
    # Its resamples are of everybody, so intervals differ a little; the numbers themselves do not.
    for ours, theirs in zip(part["values"], alone["values"], strict=True):
        assert (ours["id"], ours["rank"]) == (theirs["id"], theirs["rank"])
        for name in ("pageRank", "bradleyTerry", "rankCentrality"):
            assert ours[name] == pytest.approx(theirs[name], abs=1e-6), name
    assert part["edges"] == alone["edges"]


def test_a_group_is_counted_alone_as_the_votes_stood_then(study: Study, script: dict[str, str]) -> None:
    kept = take_snapshot(study=study, filters=Filters(seeds=True))
    warm, plain = (read(script, f"{kept.pk}/", group=f"arm:{arm}")["rows"] for arm in ("warm", "plain"))
    assert (warm["people"], plain["people"]) == (3, 2)
    assert read(script, group="trait:age:50+", seeds=1)["rows"]["people"] == 3
    vote(study, 9, "wiser")
    assert read(script, f"{kept.pk}/", group="arm:plain")["rows"]["people"] == 2
    assert read(script, group="arm:plain", seeds=1)["rows"]["people"] == 3
    Enrolment.objects.filter(study=study, arm="plain").update(status="withdrawn")
    assert read(script, f"{kept.pk}/", group="arm:warm")["rows"]["people"] == 3
    assert Client().get(GRAPHS + "latest/", {"group": "arm:plain"}, headers=script).status_code == 400


def test_a_step_opens_its_votes_stories_and_whys_and_names_nobody(
    study: Study, script: dict[str, str]
) -> None:
    graph = read(script, seeds=1, all=1)
    text, total = json.dumps(graph), 0
    for edge in graph["allEdges"]:
        key = "-".join(map(str, (edge["sourceValueId"], edge["wiserValueId"], *edge["contextKeys"])))
        step = read(script, f"latest/steps/{key}/", seeds=1)
        text += json.dumps(step)
        for way, a, b in (
            ("there", "sourceValueId", "wiserValueId"),
            ("back", "wiserValueId", "sourceValueId"),
        ):
            ends = step[a], step[b], step["contextKeys"]
            cell = next(
                row for row in graph["allEdges"]
                if (row["sourceValueId"], row["wiserValueId"], row["contextKeys"]) == ends
            )  # fmt: skip
            told = step[way]["answers"]
            assert [told["wiser"], told["not_wiser"], told["unsure"]] == [
                cell["counts"][name] for name in ("markedWiser", "markedNotWiser", "markedUnsure")
            ]
            assert sum(len(story["whys"]) for story in step[way]["stories"]) == step[way]["votes"]
            total += step[way]["votes"]
    assert total == 2 * 15  # each step is reached from both ends
    for number in (1, 2, 3):
        text += json.dumps(read(script, f"latest/values/{number}/", seeds=1))
    for person in Enrolment.objects.filter(study=study):
        assert (
            person.pseudonym not in text
            and str(person.pk) not in text
            and str(person.participant_id) not in text
        )


REFUSED: list[tuple[str, dict[str, Any], int]] = [
    ("00000000-0000-4000-8000-000000000000/", {}, 404),
    ("latest/values/99/", {}, 404),
    ("latest/steps/1-99-being-asked/", {}, 404),
    ("latest/steps/nothing/", {}, 404),
    ("latest/", {"context": "other"}, 400),
    ("latest/", {"question": "other"}, 400),
    ("latest/", {"group": "trait:note:somebody else"}, 400),
    ("latest/", {"group": "arm"}, 400),
    ("latest/", {"estimator": "best"}, 400),
    ("latest/", {"who": "me"}, 400),
    ("latest/", {"all": "yes"}, 400),
    ("latest/", {"colour": "red"}, 400),
    ("latest/", {"seeds": ["0", "1"]}, 400),
]


def test_what_is_not_known_is_refused_by_name(study: Study, script: dict[str, str]) -> None:
    for path, asked, status in REFUSED:
        answer = Client().get(GRAPHS + path, asked, headers=script)
        assert answer.status_code == status and set(answer.json()) == {"code", "message", "fields"}, asked
        assert status == 404 or set(answer.json()["fields"]) == set(asked)


def test_a_graph_of_another_study_is_not_there(study: Study, script: dict[str, str]) -> None:
    other = values_study("other")
    kept = take_snapshot(study=other)
    assert Client().get(f"{GRAPHS}{kept.pk}/", headers=script).status_code == 404
    assert Client().get(f"/api/v1/studies/other/graphs/{kept.pk}/", headers=script).status_code == 404


STATUS = {
    "": 404,
    "reviewer": 403,
    "designer": 403,
    "operator": 403,
    "payments": 403,
    "analyst": 200,
    "owner": 200,
}
PATHS = ("", "latest/", "latest/values/1/", "latest/steps/1-2-being-asked/")


def test_each_role_reads_what_it_may(study: Study, stranger: User) -> None:
    browser = signed_in(stranger)
    for role, status in STATUS.items():
        Membership.objects.filter(user=stranger).delete()
        if role:
            Membership.objects.create(study=study, user=stranger, role=role)
        for path in PATHS:
            answer = browser.get(GRAPHS + path, {"seeds": 1} if path else {})
            assert answer.status_code == status, (role, path)
            assert status == 200 or b"Listening first" not in answer.content
            assert Client().get(GRAPHS + path).status_code == 401


def test_nobody_sees_the_graph_before_or_while_voting(study: Study) -> None:
    take_snapshot(study=study, filters=Filters(seeds=True))
    person = begin("values", "P8")
    for path in ("/s/values/graph/", "/s/values/here/?snapshot=latest", "/s/values/"):
        assert b"pageRank" not in person.client.get(path).content
    assert person.client.get(GRAPHS + "latest/").status_code == 401
    assert person.client.get("/admin/studies/study/of/values/more/graph/").status_code == 302
