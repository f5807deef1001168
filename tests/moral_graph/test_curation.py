"""Designers join, split and reword values, one at a time and on record, and take it back exactly."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from elicitation.moral_graph import curation
from elicitation.moral_graph.canonical import split_card, value_of
from elicitation.moral_graph.erasure import drop_words_of_withdrawn, erase_votes
from elicitation.moral_graph.models import (
    CanonicalValue,
    CurationAct,
    Membership,
    Snapshot,
    Upgrade,
    WisdomVote,
)
from elicitation.moral_graph.snapshots import rebuild, take_snapshot
from elicitation.moral_graph.undoing import undo
from elicitation.moral_graph.voting import votes_of
from multivocal.errors import Conflict, Invalid, NotFound, Refused
from multivocal.studies.audit import verify_chain
from multivocal.studies.models import AuditEvent, Enrolment, Study
from tests.moral_graph.cards import accepted_card, interviewed_study, step, value_with, vote

pytestmark = pytest.mark.django_db(transaction=True)


class Town:
    """Three values: advice (two cards), listening (one), standing by (one), with stories and votes between them."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.cards = [accepted_card(study, name) for name in ("advice", "advising", "listening", "standing")]
        self.advice = value_with(study, self.cards[0], self.cards[1])
        self.listen, self.stand = value_with(study, self.cards[2]), value_with(study, self.cards[3])
        self.to_listen, self.to_stand = step(self.advice, self.listen), step(self.listen, self.stand)
        for card in self.cards:
            vote(self.to_listen, card)
            vote(self.to_stand, card, "not_wiser")

    def pairs(self) -> list[tuple[str, str]]:
        """Return the (from, to) of every vote that counts, as value numbers."""
        votes = votes_of(self.study)
        ends = zip(votes.source, votes.target, strict=True)
        return sorted((votes.values[a], votes.values[b]) for a, b in ends)

    def state(self) -> Any:
        """Return everything that an act may change."""
        values = CanonicalValue.objects.filter(archived_at=None).order_by("number")
        there = Membership.objects.filter(ended_at=None).order_by("card")
        return (
            [(row.number, row.title, row.description, row.policies, row.questions) for row in values],
            [(row.card, row.canonical.number) for row in there],
            sorted(Upgrade.objects.filter(archived_at=None).values_list("number", flat=True)),
            self.pairs(),
        )


@pytest.fixture
def town() -> Town:
    """The three values."""
    return Town(interviewed_study())


def test_joined_values_are_one_and_taking_it_back_brings_everything_back(town: Town, designer: User) -> None:
    before = town.state()
    done = curation.join(
        study=town.study, user=designer, gone=town.listen.number, into=town.advice.number, why="One."
    )
    assert value_of(town.cards[2].pk) == town.advice
    assert town.pairs() == [(str(town.advice.number), str(town.stand.number))] * 4
    assert not Upgrade.objects.filter(source=town.listen, archived_at=None).exists()
    undo(study=town.study, user=designer, act=done.pk)
    assert town.state() == before
    verbs = list(CurationAct.objects.order_by("pk").values_list("verb", "user__first_name", "why"))
    assert verbs == [("join", "Dana", "One."), ("undo", "Dana", "")]
    assert verify_chain(town.study) is None
    assert AuditEvent.objects.filter(study=town.study, verb="values: join").exists()
    assert Membership.objects.filter(card=town.cards[2].pk).count() == 3, "nothing is deleted"


def test_a_graph_of_the_time_of_a_join_is_made_again_after_it_was_taken_back(
    town: Town, designer: User
) -> None:
    done = curation.join(
        study=town.study, user=designer, gone=town.listen.number, into=town.advice.number, why=""
    )
    kept = take_snapshot(study=town.study)
    undo(study=town.study, user=designer, act=done.pk)
    assert len(votes_of(town.study)) == 8
    assert rebuild(kept).result_sha256 == kept.result_sha256


def test_a_card_is_split_off_in_its_own_words_and_another_speaks_for_the_rest(
    town: Town, designer: User
) -> None:
    before = town.state()
    done = curation.split(
        study=town.study, user=designer, card=town.cards[0].pk, value=town.advice.number, why="Another thing."
    )
    made, rest = value_of(town.cards[0].pk), value_of(town.cards[1].pk)
    assert made is not None and rest is not None and made != rest == town.advice
    assert (made.title, rest.title) == ("advice", "advising")
    undo(study=town.study, user=designer, act=done.pk)
    assert town.state() == before


def test_words_are_changed_by_whoever_saw_the_present_ones(town: Town, designer: User) -> None:
    before, seen = town.state(), curation.words_hash(town.advice)
    given: dict[str, Any] = {"study": town.study, "user": designer, "value": town.advice.number, "why": ""}
    words = {"title": "Advice", "description": "I tell.", "policies": ["WORDS that help", "PLANS", "HINTS"]}
    with pytest.raises(Invalid) as refused:
        curation.reword(**given, seen=seen, title="", description="x", policies=["ONE"])
    assert set(refused.value.fields) == {"title", "policies"}
    done = curation.reword(**given, seen=seen, **words)
    with pytest.raises(Conflict):
        curation.reword(**given, seen=seen, representative=town.cards[1].pk)
    town.advice.refresh_from_db()
    second = curation.reword(
        **given, seen=curation.words_hash(town.advice), representative=str(town.cards[1].pk)
    )
    with pytest.raises(Conflict, match=f"number {second.pk}"):
        undo(study=town.study, user=designer, act=done.pk)
    undo(study=town.study, user=designer, act=second.pk)
    town.advice.refresh_from_db()
    assert town.advice.title == "Advice"
    undo(study=town.study, user=designer, act=done.pk)
    assert town.state() == before
    with pytest.raises(Conflict, match="already"):
        undo(study=town.study, user=designer, act=done.pk)


