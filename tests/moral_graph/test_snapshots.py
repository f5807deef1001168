"""Snapshots: the same answers are the same bytes, whoever came first; a rebuild says what has changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from elicitation.moral_graph import work
from elicitation.moral_graph.canonical import join_values
from elicitation.moral_graph.domain import posterior
from elicitation.moral_graph.models import CanonicalValue, Preparation, Snapshot
from elicitation.moral_graph.snapshots import document, rebuild, take_snapshot
from elicitation.moral_graph.voting import Filters, votes_of
from multivocal.studies.models import Study
from tests.moral_graph.cards import accepted_card, interviewed_study, step, value_with, vote

pytestmark = pytest.mark.django_db
TITLES = ("calm", "truth", "courage")


def voted(slug: str, order: list[int]) -> Study:
    """Return a study in which the same six people vote, in this order."""
    study = interviewed_study(slug)
    cards = [accepted_card(study, title) for title in TITLES]
    values = [value_with(study, card) for card in cards]
    steps = [step(values[a], values[b]) for a, b in ((0, 1), (1, 2), (2, 0))]
    people = [accepted_card(study, f"person{n}") for n in range(6)]
    for number in order:
        vote(steps[number % 3], people[number], "wiser" if number != 4 else "not_wiser")
        vote(steps[(number + 1) % 3], people[number], "unsure" if number % 2 else "wiser")
    return study


def test_the_same_answers_in_another_order_are_the_same_bytes() -> None:
    one, other = voted("one", [0, 1, 2, 3, 4, 5]), voted("other", [5, 2, 0, 4, 3, 1])
    for estimator in ("posterior", "published"):
        first, second = (take_snapshot(study=study, estimator=estimator, seed=3) for study in (one, other))
        assert first.inputs_sha256 == second.inputs_sha256
        assert document(first).replace('"one"', '"other"') == document(second)
        assert document(rebuild(first)) == document(first)
    assert take_snapshot(study=one, seed=3).pk == Snapshot.objects.get(study=one, estimator="posterior").pk
    assert document(take_snapshot(study=one, seed=4)) != document(take_snapshot(study=one, seed=3))


def test_a_rebuild_of_an_earlier_moment_leaves_later_votes_out() -> None:
    study = voted("one", [0, 1, 2, 3])
    early = take_snapshot(study=study)
    somebody = accepted_card(study, "late")
    cast = vote(study.upgrades.order_by("number")[0], somebody, "not_wiser")
    type(cast).objects.filter(pk=cast.pk).update(created_at=timezone.now())
    again = rebuild(early)
    assert (again.inputs_sha256, again.result_sha256) == (early.inputs_sha256, early.result_sha256)
    assert take_snapshot(study=study).inputs_sha256 != early.inputs_sha256


def test_of_two_votes_on_steps_that_became_one_the_later_counts() -> None:
    study = interviewed_study("joined")
    values = [value_with(study, accepted_card(study, title)) for title in TITLES]
    first, second = step(values[0], values[2]), step(values[1], values[2])
    person = accepted_card(study, "person")
    early, late = vote(first, person, "wiser"), vote(second, person, "not_wiser")
    type(early).objects.filter(pk=early.pk).update(created_at=late.created_at - timedelta(minutes=1))
    assert len(votes_of(study, Filters())) == 2
    join_values(gone=values[0], into=values[1], why="They attend to the same.")
    votes = votes_of(study, Filters())
    assert (votes.read, votes.duplicate, votes.outcome.tolist()) == (2, 1, [1])
    type(early).objects.filter(pk=early.pk).update(created_at=late.created_at + timedelta(minutes=1))
    assert votes_of(study, Filters()).outcome.tolist() == [0]


def test_a_graph_that_is_kept_is_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    study = voted("one", [0, 1, 2, 3])
    kept = take_snapshot(study=study)
    real = posterior.bootstrap_places

    def never(*_args: object, **_options: object) -> None:
        raise AssertionError("resampled again")

    monkeypatch.setattr(posterior, "bootstrap_places", never)
    assert take_snapshot(study=study).pk == kept.pk
    with pytest.raises(AssertionError, match="resampled"):
        take_snapshot(study=study, seed=1)
    monkeypatch.setattr(posterior, "bootstrap_places", real)
    CanonicalValue.objects.filter(study=study, number=1).update(title="other words")
    assert take_snapshot(study=study).pk != kept.pk, "the same votes on other words are another graph"


def test_one_study_whose_graph_fails_does_not_keep_the_others_from_theirs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    studies = [voted(slug, [0, 1, 2, 3]) for slug in ("one", "two", "three")]
    ill = Study.objects.filter(pk__in=[study.pk for study in studies])[1]
    real = work.take_snapshot

    def sometimes(*, study: Study, estimator: str) -> Snapshot:
        if study == ill:
            raise ZeroDivisionError("a slip")
        return real(study=study, estimator=estimator)

    monkeypatch.setattr(work, "take_snapshot", sometimes)
    work.take_due_snapshots()
    assert set(Snapshot.objects.values_list("study", flat=True)) == {one.pk for one in studies} - {ill.pk}
    assert Preparation.objects.get(study=ill).problem == f"{work.NO_GRAPH}ZeroDivisionError: a slip"
    assert ill.slug in caplog.text
    monkeypatch.undo()
    work.take_due_snapshots()
    assert Snapshot.objects.filter(study=ill).count() == 2
    assert Preparation.objects.get(study=ill).problem == ""
