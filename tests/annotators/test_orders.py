"""Both orders: who stays with a response, who with a place, and who really said that it is a tie."""

import json

import pytest
from django.contrib.auth.models import User

from annotation.protocols.annotators.orders import both_orders, outcomes_of
from annotation.statistics.flips import BothOrders, order_outcomes
from multivocal.studies.models import Membership, Study
from tests import people
from tests.annotators.kit import annotator, ask_all, pair_study, steady
from tests.llm.conftest import MakeModel


@pytest.mark.parametrize(
    ("straight", "swapped", "means"),
    [
        (1, -1, "agree"), (-1, 1, "agree"), (1, 1, "flip"), (-1, -1, "flip"), (0, 0, "tie"),
        (0, 1, "half_tie"), (-1, 0, "half_tie"), (None, 0, "no_answer"), (1, None, "no_answer"),
    ],
)  # fmt: skip
def test_what_two_answers_are_together(straight: int | None, swapped: int | None, means: str) -> None:
    assert BothOrders("i", straight, swapped).outcome == means  # type: ignore[arg-type]


def test_shares_are_counted_by_hand_and_refused_where_they_mean_nothing() -> None:
    rows = [
        BothOrders("one", 1, -1), BothOrders("one", 1, 1), BothOrders("two", 1, 1), BothOrders("two", 0, 0),
        BothOrders("three", -1, -1), BothOrders("three", None, 1), BothOrders("three", 0, 1),
    ]  # fmt: skip
    found = order_outcomes(rows, resamples=200, seed=1)
    assert (found.agree, found.flip, found.flips_first, found.tie, found.half_tie, found.no_answer) == (
        1,
        3,
        2,
        1,
        1,
        1,
    )
    assert found.flip_share is not None and found.flip_share.estimate == 3 / 4
    # Decisive answers in whole pairs: 2 + 2 + 2 + 0 + 2 + 1; to the first: 1 + 2 + 2 + 0 + 0 + 1.
    assert found.first_share is not None and found.first_share.estimate == pytest.approx(6 / 9)
    assert found.first_share.low <= 6 / 9 <= found.first_share.high
    # None of two items flipped: still far from sure that none does. 1 - 0.025 ** (1 / 2)
    never = order_outcomes([BothOrders("one", 1, -1), BothOrders("two", 1, -1)], resamples=200)
    assert never.flip_share is not None and never.flip_share.high == pytest.approx(0.8418861)
    alone = order_outcomes([BothOrders("one", 1, -1)])
    assert alone.flip_share is None and any("one item" in sentence for sentence in alone.refused)
    ties = order_outcomes([BothOrders("one", 0, 0), BothOrders("two", 0, 0)])
    assert ties.flip_share is None and ties.first_share is None and ties.tie == 2
    assert order_outcomes([]).pairs == 0


def test_a_bent_to_the_first_a_fair_one_and_one_that_ties_are_told_apart(
    rows: None, make_model: MakeModel
) -> None:
    study = pair_study(items=6)
    bents = {"fair": {}, "first": {"first": 0.9}, "shy": {"tie": 0.9}}
    found = {}
    for name, taste in bents.items():
        judge = annotator(study, steady(make_model, name, **taste), name=name)
        ask_all(judge)
        found[name] = outcomes_of(judge)
    fair, first, shy = (found[name] for name in bents)
    assert fair and (fair.agree, fair.flip, fair.tie) == (6, 0, 0)
    assert fair.first_share and fair.first_share.estimate == 0.5
    assert first and (first.agree, first.flip, first.flips_first) == (0, 6, 6)
    assert first.first_share and first.first_share.estimate == 1
    assert shy and (shy.tie, shy.flip) == (6, 0)


def test_pairs_of_a_ranking_are_read_one_by_one_and_unread_screens_have_no_answer(
    rows: None, make_model: MakeModel
) -> None:
    study = pair_study(items=3, responses=3)
    ranked = annotator(study, steady(make_model), "ranking", name="ranked")
    ask_all(ranked)
    assert len(both_orders(ranked)) == 9
    lost = annotator(study, make_model("lost", faults="400"), "ranking", name="lost")
    ask_all(lost)
    given = outcomes_of(lost)
    assert given and given.no_answer == given.pairs > 0


def test_the_numbers_are_over_rest_for_the_data_team_alone(
    study: Study, make_model: MakeModel, analyst: User, stranger: User
) -> None:
    ask_all(annotator(study, steady(make_model, first=0.9)))
    Membership.objects.create(study=study, user=analyst, role=Membership.Role.ANALYST)
    address = f"/api/v1/studies/{study.slug}/reports/annotators/"
    told = json.loads(people.signed_in(analyst).get(address).content)
    one = told["annotators"][0] if "annotators" in told else told["numbers"]["annotators"][0]
    assert one["orders"]["flip"] == 10
    assert one["judgements"]["ok"] == 20
    page = people.signed_in(analyst).get(f"/admin/studies/study/of/{study.slug}/reports/annotators/")
    assert page.status_code == 200 and b"Models asked in both orders" in page.content
    assert people.signed_in(stranger).get(address).status_code == 404
    assert people.nobody().get(address).status_code in (401, 403)
