"""All cards sorted anew beside what counts: compared, adopted with the votes, discarded, and adopted back."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from elicitation.moral_graph import partitions
from elicitation.moral_graph.canonical import split_card, value_of
from elicitation.moral_graph.models import CanonicalValue, Confirmation, Partition, Preparation, Upgrade
from elicitation.moral_graph.partitions import (
    Wanted,
    adopt_partition,
    compare,
    due_partitions,
    propose_partition,
)
from elicitation.moral_graph.snapshots import rebuild, take_snapshot
from elicitation.moral_graph.voting import votes_of
from multivocal.errors import Conflict, Invalid, NotFound
from multivocal.studies.models import Study
from tests.llm.conftest import rows
from tests.moral_graph.cards import accepted_card, interviewed_study, step, value_with, vote

__all__ = ["rows"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def study(rows: None) -> Study:
    """Two values by hand, each of two cards that a strict rule would keep apart, and votes between them."""
    made = interviewed_study()
    cards = [accepted_card(made, name) for name in ("advice", "care", "listening", "waiting")]
    source, target = value_with(made, *cards[:2]), value_with(made, *cards[2:])
    row = step(source, target)
    for card in cards:
        vote(row, card)
    return made


def made(study: Study, **changes: Any) -> Partition:
    """Return a proposal that is made; without a model only near-equal cards are merged."""
    row = propose_partition(
        study=study, user=None, wanted=Wanted(**{"neighbours": 5, "distance": 0.5} | changes)
    )
    assert due_partitions() == [row.pk]
    assert partitions.make_now(row)
    row.refresh_from_db()
    assert due_partitions() == [] and row.done_at is not None and not row.current
    return row


def ends(study: Study) -> set[tuple[str, str]]:
    """Return the pairs of titles that votes count for."""
    votes = votes_of(study)
    titles = {str(row.number): row.title for row in CanonicalValue.objects.filter(study=study)}
    pairs = zip(votes.source, votes.target, strict=True)
    return {(titles[votes.values[a]], titles[votes.values[b]]) for a, b in pairs}


def test_a_proposal_is_compared_and_counts_for_nothing(study: Study, designer: User) -> None:
    before = take_snapshot(study=study)
    other = made(study)
    found = compare(study, other)
    assert found["values"] == [2, 4] and found["cards"] == 4
    assert found["adjusted_rand_index"] == pytest.approx(0.0)
    assert (found["apart"], found["together"]) == (2, 0)
    assert len(found["moves"]) == 2, "half of each value leaves the other half"
    assert take_snapshot(study=study) == before
    partitions.discard_partition(study=study, user=designer, partition=other.pk)
    with pytest.raises(Conflict):
        adopt_partition(study=study, user=designer, partition=other.pk, instead_of=_current(study))


def test_an_adopted_sorting_has_the_votes_and_the_earlier_one_can_come_back(
    study: Study, designer: User
) -> None:
    first, kept = _current(study), take_snapshot(study=study)
    story = Upgrade.objects.get()
    other = made(study)
    act = adopt_partition(study=study, user=designer, partition=other.pk, instead_of=first, why="Finer.")
    assert ends(study) == {("advice", "listening")} and len(votes_of(study)) == 4
    copy = Upgrade.objects.get(source__partition=other)
    assert (copy.story, copy.state, copy.made["from_step"]) == (story.story, "draft", story.number)
    assert act.detail["steps"] == [copy.number]
    assert Preparation.objects.filter(study=study).exists(), "its stories are due"
    assert rebuild(kept).result_sha256 == kept.result_sha256, (
        "the graph of before is that of the sorting of before"
    )
    with pytest.raises(Conflict, match="Another sorting"):
        adopt_partition(study=study, user=designer, partition=first, instead_of=first)
    later = accepted_card(study, "patience")
    assert value_of(later.pk) is None
    adopt_partition(study=study, user=designer, partition=first, instead_of=other.pk)
    assert take_snapshot(study=study).result_sha256 == kept.result_sha256
    assert Upgrade.objects.count() == 2, "no story is copied twice"


def test_a_vote_between_values_that_are_one_now_is_no_vote(study: Study, designer: User) -> None:
    cards = [accepted_card(study, name) for name in ("bread", "bread")]
    a, b = value_with(study, cards[0]), value_with(study, cards[1])
    vote(step(a, b), cards[0])
    assert len(votes_of(study)) == 5
    other = made(study)
    adopt_partition(study=study, user=designer, partition=other.pk, instead_of=_current(study))
    assert value_of(cards[0].pk) == value_of(cards[1].pk) and len(votes_of(study)) == 4


def test_what_somebody_said_of_their_own_card_holds_in_every_sorting(study: Study) -> None:
    one, two = accepted_card(study, "salt"), accepted_card(study, "salt")
    shared = value_with(study, one, two)
    Confirmation.objects.create(
        enrolment=two.enrolment, card=two.pk, canonical=shared, answer="no", key=uuid4()
    )
    split_card(
        card=two.pk, title="salt", description="", policies=["A", "B", "C"], decided_by="person", why="no"
    )
    other = made(study)
    ours = dict(other.memberships.filter(ended_at=None).values_list("card", "canonical"))
    assert ours[one.pk] != ours[two.pk]
    assert other.memberships.get(card=two.pk, ended_at=None).decided_by == "person"


def test_a_proposal_with_parameters_that_cannot_be_is_refused(study: Study) -> None:
    for wrong in ({"neighbours": 0}, {"distance": 3.0}, {"model": "nobody"}, {"embedder": "nobody"}):
        with pytest.raises(Invalid):
            propose_partition(
                study=study, user=None, wanted=Wanted(**{"neighbours": 5, "distance": 0.5} | wrong)
            )
    propose_partition(study=study, user=None, wanted=Wanted(5, 0.4))
    with pytest.raises(Conflict):
        propose_partition(study=study, user=None, wanted=Wanted(5, 0.3))
    assert Partition.objects.filter(study=study).count() == 2


def test_another_studys_sorting_is_not_adopted(study: Study, designer: User) -> None:
    elsewhere = interviewed_study("elsewhere")
    value_with(elsewhere, accepted_card(elsewhere, "salt"))
    foreign = made(elsewhere)
    with pytest.raises(NotFound):
        adopt_partition(study=study, user=designer, partition=foreign.pk, instead_of=_current(study))
    assert not foreign.current


def test_one_worker_makes_a_proposal(study: Study) -> None:
    row = propose_partition(study=study, user=None, wanted=Wanted(5, 0.5))

    async def both() -> list[bool]:
        return list(await asyncio.gather(partitions.make_partition(row), partitions.make_partition(row)))

    assert sorted(asyncio.run(both())) == [False, True]
    assert row.memberships.count() == 4


def _current(study: Study) -> int:
    return Partition.objects.get(study=study, current=True).pk


def test_a_proposal_that_broke_is_put_away(
    study: Study, designer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_args: object) -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr(partitions, "_set_apart", wrong)
    with pytest.raises(ZeroDivisionError):
        made(study)
    broken = Partition.objects.get(study=study, current=False)
    assert broken.problem == "ZeroDivisionError: a slip"
    with pytest.raises(Conflict):
        adopt_partition(study=study, user=designer, partition=broken.pk, instead_of=_current(study))
