"""What the report's intervals rest on: all pairs of answers, people and items as clusters, the plan's level."""

from typing import Any

import numpy as np
import pytest

from annotation.protocols.experiments.arrays import comparisons_of, ratings_of
from annotation.protocols.experiments.figures.sway import figures
from annotation.protocols.experiments.plan import Plan
from annotation.protocols.experiments.rows import Pair, Response, Row
from annotation.protocols.experiments.sections.agreement import agreement
from annotation.protocols.experiments.sections.quality import checks, no_answers, repeats
from annotation.protocols.experiments.sections.scores import win_rates
from annotation.protocols.experiments.sections.sway import sway
from annotation.protocols.experiments.sections.variants import variants
from annotation.protocols.experiments.selection import Selection
from annotation.statistics.shares import wilson

SYSTEMS = ("red", "blue", "green")


def answers(items: int, lengths: tuple[int, ...] = (10, 20, 30)) -> dict[str, Response]:
    """Return answers of as many words to every item; the systems take turns in being the longest."""
    return {
        f"i{n}-{k}": Response(
            f"i{n}-{k}", f"i{n}", SYSTEMS[(n + k) % len(SYSTEMS)], "system", words, words, 1.0, {}
        )
        for n in range(items)
        for k, words in enumerate(lengths)
    }


def row(item: int, rater: str, kind: str, **more: Any) -> Row:
    """Return a main judgement of a protocol that is called as its kind."""
    plain: dict[str, Any] = {
        "judgement": f"{item}-{rater}-{kind}", "presentation": f"{item}-{rater}-{kind}", "item": f"i{item}",
        "rater": rater, "model": False, "arm": "", "version": 1, "stage": "compare", "protocol": kind,
        "kind": kind, "role": "main", "repeat_of": "", "stratum": "", "position": 1, "shown": (),
        "pairs": (), "scores": (), "no_answer": "", "state": "ok", "ms": 1000, "passed": None,
    }  # fmt: skip
    return Row(**(plain | more))


def judged(
    people: int, items: int, pull: float, lengths: tuple[int, ...] = (10, 20, 30), taste: float = 0.0
) -> list[Row]:
    """Return ratings (1–9) and rankings of all answers; ``pull`` per place in length, ``taste`` per person."""
    rng = np.random.default_rng(8)
    found = []
    for number in range(people):
        mine = pull + taste * (-1) ** number
        for item in range(items):
            for kind in ("rate", "rank"):
                good = [mine * place + rng.normal() for place in range(len(lengths))]
                names = [f"i{item}-{k}" for k in range(len(lengths))]
                if kind == "rate":
                    steps = [float(np.clip(round(5 + 1.5 * one), 1, 9)) for one in good]
                    given: dict[str, Any] = {
                        "scores": tuple((name, "", step) for name, step in zip(names, steps, strict=True))
                    }
                else:
                    given = {
                        "pairs": tuple(
                            Pair(names[a], names[b], 1 if good[a] > good[b] else -1, 1.0)
                            for a in range(len(names))
                            for b in range(a + 1, len(names))
                        )
                    }
                found.append(row(item, f"p{number}", kind, shown=tuple(names), **given))
    return found


def test_items_of_three_answers_have_a_pull_of_length() -> None:
    found = sway(Selection(judged(12, 8, 0.6), answers(8), Plan()))
    pulls = {line["protocol"]: line["pull_of_length"] for line in found["protocols"]}
    assert pulls["rate"]["low"] > 0 and pulls["rank"]["low"] > 0
    # A rating is in two pairs and counts once; a ranking of three has three pairs.
    assert (pulls["rate"]["n"], pulls["rank"]["n"]) == (12 * 8 * 3, 12 * 8 * 3)
    (apart,) = found["differences"]
    assert apart["difference"]["low"] < 0 < apart["difference"]["high"]
    none = sway(Selection(judged(12, 8, 0.0), answers(8), Plan()))
    assert all(
        line["pull_of_length"]["low"] < 0 < line["pull_of_length"]["high"] for line in none["protocols"]
    )


def test_where_length_says_nothing_the_true_reason_is_told() -> None:
    alike = sway(Selection(judged(3, 4, 0.5, (10, 10, 10)), answers(4, (10, 10, 10)), Plan()))
    for line in alike["protocols"]:
        assert line["pull_of_length"]["refused"] == (
            "No two answers to one item have different numbers of words."
        )
        assert "refused" in line["preferred_longer"]
    assert list(figures({"sway": alike}))
    alone = sway(Selection(judged(3, 4, 0.5, (10,)), answers(4, (10,)), Plan()))
    assert {line["pull_of_length"]["refused"] for line in alone["protocols"]} == {
        "No two answers to one item were judged."
    }


