"""After voting: where my value stands and whether that is fair; others' values I pick."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from elicitation.interviews.models import CardVersion, Interview, ValuesCard
from elicitation.moral_graph import work
from elicitation.moral_graph.canonical import current_partition, make_value, put_card, value_of
from elicitation.moral_graph.erasure import erase_votes
from elicitation.moral_graph.models import (
    CanonicalValue,
    Context,
    Fairness,
    Membership,
    Passed,
    Pick,
    Upgrade,
    VoteDraw,
)
from elicitation.moral_graph.planting import plant
from elicitation.moral_graph.standing import read_facts, sign_facts
from multivocal.studies.models import Enrolment, Study
from tests.interviews.conftest import enrol
from tests.interviews.test_datasets import rows_of
from tests.llm.conftest import rows
from tests.moral_graph.values import INTERVIEW, WISDOM
from tests.studies.studies import DEBRIEF, Person, make_study

__all__ = ["rows"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rows")]

LINES = ["HANDS that hold on", "WORDS that come late", "ROOMS that get quiet"]
OTHER = ["PLANS that somebody made alone", "REASONS nobody asked for", "DOORS that stay open"]


def own_study(**wisdom: Any) -> Study:
    """Return an open study whose interview comes before its stories."""
    stage = {**WISDOM, "interview": "interview", "stories": 2, **wisdom}
    stage.pop("contexts")
    interview = {
        **INTERVIEW,
        "contexts": {"being-asked": {"en": "When asked"}, "being-afraid": {"en": "When afraid"}},
    }
    return make_study("values", stages=[interview, stage, DEBRIEF])


def with_card(pid: str, value: CanonicalValue | None = None, lines: list[str] = LINES) -> Person:
    """Return somebody whose card was accepted, at the door of the stories; it is in ``value`` or in one of its own."""
    person = Person("values", pid)
    person.start()
    enrolment = Enrolment.objects.order_by("-started_at").first()
    assert enrolment is not None
    talk = Interview.objects.create(
        enrolment=enrolment,
        stage="interview",
        question_key="care",
        state="accepted",
        ended_because="accepted",
    )
    card = ValuesCard.objects.create(
        study=enrolment.study, enrolment=enrolment, interview=talk, question_key="care", language="en"
    )
    version = CardVersion.objects.create(
        card=card, number=1, title="Staying", description="I stay.", policies=lines, author="person"
    )
    card.accepted_version, card.accepted_at = version, version.created_at
    card.save()
    into = value or make_value(
        partition=current_partition(enrolment.study), title="Staying", description="I stay.", policies=lines
    )
    put_card(card=card.pk, into=into, decided_by="rule", motivation="Put there.")
    person.here()
    person.submit(do="finish")
    return person


def vote(person: Person, answer: str = "wiser") -> Person:
    """Go through the stories, up to where one's value stands."""
    if person.hidden()["step"] == "start":
        person.submit()
    while person.hidden()["step"].startswith("story-"):
        person.submit(answer=answer)
    if person.hidden()["step"] == "propose":
        person.submit()
    return person


def crowd(study: Study, n: int = 5) -> None:
    """Let ``n`` others vote on a step between two values that are nobody's, so that there is something to tell."""
    ends = [
        make_value(partition=current_partition(study), title=title, description="I do.", policies=OTHER)
        for title in ("Solving", "Hearing")
    ]
    step = Upgrade.objects.create(
        study=study, number=800, source=ends[0], target=ends[1], context=Context.objects.all()[0],
        origin="designer", state="ready", story="A story.",
    )  # fmt: skip
    for number in range(n):
        step.votes.create(
            study=study, enrolment=enrol(study).enrolment, answer="wiser", key=UUID(int=800 + number),
            created_at=timezone.now(),
        )  # fmt: skip


def shown(person: Person) -> dict[str, str]:
    """Return the page's hidden fields, with the facts that it carries."""
    text = person.page.content.decode()
    return {**person.hidden(), "shown": text.split('name="shown" value="')[1].split('"')[0]}


