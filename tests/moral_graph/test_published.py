"""The original authors' arithmetic, worked by hand: counters, mirrored votes, the odd entropy, thresholds, leaks."""

import math
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicitation.moral_graph.domain.published import Thresholds, count_cells, page_rank, published_graph
from elicitation.moral_graph.domain.votes import Votes, make_votes

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
Ballot = tuple[str, str, str, str, str]
ballots = st.lists(
    st.tuples(
        st.sampled_from("pqrs"),
        st.sampled_from("abcd"),
        st.sampled_from("abcd"),
        st.sampled_from("xy"),
        st.sampled_from(["wiser", "not_wiser", "unsure"]),
    ).filter(lambda row: row[1] != row[2]),
    max_size=60,
)


def cast(*rows: Ballot) -> Votes:
    return make_votes((*row, NOON) for row in rows)


def many(source: str, target: str, wiser: int, not_wiser: int = 0, unsure: int = 0) -> list[Ballot]:
    kinds = ["wiser"] * wiser + ["not_wiser"] * not_wiser + ["unsure"] * unsure
    return [(f"{source}{target}{n}", source, target, "x", kind) for n, kind in enumerate(kinds)]


def test_a_vote_is_counted_and_only_a_wiser_is_mirrored() -> None:
    cells = count_cells(cast(*many("a", "b", 3, 2, 1)))
    there, back = cells["a", "b"], cells["b", "a"]
    assert (there.wiser, there.not_wiser, there.unsure, there.less_wise, there.impressions) == (3, 2, 1, 0, 6)
    assert (back.wiser, back.not_wiser, back.unsure, back.less_wise, back.impressions) == (0, 0, 0, 3, 6)
    assert there.likelihood == 3 / 6
    assert back.likelihood == -1


def test_the_entropy_counts_impressions_as_an_answer() -> None:
    cell = count_cells(cast(*many("a", "b", 3, 1)))["a", "b"]
    # counters 3, 1, 0, 0 and 4 impressions: shares 3/8, 1/8, 4/8
    by_hand = 3 / 8 * math.log2(8 / 3) + 1 / 8 * 3 + 1 / 2 * 1
    assert cell.entropy == pytest.approx(by_hand)
    of_votes = 3 / 4 * math.log2(4 / 3) + 1 / 4 * 2
    assert cell.entropy == pytest.approx(
        1 + of_votes / 2
    )  # what this oddity amounts to without reverse votes


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        (many("a", "b", 2), True),
        (many("a", "b", 1), False),  # one vote is not two
        (many("a", "b", 2, 4), True),  # 2/6 is above .33
        (many("a", "b", 3, 7), False),  # .3 is not
        (many("a", "b", 5, 4, 4), False),  # .38, but the entropy is 1.79
        ([*many("a", "b", 4), *many("b", "a", 2)], True),  # (4 - 2) / 6
        ([*many("a", "b", 4), *many("b", "a", 3)], False),
    ],
)
def test_thresholds(rows: list[Ballot], kept: bool) -> None:
    cells = count_cells(cast(*rows))
    assert Thresholds().keep(cells["a", "b"]) is kept
    assert not Thresholds().keep(cells["b", "a"])


def test_page_rank_leaks_where_nothing_leaves() -> None:
    ranks = page_rank(["a", "b"], {("a", "b"): 0.5})
    # a keeps (1 - d)/2 = .075; b gets .075 + .85 * .075; what b had is lost each time
    assert ranks == {"a": pytest.approx(0.075), "b": pytest.approx(0.075 + 0.85 * 0.075)}
    assert sum(ranks.values()) < 0.25


def test_weights_share_what_leaves_a_value() -> None:
    ranks = page_rank(["a", "b", "c"], {("a", "b"): 0.9, ("a", "c"): 0.3})
    assert ranks["b"] - 0.05 == pytest.approx(3 * (ranks["c"] - 0.05))


def test_a_graph_by_hand() -> None:
    graph = published_graph(cast(*many("a", "b", 3), *many("b", "c", 2, 1), *many("d", "a", 1)), Thresholds())
    assert [(e["sourceValueId"], e["wiserValueId"]) for e in graph["edges"]] == [("a", "b"), ("b", "c")]
    assert [v["id"] for v in graph["values"]] == ["a", "b", "c"]  # d has no edge, so it is no node
    a, b = 0.05, 0.05 + 0.85 * 0.05
    ranks = [v["pageRank"] for v in graph["values"]]
    assert ranks == pytest.approx([a, b, 0.05 + 0.85 * b])
    assert [v["wisdom"] for v in graph["values"]] == pytest.approx([0, 1, 2 / 3])


@given(ballots)
def test_the_same_counted_another_way(rows: list[Ballot]) -> None:
    votes = cast(*rows)
    latest = {row[:4]: row[4] for row in rows}
    tally: Counter[tuple[str, str, str]] = Counter()
    for (_, source, target, _), kind in latest.items():
        tally[source, target, kind] += 1
    cells = count_cells(votes)
    for (source, target), cell in cells.items():
        assert cell.wiser == tally[source, target, "wiser"]
        assert cell.not_wiser == tally[source, target, "not_wiser"]
        assert cell.unsure == tally[source, target, "unsure"]
        assert cell.less_wise == tally[target, source, "wiser"]
        asked = sum(n for (s, t, _), n in tally.items() if {s, t} == {source, target})
        assert cell.impressions == asked
    assert sum(cell.wiser for cell in cells.values()) == sum(cell.less_wise for cell in cells.values())


@given(ballots, st.permutations("abcd"))
def test_names_mean_nothing(rows: list[Ballot], names: list[str]) -> None:
    other = dict(zip("abcd", names, strict=True))
    renamed = [(p, other[s], other[t], c, v) for p, s, t, c, v in rows]
    ranks = {v["id"]: v["pageRank"] for v in published_graph(cast(*rows), Thresholds(1, 0.1, 3))["values"]}
    again = {v["id"]: v["pageRank"] for v in published_graph(cast(*renamed), Thresholds(1, 0.1, 3))["values"]}
    assert again == {other[value]: pytest.approx(rank) for value, rank in ranks.items()}
