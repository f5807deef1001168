"""The original authors' arithmetic, worked by hand: counters, mirrored votes, the odd entropy, thresholds, leaks."""

import math
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicitation.moral_graph.domain.published import (
    Thresholds,
    count_cells,
    page_rank,
    published_graph,
    support,
)
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


def naive(rows: list[Ballot], least: int, likelihood: float, entropy: float) -> dict[str, object]:
    """Build the graph once more, vote by vote and node by node, from the description of the arithmetic alone."""
    cells: dict[tuple[str, str], list[float]] = {}
    seen: dict[tuple[str, str], list[str]] = {}
    for _, source, target, context, said in {row[:4]: row for row in rows}.values():
        for pair in ((source, target), (target, source)):
            cells.setdefault(pair, [0, 0, 0, 0, 0])[4] += 1
            if context not in seen.setdefault(pair, []):
                seen[pair].append(context)
        if said == "wiser":
            cells[source, target][0] += 1
            cells[target, source][2] += 1
        if said == "not_wiser":
            cells[source, target][1] += 1
        if said == "unsure":
            cells[source, target][3] += 1
    kept: dict[tuple[str, str], float] = {}
    for pair, (wiser, not_wiser, less, unsure, shown) in cells.items():
        answers = wiser + not_wiser + unsure + less
        net = (wiser - less) / answers if answers else 0.0
        shares = [n / (answers + shown) for n in (wiser, not_wiser, less, unsure, shown)]
        bits = -sum(p * math.log(p) / math.log(2) for p in shares if p > 0)
        if wiser > 0 and net >= likelihood and bits <= entropy and wiser >= least:
            kept[pair] = net
    nodes = sorted({value for pair in kept for value in pair})
    score = dict.fromkeys(nodes, 1 / len(nodes)) if nodes else {}
    for _ in range(100):
        score = {
            node: 0.15 / len(nodes)
            + 0.85 * sum(
                score[s] * net / sum(out for (a, _), out in kept.items() if a == s)
                for (s, t), net in kept.items()
                if t == node
            )
            for node in nodes
        }  # fmt: skip
    wisdom = {node: sum(net for (_, t), net in kept.items() if t == node) for node in nodes}
    contexts = {node: {c for (_, t) in kept if t == node for c in seen[_, t]} for node in nodes}
    return {"edges": kept, "ranks": score, "wisdom": wisdom, "contexts": contexts}


@pytest.mark.parametrize("thresholds", [(2, 0.33, 1.69), (0, 0.33, 1.69), (1, 0.1, 1.9)])
@given(rows=ballots)
def test_a_second_implementation_gives_the_same_graph(
    thresholds: tuple[int, float, float], rows: list[Ballot]
) -> None:
    ours, again = published_graph(cast(*rows), Thresholds(*thresholds)), naive(rows, *thresholds)
    edges = {
        (e["sourceValueId"], e["wiserValueId"]): pytest.approx(e["summary"]["wiserLikelihood"])
        for e in ours["edges"]
    }
    assert again["edges"] == edges
    assert {v["id"]: v["pageRank"] for v in ours["values"]} == pytest.approx(again["ranks"])
    assert {v["id"]: v["wisdom"] for v in ours["values"]} == pytest.approx(again["wisdom"])
    assert {v["id"]: set(v["contexts"]) for v in ours["values"]} == again["contexts"]


def test_a_threshold_of_no_votes_still_wants_one() -> None:
    rows = [*many("a", "b", 1), *many("c", "d", 0, 0, 2)]
    edges = published_graph(cast(*rows), Thresholds(min_wiser=0, min_likelihood=-1, max_entropy=9))["edges"]
    assert [(e["sourceValueId"], e["wiserValueId"]) for e in edges] == [("a", "b")]


def test_likelihood_and_entropy_stand_on_their_thresholds_and_not_past_them() -> None:
    rows = many("a", "b", 33, 67)
    cell = count_cells(cast(*rows))["a", "b"]
    assert cell.likelihood == 0.33
    bits = -(0.33 / 2 * math.log2(0.165) + 0.67 / 2 * math.log2(0.335) + 0.5 * math.log2(0.5))
    assert cell.entropy == pytest.approx(bits)
    assert Thresholds(max_entropy=2).keep(cell)
    assert not Thresholds(max_entropy=2, min_likelihood=0.3300001).keep(cell)
    assert Thresholds(max_entropy=cell.entropy).keep(cell)
    assert not Thresholds(max_entropy=cell.entropy - 1e-9).keep(cell)


def test_a_circle_keeps_its_mass_and_a_way_out_of_it_loses_some() -> None:
    assert sum(page_rank(["a", "b"], {("a", "b"): 0.5, ("b", "a"): 0.4}).values()) == pytest.approx(1)
    ranks = page_rank(["a", "b", "c"], {("a", "b"): 1.0, ("b", "a"): 0.5, ("b", "c"): 0.5})
    # a = .05 + .85 b/2; b = .05 + .85 a; c = .05 + .85 b/2
    b = (0.05 + 0.85 * 0.05) / (1 - 0.85**2 / 2)
    assert ranks == pytest.approx({"a": 0.05 + 0.425 * b, "b": b, "c": 0.05 + 0.425 * b})
    assert sum(ranks.values()) < 1


def test_each_context_has_its_winner_and_the_reports_word_for_it() -> None:
    up = [(f"p{n}", "a", "b", "x", "wiser") for n in range(3)]
    down = [(f"p{n}", "b", "a", "y", "wiser") for n in range(3)]
    graph = published_graph(cast(*up, *down), Thresholds())
    assert graph["edges"] == []  # together they say nothing
    assert [(one["context"], one["id"]) for one in graph["winners"]] == [("x", "b"), ("y", "a")]
    # .13875 and .075: 1 deviation from the mean, and 1.85 times the second
    assert graph["winners"][0]["support"] == "some support"


@pytest.mark.parametrize(
    ("ranks", "word"),
    [
        ([0.9, *[0.1] * 9], "broadly supported"),  # 3 deviations ahead, and 9 times the second
        ([0.9, 0.5, *[0.1] * 9], "some support"),  # 1.8 times the second alone
        ([0.3, 0.29, *[0.1] * 9], "some support"),  # 2.1 deviations alone
        ([0.3, 0.25, 0.25], "contested"),
        ([0.2, 0.2], "contested"),
        ([0.2], None),
    ],
)
def test_words_for_support(ranks: list[float], word: str | None) -> None:
    assert support(ranks) == word
