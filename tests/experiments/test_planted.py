"""A crowd with a planted effect: the report finds it inside its interval, and no effect where there is none."""

from typing import Any

import numpy as np
import pytest

from annotation.protocols.experiments.build import build
from annotation.protocols.experiments.plan import Plan
from annotation.protocols.experiments.rows import Pair, Row, collect
from annotation.protocols.experiments.sections.sway import sway
from annotation.protocols.experiments.selection import Selection
from multivocal.studies.simulate.planted import Mind
from tests.experiments.kit import LIKERT_ONLY, NOBODY, SLUG, Walker, bring, planted, small_study, texts_of

pytestmark = pytest.mark.django_db


def effect_of(rows: list[Row], responses: Any) -> dict[str, Any]:
    """Return the difference of the protocols' pulls of length, rating minus ranking."""
    (line,) = sway(Selection(rows, responses, Plan()))["differences"]
    assert (line["first"], line["second"]) == ("rating", "ranking")
    found: dict[str, Any] = line["difference"]
    return found


def thought(rows: list[Row], texts: dict[str, str], mind: Mind) -> list[Row]:
    """Return ``rows`` as another crowd would have answered the same screens."""
    return [_thought(row, [texts[one] for one in row.shown], mind) for row in rows]


def _thought(row: Row, texts: list[str], mind: Mind) -> Row:
    ((_name, value),) = mind.answer(row.kind, texts, row.rater, row.presentation)
    if row.kind == "likert":
        return row._replace(scores=((row.shown[0], "", float(value)),))
    outcome = {"a": 1, "b": -1, "tie": 0}[value]
    return row._replace(pairs=(Pair(row.shown[0], row.shown[1], outcome, 1.0),))


@pytest.fixture
def crowd() -> tuple[list[Row], Any, dict[str, str]]:
    """The screens of 36 people, read back once: rows, responses, and the responses' texts."""
    study = small_study(per_person=24)
    bring(study, 36, planted(NOBODY))
    found = collect(study)
    return found.rows, found.responses, texts_of(study)


def test_a_large_effect_and_none_are_told_apart(crowd: Any) -> None:
    rows, responses, texts = crowd
    for seed in (1, 2, 3):
        large = effect_of(thought(rows, texts, planted(LIKERT_ONLY, seed)), responses)
        none = effect_of(thought(rows, texts, planted(NOBODY, seed)), responses)
        # Four standard errors: which screens people draw is chance, and the intervals' coverage is tested below.
        assert abs(large["estimate"] - 1.5) < 4 * large["se"]
        assert abs(none["estimate"]) < 4 * none["se"]
        assert large["low"] > none["high"]


def test_the_interval_holds_the_planted_effect_as_often_as_it_says(crowd: Any) -> None:
    rows, responses, texts = crowd
    found = [effect_of(thought(rows, texts, planted({"likert": 0.5}, seed)), responses) for seed in range(20)]
    # Fewer than 16 of 20 have a chance of 1 in 400 where 95 % hold; the seeds are fixed.
    assert sum(one["low"] <= 0.5 <= one["high"] for one in found) >= 16
    estimates, errors = [one["estimate"] for one in found], [one["se"] for one in found]
    assert abs(np.mean(estimates) - 0.5) < 3 * np.mean(errors) / np.sqrt(20)
    # All crowds answer the same screens, whose draw is part of the errors: 0.8 is usual, 0.15 its standard deviation.
    assert 0.25 < np.std(estimates, ddof=1) / np.mean(errors) < 1.35


def test_people_who_walk_through_the_pages_bring_the_planted_effect() -> None:
    study = small_study(per_person=6, attention=1)
    mind = planted({"likert": 2.0})
    for n in range(24):
        walker = Walker(f"walker-{n}")
        walker.start()
        walker.submit(decision="agree", **{"purpose-take_part": "on"})
        walker.submit()
        assert walker.judge_with(mind) == 7
        assert walker.hidden()["stage"] == "debrief"
    report = build(study, {})
    assert report["study"] == SLUG
    assert report["rows"]["by_role"] == {"attention": 24, "main": 144}
    assert report["balance"]["exact"]
    assert report["balance"]["arms"]["people"] == {"rating": 8, "ranking": 8, "both": 8}
    found = report["without_exclusions"]["sway"]["differences"][0]["difference"]
    assert found["low"] > 0
    assert abs(found["estimate"] - 2.0) < 4 * found["se"]
