"""What is pressed for each way of asking, and what has to be stored for it."""

from dataclasses import dataclass, field
from typing import Any

REASON = "B says how to begin, and A does not."


def _not(why: str) -> dict[str, Any]:
    return {"no_answer": why, "why": ""}


@dataclass(frozen=True)
class Script:
    """Keys for two screens, and the part of the payload that has to come of each.

    ``undone`` is pressed first and taken back with ``back``; both screens are reloaded before they are sent.
    """

    undone: str
    keys: str
    stored: dict[str, Any]
    second: str
    then: dict[str, Any]
    back: str = "z"
    device: dict[str, Any] = field(default_factory=dict)


DARK = {"color_scheme": "dark"}
ARABIC = {"locale": "ar"}

SCRIPTS: dict[str, Script] = {
    "likert": Script("2", "6", {"rating": 6}, "0", _not("unsure"), device=DARK),
    # From right to left the left arrow leads to the upper end.
    "vas": Script(
        "ArrowRight",
        "ArrowLeft End b ArrowLeft PageUp",
        {"scores": {"A": 100, "B": 62}},
        "ArrowRight Home b ArrowRight",
        {"scores": {"A": 1, "B": 50}},
        device=ARABIC,
    ),
    "pairwise2": Script("1", "2", {"choice": "b"}, "1", {"choice": "a"}),
    "pairwise3": Script("3", "2", {"choice": "tie"}, "0", _not("unsure"), device=ARABIC),
    "pairwise5": Script("5", "1", {"strength": -2}, "4", {"strength": 1}, device=DARK),
    "pairwise7": Script("1", "7", {"strength": 3}, "s", _not("skip"), device=ARABIC | DARK),
    "choice": Script("a", "c", {"choice": "C"}, "2", {"choice": "B"}),
    "ranking": Script(
        "d 1",
        "c 1 a 2 =",
        {"ranks": {"A": 1, "B": 3, "C": 1, "D": 4}},
        "b Space ArrowDown Space",
        {"ranks": {"A": 1, "B": 3, "C": 2, "D": 4}},
        device=ARABIC | DARK,
    ),
    # The second choice of the same answer empties the first.
    "best_worst": Script("1", "2 4", {"best": "B", "worst": "D"}, "1 1 3", {"best": "C", "worst": "A"}),
    "dimensions": Script(
        "3",
        "5 4 3 4 2 2 2 1 5",
        {"overall": {"A": 4, "B": 1}, "confidence": 5},
        "0",
        _not("unsure"),
        device=ARABIC,
    ),
    "mushra": Script(
        "a ArrowRight",
        "a End b PageUp c PageDown d Home",
        {"ratings": {"A": 100, "B": 60, "C": 40, "D": 0}},
        "0",
        _not("invalid"),
        device=DARK,
    ),
    "justified": Script(
        "7",
        f'6 "{REASON}" Shift+Tab 2',
        {"strength": 2, "statement": REASON, "tags": ["clearer"]},
        '2 "A is kinder to the brother."',
        {"strength": -2, "statement": "A is kinder to the brother."},
        back="Shift+Tab z",
    ),
    "spans": Script(
        "a 1 2",
        "a End 1 2 b ArrowRight Shift+ArrowRight 3 1",
        {},  # the test looks the words up in the text itself
        "0",
        _not("unsure"),
    ),
    "checklist": Script(
        "y",
        "y n y",
        {"answers": {"A": {"sorry": "yes", "words": "no", "kind": "yes"}}},
        "2 u",
        {"answers": {"A": {"sorry": "no", "words": "na", "kind": "unsure"}}},
        device=ARABIC | DARK,
    ),
    "rate_then_rank": Script(
        "1",
        "3 5 4 b 1 c 2",
        {"ratings": {"A": 3, "B": 5, "C": 4}, "ranks": {"A": 3, "B": 1, "C": 2}, "first": "rate"},
        "2 2 2 a 1",
        {"ratings": {"A": 2, "B": 2, "C": 2}, "ranks": {"A": 1, "B": 2, "C": 3}},
    ),
}