def test_the_first_people_are_not_asked_whether_nothing_is_fair() -> None:
    study = own_study()
    person = vote(with_card("Noor"))
    text = person.page.content.decode()
    assert "there is nothing to tell yet" in text and "You are among the first" in text
    assert "Is it fair where" not in text
    person.submit()
    assert person.hidden()["stage"] == "debrief" and not Fairness.objects.exists()
    crowd(study, 3)  # the fourth is Ali, where the crowd's story is drawn for him
    assert "You are among the first" in vote(with_card("Ali")).page.content.decode()


def test_somebody_reads_where_their_value_stands_only_after_voting_and_says_once_whether_it_is_fair() -> None:
    study = own_study()
    person = with_card("Noor")
    current_partition(study)
    plant(study=study, definition=study.versions.get().shape, config=study.versions.get().shape.stages[1])
    crowd(study)
    for _ in range(3):
        assert "Where your value stands" not in person.page.content.decode()
        person.client.get("/s/values/here/?page=standing")
        assert person.hidden()["step"].split("-")[0] in ("start", "story")
        person.submit(**({"answer": "wiser"} if person.hidden()["step"] != "start" else {}))
    person.submit()
    assert "Where your value stands" in person.page.content.decode()
    assert "Fewer than 5 other people" in person.page.content.decode()
    assert "not yet on steps to yours" in person.page.content.decode()
    assert person.submit().status_code == 422
    sent = {**shown(person), "answer": "no", "why": "Nobody has seen it yet."}
    person.post("here/", sent)
    person.post("here/", sent)
    row = Fairness.objects.get()
    assert (row.answer, row.why, row.shown["others"]) == ("no", "Nobody has seen it yet.", None)
    assert row.canonical is not None and row.canonical.title == "Staying"
    assert person.here().context["stage"] == "debrief"
    [told] = rows_of(study, "fairness")
    assert (told["answer"], told["value"], told["card_version"]) == ("no", row.canonical.number, 1)


def test_steps_are_told_with_their_votes_and_small_cells_are_not() -> None:
    study = own_study(propose=False, small_cell=3)
    first = with_card("Noor")
    value = value_of(ValuesCard.objects.get().pk)
    assert value is not None
    for number in range(3):
        vote(with_card(f"P{number}", value))
    vote(first)
    text = first.page.content.decode()
    assert "3 other people have a card there." in text
    facts = Fairness.objects.count()
    assert facts == 0
    # Steps that few people voted on are counted as such, and no number of theirs is on the page.
    step = VoteDraw.objects.select_related("upgrade__source").first()
    assert step is not None
    mine = Upgrade.objects.create(
        study=study, number=900, source=step.upgrade.source, target=value, context=step.upgrade.context,
        origin="designer", state="ready", story="A story.",
    )  # fmt: skip
    voters = list(Enrolment.objects.filter(study=study))
    for n, voter in enumerate(voters[:3]):
        mine.votes.create(
            study=study, enrolment=voter, answer="wiser" if n < 2 else "unsure", key=UUID(int=n),
            created_at=voter.started_at,
        )  # fmt: skip
    first.here()
    assert "2 of 3 people said that this makes somebody wiser." in first.page.content.decode()
    mine.votes.filter(enrolment=voters[0]).delete()
    first.here()
    text = first.page.content.decode()
    assert "of 2 people" not in text and "there is nothing to tell yet" in text


def test_what_is_stored_is_what_the_page_had_said_and_nobody_can_make_it_up() -> None:
    study = own_study(small_cell=3)
    person = with_card("Noor")
    vote(person)
    crowd(study)
    person.here()
    sent = {**shown(person), "answer": "yes"}
    value = value_of(ValuesCard.objects.get().pk)
    assert value is not None
    for number in range(3):
        with_card(f"P{number}", value)
    person.post("here/", sent)
    assert Fairness.objects.get().shown["others"] is None, "there were few when it was read"
    other = vote(with_card("Ali", value))
    other.post("here/", {**shown(other), "shown": sent["shown"], "answer": "yes"})
    assert Fairness.objects.order_by("-pk")[0].shown["others"] == 4, "another's page is not theirs"