def test_what_another_study_has_cannot_be_touched(town: Town, designer: User) -> None:
    other = Town(interviewed_study("elsewhere"))
    foreign = step(other.stand, other.advice)
    done = curation.join(
        study=other.study, user=designer, gone=other.listen.number, into=other.advice.number, why=""
    )
    before = town.state(), other.state()
    for wrong in (
        lambda: curation.join(study=town.study, user=designer, gone=town.listen.number, into=99, why=""),
        lambda: curation.join(study=town.study, user=designer, gone="1 or 1", into=2, why=""),
        lambda: curation.split(
            study=town.study, user=designer, card=other.cards[0].pk, value=town.advice.number, why=""
        ),
        lambda: curation.split(study=town.study, user=designer, card="x", value=town.advice.number, why=""),
        lambda: undo(study=town.study, user=designer, act=done.pk),
        lambda: curation.archive_story(study=town.study, user=designer, step=foreign.number + 50, put_back=False),
        lambda: curation.reword(
            study=town.study, user=designer, value=town.advice.number, why="",
            seen=curation.words_hash(town.advice), representative=other.cards[0].pk,
        ),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            wrong()
    for wrong in (
        lambda: curation.join(study=town.study, user=designer, gone=1, into=1, why=""),
        lambda: curation.split(
            study=town.study, user=designer, card=town.cards[2].pk, value=town.advice.number, why=""
        ),
        lambda: curation.split(
            study=town.study, user=designer, card=town.cards[2].pk, value=town.listen.number, why=""
        ),
        lambda: curation.archive_story(study=town.study, user=designer, step=1, put_back=True),
    ):
        with pytest.raises(Conflict):
            wrong()
    assert (town.state(), other.state()) == before


def test_two_designers_at_once_do_each_thing_once(town: Town, designer: User, operator: User) -> None:
    def attempt(work: Any, who: User) -> str:
        try:
            work(who)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    def both(work: Any) -> list[str]:
        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(lambda who: attempt(work, who), (designer, operator)))

    split = {"study": town.study, "card": town.cards[1].pk, "value": town.advice.number, "why": ""}
    assert both(lambda who: curation.split(user=who, **split)) == ["card_moved", "done"]
    assert CanonicalValue.objects.count() == 4
    join = {"study": town.study, "gone": town.listen.number, "into": town.stand.number, "why": ""}
    assert both(lambda who: curation.join(user=who, **join)) == ["done", "joined_already"]
    last = CurationAct.objects.latest("pk")
    assert both(lambda who: undo(study=town.study, user=who, act=last.pk)) == ["done", "undone_already"]
    story = {"study": town.study, "step": town.to_listen.number, "put_back": False}
    assert both(lambda who: curation.archive_story(user=who, **story)) == ["done", "done_already"]
    assert CurationAct.objects.count() == 4
    assert Membership.objects.filter(ended_at=None).count() == 4


def test_crossed_joins_leave_one_value(town: Town, designer: User) -> None:
    curation.join(study=town.study, user=designer, gone=town.listen.number, into=town.stand.number, why="")
    with pytest.raises(Conflict):
        curation.join(
            study=town.study, user=designer, gone=town.stand.number, into=town.listen.number, why=""
        )
    assert value_of(town.cards[2].pk) == town.stand


def test_a_persons_own_no_after_a_join_is_not_taken_back_with_it(town: Town, designer: User) -> None:
    done = curation.join(
        study=town.study, user=designer, gone=town.listen.number, into=town.advice.number, why=""
    )
    own = split_card(
        card=town.cards[2].pk, title="listening", description="Mine.", policies=["A a", "B b", "C c"],
        decided_by="person", why="no",
    )  # fmt: skip
    undo(study=town.study, user=designer, act=done.pk)
    assert value_of(town.cards[2].pk) == own


def test_somebody_who_withdraws_takes_their_words_along(town: Town, designer: User) -> None:
    seen = curation.words_hash(town.stand)
    lines = ["NEEDS one", "NEEDS two", "NEEDS three"]
    act = curation.reword(
        study=town.study, user=designer, value=town.stand.number, seen=seen, why="", title="Standing",
        description="d", policies=lines,
    )  # fmt: skip
    graph = take_snapshot(study=town.study)
    assert "Standing" in str(graph.result["names"])
    person = town.cards[3].enrolment
    theirs = step(town.stand, town.advice, origin="person", proposed_by=person)
    vote(theirs, town.cards[0])
    assert person is not None
    erase_votes(enrolment=person.pk)
    town.stand.refresh_from_db()
    assert (town.stand.title, town.stand.policies) == (f"Value {town.stand.number}", [])
    assert not Snapshot.objects.exists(), "a kept graph with their words is not kept"
    act.refresh_from_db()
    assert "Standing" not in str(act.detail)
    with pytest.raises(Conflict):
        undo(study=town.study, user=designer, act=act.pk)
    theirs.refresh_from_db()
    assert (theirs.story, theirs.state, theirs.proposed_by) == ("", "rejected", None)
    assert WisdomVote.objects.filter(upgrade=theirs).count() == 1, "others' votes are others'"


def test_others_words_stay_when_somebody_withdraws(town: Town) -> None:
    person = town.cards[1].enrolment
    assert person is not None
    erase_votes(enrolment=person.pk)
    town.advice.refresh_from_db()
    assert town.advice.title == "advice"
    Enrolment.objects.filter(pk=town.cards[0].enrolment_id).update(
        status="withdrawn", withdrawn_at=timezone.now()
    )
    assert drop_words_of_withdrawn() == 1
    town.advice.refresh_from_db()
    assert town.advice.policies == [] and town.advice.archived_at is not None
