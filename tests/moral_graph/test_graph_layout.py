"""Where values stand: the same every time, wiser ones higher, none on top of another; and what is found by words."""

import numpy as np
import pytest

from elicitation.moral_graph.pages import layout
from elicitation.moral_graph.pages.layout import BOX, place
from elicitation.moral_graph.pages.listing import fits, plain, step_bar, value_bar
from elicitation.moral_graph.pages.scene import value_label


def links(count: int, many: int, seed: int = 0) -> np.ndarray:
    """Return links between random values."""
    pairs = np.random.default_rng(seed).integers(0, count, (many, 2))
    return pairs[pairs[:, 0] != pairs[:, 1]]


@pytest.mark.parametrize("count", [0, 1, 2, 9, 40])
def test_the_same_graph_stands_the_same_and_nothing_covers_anything(count: int) -> None:
    pairs = links(count, 3 * count) if count > 1 else np.zeros((0, 2), dtype=np.int64)
    order = np.linspace(0, 1, count) if count > 1 else np.zeros(count)
    first, second = (place(order, pairs, np.ones(len(pairs))) for _ in range(2))
    assert first.shape == (count, 2) and (first == second).all() and np.isfinite(first).all()
    gap = np.abs(first[:, None] - first[None]) / BOX
    assert (gap.max(axis=2)[~np.eye(count, dtype=bool)] > 0.8).all()


def test_the_wiser_stand_higher_and_linked_ones_nearer() -> None:
    count = 30
    pairs = np.array([(n, n + 1) for n in range(0, count, 2)])
    at = place(np.linspace(0, 1, count), pairs, np.ones(len(pairs)))
    assert np.corrcoef(at[:, 1], np.arange(count))[0, 1] > 0.9
    far = np.linalg.norm(at[:, None] - at[None], axis=2)
    assert far[pairs[:, 0], pairs[:, 1]].mean() < 0.6 * far[np.triu_indices(count, 1)].mean()


def test_many_values_are_spread_over_the_whole_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MANY_ROUNDS", 20)
    count = 600
    at = place(np.linspace(0, 1, count), links(count, 900), np.ones(len(links(count, 900))))
    assert (at == place(np.linspace(0, 1, count), links(count, 900), np.ones(len(links(count, 900))))).all()
    cells = np.unique((at / at.max(axis=0) * 4.999).astype(int), axis=0)
    assert len(cells) == 25  # no corner is empty: a few outliers do not make all others small


def test_words_are_found_without_case_and_accents() -> None:
    assert fits(plain("Éducation PATIENCE"), plain("education pat").split())
    assert not fits(plain("Patience"), plain("haste").split())
    assert plain("ÅNGSTRÖM") == "angstrom" and plain("Straße") == "strasse"


def test_bars_stay_on_their_line() -> None:
    for net, low, high in ((0.0, -1.0, 1.0), (1.0, 0.9, 1.0), (-1.0, -1.0, -1.0)):
        bar = step_bar({"net": net, "low": low, "high": high})
        assert bar is not None
        start, width, at = map(float, bar)
        assert start >= 0 and start + width <= 100.01 and 0 <= at <= 98.6
    assert step_bar({"net": 0.4, "low": None, "high": None}) is None
    assert value_bar({"rank": 1}, 1) == ("0.0", "1.5", "0.0")
    assert value_bar({"rank": 3, "rankCi95": [1, 3]}, 3) == ("0.0", "100.0", "98.5")


def test_one_card_is_said_to_be_one() -> None:
    row = {"title": "Listening", "rank": 1, "cards": 0, "simulatedCards": 1}
    assert value_label(row, 3) == "Listening: place 1 of 3, 1 card"
    assert value_label({**row, "cards": 1}, 3) == "Listening: place 1 of 3, 2 cards"
