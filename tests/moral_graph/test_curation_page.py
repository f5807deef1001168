"""The pages “Values” and “Stories”: what designers see and do there without any script, and who may not."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from elicitation.moral_graph.canonical import put_card, value_of
from elicitation.moral_graph.curation import reword, words_hash
from elicitation.moral_graph.models import CanonicalValue, CurationAct, Partition, Upgrade
from multivocal.studies.models import Membership, Study
from tests.moral_graph.cards import accepted_card, interviewed_study, step, value_with, vote
from tests.people import signed_in

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def study(designer: User) -> Study:
    """Dana's study: two values of two cards each, one of a simulated person, with stories and votes."""
    made = interviewed_study()
    Membership.objects.create(study=made, user=designer, role="designer")
    cards = [accepted_card(made, name) for name in ("advice", HOSTILE, "listening")]
    bot = accepted_card(made, "waiting", simulated=True)
    one, two = value_with(made, *cards[:2]), value_with(made, cards[2], bot)
    row = step(one, two, quality={"words": 70, "clear": 5, "gain": 4, "reason": HOSTILE})
    vote(row, cards[0])
    vote(row, cards[2], "not_wiser")
    step(two, one, state="rejected", quality={"words": 9, "reason": "It has 9 words."})
    step(two, one, origin="person", proposed_by=cards[0].enrolment, state="draft", story_version=2)
    return made


def url(study: Study, name: str = "values") -> str:
    """Return the address of a page."""
    return reverse("admin:study_extra", args=[study.slug, name])


def numbers(study: Study) -> tuple[int, int]:
    """Return the numbers of the two values."""
    first, second = CanonicalValue.objects.filter(study=study).order_by("number")
    return first.number, second.number


def test_a_designer_reads_why_a_card_is_where_it_is(study: Study, designer: User) -> None:
    browser, (first, _second) = signed_in(designer), numbers(study)
    page = browser.get(url(study)).content.decode()
    assert "advice" in page and "listening" in page and "2 cards" in page
    assert "Nothing found" in browser.get(url(study), {"q": "nowhere"}).content.decode()
    page = browser.get(url(study), {"value": first}).content.decode()
    assert "They attend to the same." in page and HOSTILE not in page and "&lt;script&gt;" in page
    assert "its words stand for the value" in page
    for odd in ("0", "99", "x", "1 or 1", "9" * 30, "-1"):
        answer = browser.get(url(study), {"value": odd})
        assert answer.status_code == 200 and "This study has no value" in answer.content.decode()
    assert browser.get(url(study), {"value": first, "split": "x"}).status_code == 200


def test_joining_asks_first_says_what_it_changes_and_is_taken_back(study: Study, designer: User) -> None:
    browser, (first, second) = signed_in(designer), numbers(study)
    page = browser.get(url(study), {"value": first, "join": second}).content.decode()
    assert "This changes results." in page and "2 cards move" in page
    form = {"do": "join", "value": first, "join": second, "why": "One."}
    assert browser.post(url(study), form).status_code in (400, 422), "the box was not ticked"
    assert not CurationAct.objects.exists()
    assert browser.post(url(study), {**form, "sure": "yes"}).status_code == 302
    assert browser.post(url(study), {**form, "sure": "yes"}).status_code == 409
    page = browser.get(url(study), {"view": "history"}).content.decode()
    assert "Dana Okafor" in page and "One." in page and "Take it back" in page
    gone = browser.get(url(study), {"value": first}).content.decode()
    assert "joined to" in gone and "Split this card off" not in gone
    act = CurationAct.objects.get()
    assert browser.post(url(study), {"do": "undo", "act": act.pk}).status_code == 302
    assert CanonicalValue.objects.filter(archived_at=None).count() == 2
    assert "Taken back by Dana Okafor" in browser.get(url(study), {"view": "history"}).content.decode()


def test_splitting_and_wording_keep_what_was_typed_when_refused(study: Study, designer: User) -> None:
    browser, (first, _second) = signed_in(designer), numbers(study)
    value = CanonicalValue.objects.get(number=first, study=study)
    cards = list(value.memberships.order_by("pk").values_list("card", flat=True))
    assert "Give this card" in browser.get(url(study), {"value": first, "split": cards[1]}).content.decode()
    form = {"do": "split", "value": first, "split": cards[1], "sure": "yes", "why": "Other."}
    assert browser.post(url(study), form).status_code == 302
    assert value_of(cards[1]) != value
    page = browser.get(url(study), {"value": first})
    words = {"do": "reword", "value": first, "seen": page.context["value"]["seen"], "description": "d"}
    bad = browser.post(url(study), {**words, "title": "Mine", "policies": "only one"})
    assert bad.status_code in (400, 422)
    assert "only one" in bad.content.decode() and 'value="Mine"' in bad.content.decode()
    assert browser.post(url(study), {**words, "title": "Mine", "policies": "A\nB\nC"}).status_code == 302
    assert browser.post(url(study), {**words, "title": "Late", "policies": "A\nB\nC"}).status_code == 409


