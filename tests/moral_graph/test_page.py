"""The graph's page for staff: lists before the picture, words of people escaped, nothing for a stranger."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from elicitation.moral_graph.models import CanonicalValue, Snapshot
from elicitation.moral_graph.pages.picture import Arrow, Node, draw
from multivocal.studies.models import Membership, Study
from tests.moral_graph.values import begin, values_study, vote_all
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def page_of(study: Study) -> str:
    """Return the address of the graph's page."""
    return reverse("admin:study_extra", args=[study.slug, "graph"])


@pytest.fixture
def study() -> Study:
    """A study in which three people have voted."""
    made = values_study()
    for number in range(3):
        vote_all(begin("values", f"P{number}"), why="<b>because</b>")
    return made


def test_an_analyst_makes_a_graph_and_reads_it_in_lists_and_as_a_picture(study: Study, analyst: User) -> None:
    Membership.objects.create(study=study, user=analyst, role="analyst")
    browser = signed_in(analyst)
    empty = browser.get(page_of(study)).content.decode()
    assert "No graph yet" in empty
    CanonicalValue.objects.filter(number=1).update(title="<script>alert(1)</script>")
    browser.post(page_of(study), {"do": "snapshot", "estimator": "posterior", "seeds": "on"})
    page = browser.get(page_of(study)).content.decode()
    assert Snapshot.objects.count() == 1
    assert page.index('id="values"') < page.index('id="steps"') < page.index("<svg")
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    assert "&lt;b&gt;because&lt;/b&gt;" in page and "When my brother lost his job" in page
    browser.post(
        page_of(study), {"do": "snapshot", "estimator": "published", "seeds": "on", "context": "being-asked"}
    )
    assert browser.get(page_of(study)).status_code == 200


def test_looking_makes_nothing(study: Study, analyst: User) -> None:
    Membership.objects.create(study=study, user=analyst, role="analyst")
    signed_in(analyst).get(page_of(study))
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("role", ["", "payments", "reviewer"])
def test_nobody_without_a_right_to_data_sees_the_graph(study: Study, stranger: User, role: str) -> None:
    if role:
        Membership.objects.create(study=study, user=stranger, role=role)
    browser = signed_in(stranger)
    assert browser.get(page_of(study)).status_code in (403, 404)
    assert browser.post(page_of(study), {"do": "snapshot"}).status_code in (403, 404)
    assert Client().get(page_of(study)).status_code in (302, 401, 403, 404)
    assert not Snapshot.objects.exists()


def test_the_same_graph_gives_the_same_drawing_and_words_are_escaped() -> None:
    nodes = [Node(str(n), f"Value <{n}>", n) for n in range(60)]
    arrows = [Arrow("1", "2", 9, 0.8, True, "a & b"), Arrow("1", "59", 9, 0.8, True, "left out")]
    first = draw(nodes, arrows, "graph")
    assert first == draw(nodes, arrows, "graph")
    assert "Value &lt;1&gt;" in first and "a &amp; b" in first and "left out" not in first
    assert draw([], [], "graph") == ""
