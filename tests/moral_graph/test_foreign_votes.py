"""Votes and proposals on what is unknown, another's, another study's, or leads nowhere: refused, nothing changed."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from elicitation.moral_graph.models import CanonicalValue, Confirmation, Upgrade, VoteDraw, WisdomVote
from elicitation.moral_graph.voting import take_vote
from multivocal.errors import Invalid
from tests.moral_graph.cards import accepted_card, interviewed_study, step, value_with
from tests.moral_graph.values import begin, values_study

pytestmark = pytest.mark.django_db
STORY = " ".join(["word"] * 70)


def rows() -> tuple[int, ...]:
    """Return how many rows there are of everything a person could add."""
    return tuple(model.objects.count() for model in (WisdomVote, Upgrade, VoteDraw, Confirmation))


@pytest.mark.parametrize(
    "place",
    ["story-2", "story-99", "story-", "story-0", "again-1", "confirm-x", "propose", "start", "", "story--1"],
)
def test_a_vote_on_a_page_that_is_not_open_changes_nothing(place: str) -> None:
    values_study()
    person = begin("values", "P1")
    before = rows()
    fields = {**person.hidden(), "step": place, "answer": "wiser", "upgrade": "1", "story": STORY}
    answer = person.post("here/", fields)
    # Nobody is left on an error: they are led to the page that is open, which says so.
    assert (answer.status_code, answer.headers["Location"]) == (303, "/s/values/here/?note=moved")
    assert rows() == before


def test_ids_in_a_form_name_nothing() -> None:
    values_study()
    values_study("other")
    begin("other", "P9")
    foreign = VoteDraw.objects.get(enrolment__study__slug="other", position=1)
    person = begin("values", "P1")
    mine = VoteDraw.objects.get(enrolment__study__slug="values", position=1)
    person.submit(answer="wiser", upgrade=str(foreign.upgrade_id), draw=str(foreign.pk), study="other")
    vote = WisdomVote.objects.get()
    assert (vote.upgrade_id, vote.study.slug) == (mine.upgrade_id, "values")


def test_a_proposal_with_a_self_loop_or_values_of_another_study_is_refused() -> None:
    study, other = values_study(stories=1), interviewed_study("other")
    far = value_with(other, accepted_card(other, "salt"))
    CanonicalValue.objects.filter(pk=far.pk).update(number=77)
    step(far, value_with(other, accepted_card(other, "bread")), key="elsewhere")
    person = begin("values", "P1")
    person.submit(answer="unsure")
    while person.hidden()["step"] not in ("propose", ""):
        person.submit()
    seen = VoteDraw.objects.get(enrolment__study=study).upgrade
    a, b = str(seen.source.number), str(seen.target.number)
    before = rows()
    for wrong in (
        {"source": a, "target": a, "context": "being-asked"},
        {"source": a, "target": "77", "context": "being-asked"},
        {"source": "77", "target": b, "context": "being-asked"},
        {"source": a, "target": b, "context": "elsewhere"},
        {"source": a, "target": b, "context": "' or 1=1"},
        {"source": str(seen.source_id), "target": b, "context": "being-asked"},
        {"source": "", "target": "", "context": ""},
    ):
        assert person.submit(**wrong, story=STORY).status_code == 422, wrong
    assert rows() == before


def test_the_database_itself_refuses_what_no_page_offers() -> None:
    study = interviewed_study()
    cards = [accepted_card(study, name) for name in ("salt", "bread")]
    one, two = (value_with(study, card) for card in cards)
    row = step(one, two)
    person = cards[0].enrolment
    given = {"study": study, "upgrade": row, "created_at": timezone.now()}
    WisdomVote.objects.create(**given, enrolment=person, answer="wiser", key=uuid4())
    for make in (
        lambda: step(one, one),
        lambda: step(one, two),
        lambda: WisdomVote.objects.create(**given, enrolment=person, answer="unsure", key=uuid4()),
        lambda: WisdomVote.objects.create(**given, enrolment=cards[1].enrolment, answer="best", key=uuid4()),
        lambda: WisdomVote.objects.create(**given, enrolment=None, voter="", answer="wiser", key=uuid4()),
        lambda: WisdomVote.objects.create(
            **given, enrolment=cards[1].enrolment, voter="x", answer="wiser", key=uuid4()
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()
    draw = VoteDraw(enrolment=person, upgrade=row)
    with pytest.raises(Invalid):
        take_vote(draw=draw, answer="wisest", why="", key=uuid4())
    assert WisdomVote.objects.count() == 1
