"""The wisdom stage over HTTP: stories, answers, corrections, and what a stranger gets."""

import pytest
from django.test import Client

from elicitation.moral_graph import proposing
from elicitation.moral_graph.models import CanonicalValue, Upgrade, VoteDraw, WisdomVote
from elicitation.moral_graph.snapshots import document, rebuild, take_snapshot
from elicitation.moral_graph.voting import Filters, votes_of
from multivocal.studies.models import Enrolment
from tests.moral_graph.values import begin, values_study, vote_all

pytestmark = pytest.mark.django_db


def test_somebody_votes_on_seeds_and_the_votes_become_a_graph() -> None:
    study = values_study()
    for number in range(4):
        vote_all(begin("values", f"P{number}"), why="It fits.")
    assert Enrolment.objects.filter(study=study, status="complete").count() == 4
    assert WisdomVote.objects.filter(study=study).count() == 12
    assert len(votes_of(study)) == 0, "seeds are left out unless asked for"
    votes = votes_of(study, Filters(seeds=True))
    assert len(votes) == 12 and len(votes.participants) == 4
    snapshot = take_snapshot(study=study, filters=Filters(seeds=True))
    assert {name["title"] for name in snapshot.result["names"].values()} == {
        "Good advice", "Listening first", "Standing by",
    }  # fmt: skip
    again = rebuild(snapshot)
    assert (again.result_sha256, document(again)) == (snapshot.result_sha256, document(snapshot))
    assert take_snapshot(study=study, filters=Filters(seeds=True)).pk == snapshot.pk


def test_nobody_meets_a_pair_of_values_twice_in_either_direction() -> None:
    values_study(stories=8)
    person = begin("values", "P1")
    drawn = VoteDraw.objects.select_related("upgrade")
    pairs = [frozenset((row.upgrade.source_id, row.upgrade.target_id)) for row in drawn]
    assert len(pairs) == len(set(pairs)) == 3
    vote_all(person)


def test_the_same_page_twice_is_one_vote_and_a_stale_page_changes_nothing() -> None:
    values_study()
    person = begin("values", "P1")
    old = {**person.hidden(), "answer": "wiser"}
    person.post("here/", old)
    person.post("here/", old)
    assert WisdomVote.objects.count() == 1
    person.here()
    person.post("here/", {**person.hidden(), "step": old["step"], "answer": "not_wiser"})
    assert [vote.answer for vote in WisdomVote.objects.all()] == ["wiser"]


def test_an_answer_can_be_corrected_and_the_first_one_is_kept_as_superseded() -> None:
    values_study()
    person = begin("values", "P1")
    person.submit(answer="wiser", why="So it seemed")
    page = person.keep(person.client.get("/s/values/here/?page=before"))
    assert "So it seemed" in page.content.decode() and person.hidden()["step"] == "again-1"
    person.submit(answer="depends")
    assert person.hidden()["step"] == "story-2"
    votes = WisdomVote.objects.order_by("pk")
    assert [(vote.answer, vote.superseded_at is None) for vote in votes] == [
        ("wiser", False),
        ("depends", True),
    ]


def test_a_page_without_an_answer_or_with_an_invented_one_comes_back() -> None:
    values_study()
    person = begin("values", "P1")
    assert person.submit().status_code == 422
    assert person.submit(answer="wisest").status_code == 422
    assert WisdomVote.objects.count() == 0


def test_a_better_story_is_kept_as_a_draft_and_shown_to_nobody() -> None:
    values_study()
    person = begin("values", "P1")
    words = " ".join(["word"] * 70)
    assert person.submit(answer="wiser", story="Too short.").status_code == 422
    assert person.submit(answer="wiser", story=f"{words} {'a' * 100_000}").status_code == 422
    person.submit(answer="wiser", story=words)
    own = Upgrade.objects.get(origin="person")
    assert (own.state, own.story_version, own.story) == ("draft", 2, words)
    begin("values", "P2")
    assert not VoteDraw.objects.filter(upgrade=own).exists()


def test_nobody_tells_stories_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "MOST_STORIES", 1)
    values_study()
    person = begin("values", "P1")
    words = " ".join(["word"] * 70)
    person.submit(answer="wiser", story=words)
    answer = person.submit(answer="wiser", story=words.replace("word", "other"))
    assert answer.status_code == 422 and "as many stories as one person may" in answer.content.decode()
    person.submit(answer="wiser", story="")
    assert Upgrade.objects.filter(origin="person").count() == 1 and WisdomVote.objects.count() == 2


def test_a_person_proposes_a_step_only_between_values_they_have_seen() -> None:
    values_study(stories=1)
    person = begin("values", "P1")
    person.submit(answer="unsure")
    seen = VoteDraw.objects.get().upgrade
    unseen = CanonicalValue.objects.exclude(pk__in=[seen.source_id, seen.target_id]).get()
    story = " ".join(["word"] * 75)
    ends = {"source": str(seen.target.number), "context": "being-asked", "story": story}
    assert person.submit(**ends, target=str(unseen.number)).status_code == 422
    person.submit(**ends, target=str(seen.source.number))
    assert Upgrade.objects.filter(origin="person", source=seen.target, target=seen.source).exists()
    assert person.hidden()["stage"] == "debrief"


def test_draws_are_level_and_the_direction_of_a_pair_too() -> None:
    values_study(stories=1)
    for number in range(12):
        vote_all(begin("values", f"P{number}"))
    shown = [
        (row.source.number, row.target.number, row.context.key)
        for row in Upgrade.objects.filter(draws__isnull=False)
    ]
    pairs = [tuple(sorted(ends)) for *ends, _context in shown]
    counts = sorted(pairs.count(pair) for pair in set(pairs))
    assert len(counts) == 3 and counts[-1] <= 7
    for context in {context for *_ends, context in shown}:
        there, back = (shown.count((*pair, context)) for pair in ((1, 2), (2, 1)))
        assert abs(there - back) <= 1


def test_a_stranger_sees_no_story_and_votes_on_nothing() -> None:
    values_study()
    person = begin("values", "P1")
    page = Client().get("/s/values/here/")
    assert page.status_code == 401 and "Good advice" not in page.content.decode()
    answer = Client().post("/s/values/here/", {**person.hidden(), "answer": "wiser"})
    assert answer.status_code in (401, 403)
    assert WisdomVote.objects.count() == 0


def test_no_model_and_no_vote_of_others_is_on_a_participants_page() -> None:
    values_study()
    vote_all(begin("values", "P1"), why="a very particular reason")
    text = begin("values", "P2").page.content.decode()
    assert "a very particular reason" not in text and "sim-" not in text


def test_withdrawing_takes_the_votes_out_of_the_graph() -> None:
    study = values_study()
    vote_all(begin("values", "P1"))
    Enrolment.objects.update(status="withdrawn")
    assert len(votes_of(study, Filters(seeds=True))) == 0
