"""The six criteria on a study of known answers: each number by hand, or the reason why there is none."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from elicitation.interviews.models import CardVersion, ValuesCard
from elicitation.moral_graph.canonical import put_card
from elicitation.moral_graph.models import Confirmation, Fairness, Membership, Partition, WisdomVote
from elicitation.moral_graph.report.criteria.build import build
from elicitation.moral_graph.report.criteria.fine_grained import begins_well
from elicitation.moral_graph.report.criteria.legitimate import changed_share
from elicitation.moral_graph.report.criteria.partitions import agreement
from elicitation.moral_graph.snapshots import take_snapshot
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.models import Membership as Role
from tests.moral_graph.cards import accepted_card, value_with
from tests.moral_graph.reported import in_arms, parts, voted_study
from tests.people import signed_in

CRITERIA = ["fine_grained", "generalizable", "scalable", "robust", "legitimate", "auditable"]


def measured(study: Study, **asked: str) -> dict[str, dict[str, Any]]:
    """Return every measure by its key."""
    found = build(study, asked)
    json.dumps(found, allow_nan=False)
    assert [one["key"] for one in found["criteria"]] == CRITERIA
    return {row["key"]: row for one in found["criteria"] for row in one["measures"]}


@pytest.mark.django_db
def test_every_measure_has_a_number_with_n_or_a_reason_and_says_what_it_means() -> None:
    for study in (voted_study(), voted_study(3, slug="few")):
        for row in measured(study).values():
            assert row["means"] and row["title"]
            if "refused" in row:
                assert row["refused"] and "estimate" not in row
            else:
                assert row["n"] > 0
                assert row.get("counted") or row["low"] is None or row["low"] <= row["high"]
                assert row.get("counted") or row["low"] is not None, row["key"]


@pytest.mark.django_db
def test_of_few_people_nothing_is_estimated() -> None:
    found = measured(voted_study(3))
    for key in ("says_wiser", "own_words", "unlinked", "half", "new_first"):
        assert "refused" in found[key], key


@pytest.mark.django_db
def test_numbers_by_hand() -> None:
    study = voted_study()
    found = measured(study)
    assert found["policies"]["estimate"] == 4.5 and found["policies"]["n"] == 12
    assert found["says_wiser"]["estimate"] == pytest.approx(21 / 24)
    assert found["covered"]["estimate"] == 1 and found["covered"]["n"] == 1
    assert found["own_words"]["estimate"] == pytest.approx(3 / 12)  # each value speaks in one card's words
    assert found["unlinked"]["estimate"] == 0
    assert found["carried"]["refused"] and found["reused"]["refused"]  # of three values, too few
    assert "one situation" in found["told_situation"]["refused"]
    assert found["new_first"]["estimate"] == 25 and found["new_second"]["estimate"] == 0
    assert found["decisive"]["estimate"] == 0 and found["decisive"]["n"] == 12
    assert found["flip"]["estimate"] > 1
    assert "more than 10" in found["top_10"]["refused"]
    assert found["whys"]["estimate"] == 0 and found["reasons"]["estimate"] == 1


@pytest.mark.django_db
def test_cards_without_votes_are_unlinked_and_stay_counted() -> None:
    study = voted_study()
    value_with(study, accepted_card(study, "humour"), accepted_card(study, "humour"))
    found = measured(study)["unlinked"]
    assert found["estimate"] == pytest.approx(2 / 14) and found["n"] == 14


@pytest.mark.django_db
def test_what_people_say_of_their_value_is_counted_by_person() -> None:
    study = voted_study()
    values, _steps, cards = parts(study)
    assert "Nobody was asked" in measured(study)["fair"]["refused"]
    Enrolment.objects.filter(study=study).update(status="complete")
    for number, card in enumerate(cards[:8]):
        say_fair(card, "yes" if number < 6 else "unsure")
    Confirmation.objects.create(
        enrolment=cards[3].enrolment, card=cards[3].pk, canonical=values[0], answer="yes", key=uuid4()
    )
    found = measured(study)
    assert (found["fair"]["estimate"], found["fair"]["n"]) == (0.75, 8)
    assert found["fair_silent"]["estimate"] == pytest.approx(4 / 12)
    assert "at least 5" in found["confirmed"]["refused"]
    # Nine cards are in a value of another's words, and one of their people was asked.
    assert found["unconfirmed"]["estimate"] == pytest.approx(8 / 12)


def say_fair(card: ValuesCard, answer: str) -> None:
    """Store what a card's person says of its place."""
    Fairness.objects.create(
        enrolment=card.enrolment, stage="wiser", card=card.pk, card_version=1, answer=answer, key=uuid4()
    )


@pytest.mark.django_db
def test_a_draft_is_held_against_what_was_accepted() -> None:
    study = voted_study()
    _values, _steps, cards = parts(study)
    for number, card in enumerate(cards[:6]):
        version = card.accepted_version
        assert version is not None
        said = version.description if number else "Something else entirely."
        CardVersion.objects.filter(pk=version.pk).update(number=2)
        CardVersion.objects.create(
            card=card,
            number=1,
            title=version.title,
            description=said,
            policies=version.policies,
            author="interviewer",
        )
    found = measured(study)
    assert found["untouched"]["estimate"] == pytest.approx(5 / 6) and found["untouched"]["n"] == 6
    assert 0 < found["edited"]["estimate"] < 0.1
    assert (
        found["drafts"]["estimate"] == 0 and found["drafts"]["n"] == 6
    )  # no call, no hash: none can be traced