def test_the_share_of_longer_preferences_knows_people() -> None:
    rows = judged(12, 20, 0.0, (10, 20), taste=3.0)
    for line in sway(Selection(rows, answers(20, (10, 20)), Plan()))["protocols"]:
        longer = line["preferred_longer"]
        low, high = wilson(longer["hits"], longer["n"])
        assert longer["people"] == 12
        assert longer["high"] - longer["low"] > 2 * (high - low)
    narrow = sway(Selection(rows, answers(20, (10, 20)), Plan(confidence=0.8)))["protocols"][0]
    assert narrow["preferred_longer"]["level"] == 0.8


def asked_again(people: int, items: int, changes: set[int]) -> list[Row]:
    """Return rankings asked twice; the people in ``changes`` turn every order round."""
    rows = [one for one in judged(people, items, 0.5) if one.kind == "rank"]
    again = []
    for one in rows:
        sign = -1 if int(one.rater[1:]) in changes else 1
        pairs = tuple(pair._replace(outcome=sign * pair.outcome) for pair in one.pairs)
        again.append(
            one._replace(
                judgement=f"{one.judgement}-again", presentation=f"{one.presentation}-again", role="repeat",
                repeat_of=one.presentation, pairs=pairs,
            )
        )  # fmt: skip
    return rows + again


def test_repeats_take_each_person_as_one_and_not_every_pair() -> None:
    (line,) = repeats(Selection(asked_again(12, 10, {1, 5, 8}), answers(10), Plan()))
    same = line["same"]
    assert (same["estimate"], same["n"], same["people"]) == (0.75, 12 * 10 * 3, 12)
    low, high = wilson(same["hits"], same["n"])
    assert same["low"] < 0.5 < low and same["high"] > high


def test_one_person_has_a_share_and_no_interval() -> None:
    (line,) = repeats(Selection(asked_again(1, 3, set()), answers(3), Plan()))
    assert (line["same"]["estimate"], line["same"]["low"], line["same"]["people"]) == (1.0, None, 1)


@pytest.mark.parametrize("what", [no_answers, checks])
def test_non_answers_and_checks_take_each_person_as_one(what: Any) -> None:
    rows = [
        row(item, f"p{n}", "rank", no_answer="skip" if n % 4 == 0 else "",
            **({"role": "gold", "passed": n % 4 > 0} if what is checks else {}))
        for n in range(12)
        for item in range(10)
    ]  # fmt: skip
    (line,) = what(Selection(rows, answers(10), Plan()))
    share = line["passed" if what is checks else "share"]
    assert share["people"] == 12 and share["n"] == 120
    assert share["high"] - share["low"] > 2 * np.diff(wilson(share["hits"], 120))


def test_win_rates_know_people_and_not_items_alone() -> None:
    # Every item alike and every person their own mind: only people vary.
    good = {f"i{n}-{k}": Response(f"i{n}-{k}", f"i{n}", SYSTEMS[k], "system", 10, 9, 0.9, {})
            for n in range(30) for k in range(2)}  # fmt: skip
    rows = [
        row(item, f"p{n}", "rank", pairs=(Pair(f"i{item}-0", f"i{item}-1", 1 if n % 3 else -1, 1.0),))
        for n in range(9)
        for item in range(30)
    ]
    for level in (0.95, 0.8):
        (line,) = win_rates(Selection(rows, good, Plan(confidence=level)))["protocols"]
        red = next(one for one in line["systems"] if one["label"] == "red")
        assert red["estimate"] == pytest.approx(6 / 9)
        assert (red["items"], red["people"]) == (30, 9)
        # Nine people: the error of their mean is √(2/9 / 9); items alone would have none.
        assert red["se"] == pytest.approx(np.sqrt(2 / 9 / 9), rel=0.1)
        assert 0.1 < red["p"] < 0.5
        assert red["low"] < 0.55 and red["high"] > 0.75


def test_figures_of_consistency_know_people_and_the_plans_level() -> None:
    rows = judged(8, 10, 0.0, (10, 20), taste=0.7)
    rated, ranked = ratings_of(one for one in rows if one.scores), comparisons_of(rows)
    wide = variants(rated, ranked, "within", Plan())
    narrow = variants(rated, ranked, "within", Plan(confidence=0.8))
    for name in ("consistency", "decisive", "half_credit", "kappa"):
        assert (wide[name]["items"], wide[name]["people"]) == (10, 8)
        assert (wide[name]["level"], narrow[name]["level"]) == (0.95, 0.8)
        assert wide[name]["low"] < narrow[name]["low"] < narrow[name]["high"] < wide[name]["high"]


def test_alpha_has_the_plans_level() -> None:
    rows = judged(6, 10, 1.0)
    wide, narrow = (
        {line["protocol"]: line for line in agreement(Selection(rows, answers(10), Plan(confidence=one)), [])}
        for one in (0.95, 0.8)
    )
    for key, name in (("rate", "alpha_ratings"), ("rate", "alpha_pairs"), ("rank", "alpha_pairs")):
        assert (wide[key][name]["level"], narrow[key][name]["level"]) == (0.95, 0.8)
        assert wide[key][name]["low"] < narrow[key][name]["low"]
