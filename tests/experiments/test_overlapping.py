"""Sets of three of four responses overlap, and one person may meet several: the report compares them all the same."""

import pytest

from annotation.protocols.experiments.build import build
from annotation.protocols.experiments.rows import collect, counted
from annotation.protocols.experiments.sections.consistency import _once
from tests.comparison.kit import Judge, comparison_study, item

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("people", [1, 2])
def test_somebody_with_overlapping_sets_has_one_vote_per_pair(people: int) -> None:
    study = comparison_study(
        items=[item(n, responses=4) for n in range(2)], responses=3, per_person=8, per_item=2,
        protocols={"both": {"kind": "rate_then_rank"}},
    )  # fmt: skip
    for name in ("noor", "sven")[:people]:
        assert Judge(name).arrive_at_screens().read_and_judge() == 8
    (found,) = build(study, {})["without_exclusions"]["consistency"]
    # Four sets of three hold each of an item's six pairs twice.
    for pairing in ("within", "individual"):
        one = found["pairings"][pairing]
        meetings = 2 * 6 * people * (people if pairing == "individual" else 1)
        assert (one["matched_pairs"], one["merged"]) == (meetings, 2 * 6 * people)
        assert "sign of their sum" in one["notes"]["merged"]
    baseline = found["baselines"]["ranking_vs_ranking"]
    assert ("refused" in baseline) == (people == 1)
    rows = _once(counted(collect(study).rows))
    assert sum(len(row.scores) for row in rows) == 2 * 4 * people