@pytest.mark.django_db
def test_another_merging_of_the_same_cards_is_compared() -> None:
    study = voted_study()
    assert "in one way only" in measured(study)["merging"]["refused"]
    other = Partition.objects.create(study=study, parameters={"neighbours": 3, "distance": 0.2}, sha256="x")
    for membership in Membership.objects.filter(partition__study=study, partition__current=True):
        value = membership.canonical
        copy = type(value).objects.get_or_create(
            study=study, partition=other, title=value.title, defaults={"number": 100 + value.number}
        )[0]
        put_card(card=membership.card, into=copy, decided_by="model", motivation="The same.")
    found = measured(study)[f"merging_{other.pk}"]
    assert found["estimate"] == 1 and found["n"] == 12 and "3 neighbours within 0.2" in found["means"]


@pytest.mark.django_db
def test_kept_graphs_are_made_again_and_a_changed_one_says_why() -> None:
    study = voted_study()
    assert "No graph was kept" in measured(study)["rebuilt"]["refused"]
    take_snapshot(study=study)
    assert measured(study)["rebuilt"]["estimate"] == 1
    WisdomVote.objects.filter(study=study).first().delete()  # type: ignore[union-attr]
    changed = measured(study)["rebuilt"]
    assert changed["estimate"] == 0 and "votes are not the same" in changed["means"]


@pytest.mark.django_db
def test_an_arm_that_carries_a_winner_is_named() -> None:
    study = voted_study()
    assert measured(study)["arms"]["refused"]
    in_arms(study, 6, 6)
    assert measured(study)["arms"]["estimate"] == 0
    WisdomVote.objects.filter(study=study, enrolment__arm="b", upgrade__number=2).update(answer="not_wiser")
    WisdomVote.objects.filter(study=study, enrolment__arm="a", upgrade__number=1).update(answer="not_wiser")
    assert measured(study)["arms"]["estimate"] == 1


@pytest.mark.django_db
def test_lived_experience_behind_a_first_value_is_held_against_the_rest() -> None:
    study = voted_study(18)
    assert "At least 5" in measured(study)["lived"]["refused"]
    _values, _steps, cards = parts(study)
    for number, card in enumerate(cards):
        person = card.enrolment
        assert person is not None
        # The third value comes first; all of its six people have lived through it, and half of the others.
        person.traits = {"experience": "much" if number % 3 == 2 or number % 2 else "never"}
        person.save(update_fields=["traits"])
    found = measured(study)["lived"]
    assert found["estimate"] == pytest.approx(1 - 0.5) and found["n"] == 18 and found["low"] > 0


def test_a_policy_begins_with_a_plural_in_capitals() -> None:
    for good in ("MOMENTS when it shows", "SMALL SIGNS that grow", "PEOPLE who wait"):
        assert begins_well(good), good
    for bad in ("Moments when it shows", "A MOMENT that passes", "MOMENT of rest", ""):
        assert not begins_well(bad), bad


def test_how_far_a_text_was_changed() -> None:
    before = ("One two", "three four", ("five six", "seven eight"))
    assert changed_share(before, before) == 0
    assert changed_share(before, ("One two", "three four", ("five six", "seven nine"))) == pytest.approx(
        1 / 8
    )
    assert changed_share(before, ("a", "b", ("c",))) == 1


def test_the_rand_index_of_partitions_has_the_width_of_its_cards() -> None:
    names = [str(n % 4) for n in range(40)]
    same = agreement(names, [f"x{name}" for name in names])
    assert same is not None and same.estimate == same.low == same.high == 1
    moved = agreement(names, ["0" if n < 6 else name for n, name in enumerate(names)])
    assert moved is not None and moved.low is not None and moved.high is not None
    assert moved.low < moved.estimate < moved.high < 1
    assert agreement(["a"], ["a"]) is None


@pytest.mark.django_db
def test_the_dashboard_shows_every_measure_and_gives_each_criterion_away(analyst: User) -> None:
    study = voted_study()
    Role.objects.create(study=study, user=analyst, role="analyst")
    browser = signed_in(analyst)
    page = reverse("admin:study_report", args=[study.slug, "moral_graph_criteria"])
    text = browser.get(page).content.decode()
    told = browser.get(f"/api/v1/studies/{study.slug}/reports/moral_graph_criteria/").json()
    for one in told["criteria"]:
        for row in one["measures"]:
            assert row["title"].replace("'", "&#x27;") in text, row["title"]
    assert "88 %" in text and "Not measured." in text
    for key in (*(one.replace("_", "-") for one in CRITERIA), "growth", "novelty"):
        assert browser.get(f"{page}{key}.csv").status_code == 200, key
    assert browser.get(f"{page}robust.svg").content.decode().startswith("<svg")