def test_people_whose_value_is_in_no_graph_are_asked_as_well() -> None:
    study = own_study(seeds=[], steps=[])
    person = with_card("Noor")
    Membership.objects.all().delete()
    Enrolment.objects.get().stage_visits.update(entered_at="2020-01-01T00:00:00Z")
    person.here()
    person.submit()
    crowd(study)
    person.here()
    text = person.page.content.decode()
    assert "has not been compared" in text and "Is it fair" in text
    person.submit(answer="unsure")
    assert Fairness.objects.get().canonical is None
    assert person.hidden()["stage"] == "debrief"


@pytest.mark.parametrize("when", ["before", "after"])
def test_others_values_are_picked_after_ones_own_card_and_shown_alike(when: str) -> None:
    study = own_study(select={"show": 2, "when": when}, standing=False)
    for number in range(4):
        with_card(f"P{number}", lines=[f"{line} {number}" for line in LINES])
    person = with_card("Noor")
    assert person.hidden()["step"] == "start"
    person.submit()
    if when == "after":
        assert person.hidden()["step"] == "story-1"
        vote(person)
    assert person.hidden()["step"] == "select"
    drawn = list(Pick.objects.order_by("position"))
    own = value_of(ValuesCard.objects.order_by("-created_at")[0].pk)
    assert len(drawn) == 2 and own not in [row.canonical for row in drawn]
    assert all(row.canonical.origin == "cards" for row in drawn), "a seed is nobody's value"
    old = {**person.hidden(), "value": str(drawn[1].canonical.number)}
    person.post("here/", old)
    person.post("here/", old)
    assert [row.chosen for row in Pick.objects.order_by("position")] == [False, True]
    vote(person.keep(person.here()) and person)
    assert person.hidden()["stage"] == "debrief"
    assert [row["chosen"] for row in rows_of(study, "picks")] == [False, True]
    # The next person is shown those that nobody was shown yet.
    again = with_card("Ali")
    again.submit()
    vote(again)
    mine = Pick.objects.filter(chosen=None).values_list("canonical", flat=True)
    assert len(mine) == 2 and not set(mine) & {row.canonical_id for row in drawn}


def test_a_story_of_ones_own_that_tells_who_somebody_is_comes_back() -> None:
    study = own_study()
    person = with_card("Noor")
    person.submit()
    words = " ".join(["word"] * 65)
    told = person.submit(answer="wiser", story=f"{words} mail me at noor@example.org")
    assert told.status_code == 422 and "noor@example.org" in told.content.decode()
    person.submit(answer="wiser", story=words)
    mine = Upgrade.objects.get(origin="person")
    assert mine.state == "draft" and mine.proposed_by is not None and mine.story == words
    assert work.studies_with_work() == [study.pk], "it is checked before anybody reads it"


def test_withdrawing_takes_back_what_was_said_of_the_place_too() -> None:
    study = own_study(select={"show": 2}, propose=False)
    with_card("Ali", lines=OTHER)
    person = vote(with_card("Noor"))
    person.submit()
    crowd(study)
    person.here()
    person.submit(answer="no", why="Mine")
    noor = Fairness.objects.get().enrolment_id
    erase_votes(enrolment=noor)
    assert not Fairness.objects.exists() and not Pick.objects.exists() and rows_of(study, "fairness") == []
    assert not Passed.objects.filter(enrolment=noor).exists()


def test_a_stranger_reads_nothing_of_it() -> None:
    own_study()
    person = vote(with_card("Noor"))
    page = Client().get("/s/values/here/")
    assert page.status_code == 401 and "Staying" not in page.content.decode()
    assert Client().get("/s/values/after/").status_code == 401
    Client().post("/s/values/here/", {**shown(person), "answer": "no"})
    assert not Fairness.objects.exists()


def test_what_was_shown_of_one_card_is_no_answer_about_another() -> None:
    study = own_study()
    with_card("P1")
    with_card("P2")
    one, other = ValuesCard.objects.filter(study=study)
    visit: Any = SimpleNamespace(enrolment=one.enrolment, stage=SimpleNamespace(id="wiser"))
    signed = sign_facts(visit, one, {"value": 1})
    assert read_facts(visit, one, signed) == {"value": 1}
    assert read_facts(visit, other, signed) is None
