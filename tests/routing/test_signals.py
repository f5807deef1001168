"""Judges' signals: FairEval's published values, hand-made replies, and what must not matter."""

import math
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.routing.domain.cases import LABELS, Case, Label, Reply
from annotation.routing.domain.certainty import Calibrator, fit_certainty
from annotation.routing.domain.gathering import feature_table
from annotation.routing.domain.signals import bpde, conflict_rate, first_slot_share, judge_signals
from annotation.routing.domain.verdicts import ai_label, verdict
from annotation.statistics.errors import NotEstimable

LABEL = st.sampled_from([*LABELS, None])


def replies(straight: list[Label | None], swapped: list[Label | None], judge: str = "j") -> tuple[Reply, ...]:
    return tuple(
        Reply(judge, label, order, sample)
        for order, labels in enumerate((straight, swapped))
        for sample, label in enumerate(labels)
    )


def test_the_seven_values_of_the_published_entropy() -> None:
    found = {round(bpde(list(six[:3]), list(six[3:])), 4) for six in combinations_with_replacement(LABELS, 6)}
    assert sorted(found) == [0, 0.4506, 0.6365, 0.6931, 0.8676, 1.0114, 1.0986]


def test_orders_weigh_alike_whatever_could_not_be_read() -> None:
    # One readable answer in one order, three in the other: half each, where the published code would say 3 to 1.
    assert bpde(["a", None, None], ["b", "b", "b"]) == pytest.approx(math.log(2))
    assert bpde(["a", None, None], []) == 0
    assert math.isnan(bpde([None], [None]))


@settings(max_examples=80, deadline=None)
@given(st.lists(LABEL, max_size=4), st.lists(LABEL, max_size=4))
def test_signals_do_not_depend_on_names_of_responses_or_orders(
    one: list[Label | None], two: list[Label | None]
) -> None:
    other: dict[Label | None, Label | None] = {"a": "b", "b": "a", "tie": "tie", None: None}
    plain = judge_signals(replies(one, two), ["j"])
    for changed in (replies(two, one), replies([other[x] for x in one], [other[x] for x in two])):
        assert judge_signals(changed, ["j"]) == pytest.approx(plain, nan_ok=True)
    entropy = plain["j: entropy"]
    assert math.isnan(entropy) or 0 <= entropy <= math.log(3) + 1e-12
    said = verdict(replies(one, two), "j")
    mirrored = verdict(replies([other[x] for x in one], [other[x] for x in two]), "j")
    assert mirrored.label == other[said.label]


def test_a_judge_that_follows_the_place_has_not_said_tie() -> None:
    said = verdict(replies(["a"], ["b"]), "j")
    assert (said.label, said.why) == (None, "conflict")
    assert judge_signals(replies(["a"], ["b"]), ["j"])["j: conflict"] == 1
    assert verdict(replies(["tie"], ["tie"]), "j").label == "tie"
    assert verdict(replies(["a", "b"], []), "j").why == "split"
    assert verdict(replies([None], [None]), "j").why == "failed"


def test_scores_are_compared_by_means_of_both_orders() -> None:
    both = (
        Reply("j", "a", 0, 0, 8, 5),
        Reply("j", "b", 1, 0, 4, 6),
        Reply("j", "b", 1, 1, 4, 6),
        Reply("j", "b", 1, 2, 4, 6),
    )
    # Orders: +3 and −2 on average, so a by ½; with every sample alike it would be b.
    assert verdict(both, "j").label == "a"
    assert judge_signals(both, ["j"])["j: gap"] == pytest.approx(0.5)
    level = (Reply("j", "a", 0, 0, 8, 6), Reply("j", "b", 1, 0, 6, 8))
    assert verdict(level, "j").label == "tie"


def test_judges_together_and_the_second_one() -> None:
    said = replies(["a"], ["a"], "one") + replies(["b"], ["b"], "two") + replies([None], [None], "three")
    found = judge_signals(said, ["one", "two", "three", "four"])
    assert (found["judges: disagree"], found["judges: oppose"]) == (0.5, 1)
    assert found["three: failed"] == 1
    assert math.isnan(found["three: conflict"])
    assert math.isnan(found["four: failed"])
    assert ai_label(said, ["three", "two", "one"]) == ("b", "two")
    assert ai_label(said, ["three"]) == (None, None)


def test_rates_of_a_judge() -> None:
    cases = [Case(str(n), "", "", "", replies(["a"], ["b" if n < 3 else "a"])) for n in range(10)]
    assert conflict_rate(cases, "j").value == pytest.approx(0.3)
    # a stands first in order 0: always chosen there; in order 1 b stands first: chosen in 3 of 10
    assert first_slot_share(cases, "j").value == pytest.approx(13 / 20)
    with pytest.raises(NotEstimable, match="no pair in both orders"):
        conflict_rate([Case("1", "", "", "", replies(["a"], []))], "j")
    with pytest.raises(NotEstimable):
        first_slot_share([Case("1", "", "", "", replies(["a"], []))], "j")


def test_certainty_is_calibrated_per_judge() -> None:
    random = np.random.default_rng(0)
    said = np.tile([0.8, 0.9, 1.0], 200)
    right = random.random(600) < np.tile([0.5, 0.6, 0.9], 200)
    found = fit_certainty(said, right)
    assert found.apply([0.8, 0.9, 1.0]) == pytest.approx([0.5, 0.6, 0.9], abs=0.08)
    assert np.isnan(found.apply([math.nan]))[0]
    again = Calibrator.from_json(found.to_json())
    assert again == found
    one = (Reply("j", "a", 0, 0, certainty=1.0),)
    assert judge_signals(one, ["j"], calibrators={"j": found})["j: certainty"] == pytest.approx(0.9, abs=0.08)
    with pytest.raises(NotEstimable, match="too few"):
        fit_certainty([0.5] * 29, [1] * 29)


def test_the_table_has_every_column_for_every_case() -> None:
    cases = [Case("1", "Add 2 and 2", "4", "It is 4.", replies(["a"], ["a"])), Case("2", "", "", "")]
    table = feature_table(cases, judges=["j"])
    assert table.values.shape == (2, len(table.names))
    assert set(table.groups) == {"length", "similarity", "lexical", "judges"}
    row = table.rows()[1]
    assert row["j: failed"] is None
    assert row["word_overlap"] == 1
    assert feature_table([], judges=["j"]).values.shape[0] == 0
    pool = feature_table(
        [Case("1", "", "a", "b", pool={"retest": 0.8}), Case("2", "", "a", "b")], groups=["pool"]
    )
    assert pool.rows() == [{"pool: retest": 0.8}, {"pool: retest": None}]


def test_a_pull_to_the_first_place_is_as_doubtful_as_pairs_are_few() -> None:
    dice, covered = np.random.default_rng(3), 0
    for _round in range(200):
        # Whole pairs are swayed, or are not: 0.65 of the answers go to what stands first.
        pairs = dice.random(60) < 0.3
        cases = [
            Case(str(n), "", "", "", replies(["a"], ["b" if one else "a"])) for n, one in enumerate(pairs)
        ]
        found = first_slot_share(cases, "j")
        covered += found.low <= 0.65 <= found.high
    assert covered >= 182  # 95 % of 200 less three standard errors; 81 % where answers count one by one
    steady = [Case(str(n), "", "", "", replies(["a"], ["a"])) for n in range(20)]
    told = first_slot_share(steady, "j")
    assert told.value == 0.5 and told.low < 0.5 < told.high
