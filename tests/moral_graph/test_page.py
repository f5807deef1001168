"""The graph's page for staff: list and picture say the same, words of people escaped, nothing for a stranger."""

import json
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from elicitation.moral_graph.models import CanonicalValue, Snapshot
from elicitation.moral_graph.pages.picture import Arrow, Node, draw
from multivocal.studies.models import Membership, Study
from tests.moral_graph.graphs import voted_study
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def page_of(study: Study) -> str:
    """Return the address of the graph's page."""
    return reverse("admin:study_extra", args=[study.slug, "graph"])


def held(page: str, name: str) -> object:
    """Return the data that a script element of the page holds."""
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None, name
    return json.loads(found.group(1))


@pytest.fixture
def study(analyst: User) -> Study:
    """A study in which three people have voted, and Amir may read its data."""
    made = voted_study(answers=["wiser"] * 3, why="<b>because</b>")
    Membership.objects.create(study=made, user=analyst, role="analyst")
    return made


def test_an_analyst_keeps_a_graph_and_reads_it_in_lists_and_as_a_picture(study: Study, analyst: User) -> None:
    browser, url = signed_in(analyst), page_of(study)
    empty = browser.get(url).content.decode()
    assert "No graph yet" in empty and "<mv-graph" not in empty
    CanonicalValue.objects.filter(number=1).update(title="<script>alert(1)</script>")
    browser.post(url, {"do": "snapshot", "estimator": "posterior", "seeds": "on"})
    assert Snapshot.objects.count() == 1
    page = browser.get(url).content.decode()
    assert page.index('id="values"') < page.index("<mv-graph") < page.index('class="mv-figure-svg"')
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    steps = browser.get(url, {"show": "steps"}).content.decode()
    keys = re.findall(r'<li id="step-([^"]+)"', steps)
    assert keys
    opened = [browser.get(url, {"open": f"step-{key}"}).content.decode() for key in keys]
    assert any("&lt;b&gt;because&lt;/b&gt;" in one for one in opened)
    assert all("When my brother lost his job" in one and "<b>because" not in one for one in opened)


def test_the_list_and_the_picture_hold_the_same_values_and_steps(study: Study, analyst: User) -> None:
    browser, url = signed_in(analyst), page_of(study)
    page = browser.get(url, {"seeds": "1"}).content.decode()
    scene = held(page, "graph-scene")
    assert isinstance(scene, dict)
    listed = [int(number) for number in re.findall(r'<li id="value-(\d+)"', page)]
    assert listed == [value["id"] for value in scene["values"]] and len(listed) == 3
    steps = browser.get(url, {"seeds": "1", "show": "steps"}).content.decode()
    assert re.findall(r'<li id="step-([^"]+)"', steps) == [step["key"] for step in scene["steps"]]
    drawn = {
        int(number) for number in re.findall(r'href="\?seeds=1&amp;open=value-(\d+)#opened"><title>', page)
    }
    assert drawn == set(listed)


def test_a_search_narrows_list_and_picture_alike(study: Study, analyst: User) -> None:
    browser, url = signed_in(analyst), page_of(study)
    part = browser.get(url, {"seeds": "1", "q": "LISTENing first", "part": "list"}).content.decode()
    assert "<html" not in part and "graph-scene" not in part
    assert [int(n) for n in re.findall(r'<li id="value-(\d+)"', part)] == held(part, "graph-matches") == [2]
    nothing = browser.get(url, {"seeds": "1", "q": "<i>zebra</i>"}).content.decode()
    assert held(nothing, "graph-matches") == [] and "<i>zebra" not in nothing
    assert held(browser.get(url, {"seeds": "1"}).content.decode(), "graph-matches") is None


def test_an_odd_order_or_page_shows_the_first_one(study: Study, analyst: User) -> None:
    browser = signed_in(analyst)
    for odd in [
        {"sort": "upwards"},
        {"page": "99"},
        {"page": "-1"},
        {"page": "²"},
        {"show": "all"},
        {"part": "everything"},
    ]:
        page = browser.get(page_of(study), {"seeds": "1", **odd})
        assert page.status_code == 200 and b'<li id="value-1"' in page.content, odd


def test_what_is_not_in_the_graph_cannot_be_opened(study: Study, analyst: User) -> None:
    browser = signed_in(analyst)
    for wanted in ["value-99", "value-", "step-1-99", "step-", "value-1e3", "other", "value-" + "9" * 30]:
        page = browser.get(page_of(study), {"seeds": "1", "open": wanted})
        assert page.status_code == 200 and b"is not in this graph" in page.content, wanted
        assert b'id="opened"' not in page.content


def test_a_graph_the_study_does_not_know_is_refused(study: Study, analyst: User) -> None:
    browser = signed_in(analyst)
    for odd in [
        {"estimator": "guess"},
        {"question": "x"},
        {"context": "x"},
        {"group": "arm:x"},
        {"who": "x"},
        {"seeds": "2"},
    ]:
        assert browser.get(page_of(study), odd).status_code == 400, odd
    assert browser.get(page_of(study), {"snapshot": "guessed"}).status_code == 404


def test_looking_keeps_nothing(study: Study, analyst: User) -> None:
    browser = signed_in(analyst)
    browser.get(page_of(study))
    browser.get(page_of(study), {"seeds": "1", "context": "being-asked", "estimator": "published"})
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("role", ["", "payments", "reviewer", "designer", "operator"])
def test_nobody_without_a_right_to_data_sees_the_graph(study: Study, stranger: User, role: str) -> None:
    if role:
        Membership.objects.create(study=study, user=stranger, role=role)
    browser = signed_in(stranger)
    for asked in ({}, {"part": "list", "seeds": "1"}, {"open": "value-1"}):
        answer = browser.get(page_of(study), asked)
        assert answer.status_code == (403 if role else 404) and b"Listening first" not in answer.content
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