def test_stories_show_origin_and_reason_and_go_out_and_back(study: Study, designer: User) -> None:
    browser, there = signed_in(designer), url(study, "stories")
    page = browser.get(there).content.decode()
    assert "clear 5/5" in page and ">wiser: 1<" in page and ">not wiser: 1<" in page and HOSTILE not in page
    assert "not_wiser" not in page
    assert "It has 9 words." in browser.get(there, {"state": "rejected"}).content.decode()
    assert "a participant" in browser.get(there, {"state": "draft"}).content.decode()
    number = Upgrade.objects.get(state="ready").number
    assert browser.post(there, {"do": "archive", "step": number}).status_code == 302
    assert browser.post(there, {"do": "archive", "step": number}).status_code == 409
    assert "Put it back" in browser.get(there, {"state": "out"}).content.decode()
    assert browser.post(there, {"do": "restore", "step": number}).status_code == 302
    for odd in ("", "x", "999", "9" * 40):
        assert browser.post(there, {"do": "archive", "step": odd}).status_code == 404
    for query in ({"state": "x"}, {"value": "9" * 40}, {"page": "x"}, {"context": "x"}, {"origin": "'"}):
        assert browser.get(there, query).status_code == 200


def test_sorting_anew_is_asked_for_and_odd_wishes_are_refused(study: Study, designer: User) -> None:
    browser = signed_in(designer)
    assert "Sort all cards anew" in browser.get(url(study), {"view": "sorting"}).content.decode()
    for odd in (
        {"neighbours": "x"},
        {"distance": "nan"},
        {"distance": "9"},
        {"neighbours": "5", "model": "zz"},
    ):
        form = {"do": "propose", "neighbours": "5", "distance": "0.4", **odd}
        assert browser.post(url(study), form).status_code in (400, 422), odd
    browser.post(url(study), {"do": "propose", "neighbours": "5", "distance": "0.4"})
    made = Partition.objects.get(current=False)
    page = browser.get(url(study), {"view": "sorting", "partition": made.pk}).content.decode()
    assert "It is being made" in page
    form = {"do": "adopt", "partition": made.pk, "instead_of": 1, "sure": "yes"}
    assert browser.post(url(study), form).status_code == 409
    assert browser.post(url(study), {"do": "discard", "partition": made.pk}).status_code == 302
    assert browser.post(url(study), {"do": "discard", "partition": "9" * 40}).status_code in (400, 404, 422)
    assert browser.post(url(study), {"do": "burn"}).status_code in (400, 422)


def test_empty_studies_say_what_will_be_here(designer: User) -> None:
    made = interviewed_study("bare")
    Membership.objects.create(study=made, user=designer, role="owner")
    browser = signed_in(designer)
    assert "No values yet" in browser.get(url(made)).content.decode()
    assert "No stories yet" in browser.get(url(made, "stories")).content.decode()
    assert browser.get(url(made), {"view": "sorting"}).status_code == 200
    assert "Nothing yet" in browser.get(url(made), {"view": "history"}).content.decode()
    assert not Partition.objects.filter(study=made).exists(), "looking makes nothing"


@pytest.mark.parametrize("role", ["", "reviewer", "payments", "analyst", "operator"])
@pytest.mark.parametrize("name", ["values", "stories", "set-up"])
def test_who_may_not_edit_neither_sees_nor_does(study: Study, stranger: User, name: str, role: str) -> None:
    if role:
        Membership.objects.create(study=study, user=stranger, role=role)
    first, second = numbers(study)
    form: dict[str, Any] = {"do": "join", "value": first, "join": second, "sure": "yes", "step": 1}
    for browser in (signed_in(stranger), Client()):
        for answer in (browser.get(url(study, name)), browser.post(url(study, name), form)):
            assert answer.status_code in (302, 403, 404) and b"listening" not in answer.content
    assert not CurationAct.objects.exists()


@pytest.mark.parametrize(
    "query", [{}, {"view": "history"}, {"q": "advice"}, {"value": 1}, {"value": 1, "join": 2}]
)
def test_the_values_page_asks_the_database_as_often_for_many_as_for_few(
    study: Study, designer: User, query: dict[str, Any], django_assert_num_queries: Any
) -> None:
    _grows(study, designer, "values", query, django_assert_num_queries)


@pytest.mark.parametrize("query", [{}, {"state": "rejected"}, {"value": 1}])
def test_the_stories_page_asks_the_database_as_often_for_many_as_for_few(
    study: Study, designer: User, query: dict[str, Any], django_assert_num_queries: Any
) -> None:
    _grows(study, designer, "stories", query, django_assert_num_queries)


def _grows(study: Study, user: User, page: str, query: dict[str, Any], exactly: Any) -> None:
    """Look at a page, then again with many more values, cards, stories, votes and acts."""
    browser = signed_in(user)
    _reword(study, user, 1, "Other")
    browser.get(url(study, page), query)
    with CaptureQueriesContext(connection) as few:
        assert browser.get(url(study, page), query).status_code == 200
    first = CanonicalValue.objects.get(study=study, number=1)
    for n in range(8):
        card = accepted_card(study, f"more {n}")
        other = value_with(study, card, accepted_card(study, f"and {n}"))
        put_card(
            card=accepted_card(study, f"advice {n}").pk, into=first, decided_by="model", motivation="Alike."
        )
        for row in (step(first, other), step(other, first, state="rejected", quality={"words": 9})):
            vote(row, card)
        _reword(study, user, 1 + n % 2, f"Other {n}")
    with exactly(len(few)):
        browser.get(url(study, page), query)


def _reword(study: Study, user: User, number: int, title: str) -> None:
    value = CanonicalValue.objects.get(study=study, number=number)
    lines = [f"SIGNS of kind {n} that somebody notices" for n in range(3)]
    reword(
        study=study, user=user, value=number, seen=words_hash(value), why="", title=title, description="I look.",
        policies=lines,
    )  # fmt: skip
