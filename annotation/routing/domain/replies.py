"""A judge's answers as files hold them: a label, several samples, or objects with order, scores and certainty."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from annotation.routing.domain.cases import Label, Reply

LABELS: Mapping[str, Label] = {
    "0": "tie", "tie": "tie", "1": "a", "2": "b", "a": "a", "b": "b",
    "0.0": "tie", "1.0": "a", "2.0": "b",
}  # fmt: skip
ORDERS = {"0": 0, "12": 0, "ab": 0, "straight": 0, "1": 1, "21": 1, "ba": 1, "swapped": 1}
KEYS = {"label", "labels", "samples", "order", "swapped", "scores", "certainty", "sample"}
DEEPEST = 4


class Unreadable(ValueError):
    """What is said of a judge has no form that is known; the sentence says which part."""


def label_of(value: Any) -> Label | None:
    """Return the label in a cell, or None where there is none to read: a judge may answer prose."""
    return LABELS.get(str(value).strip().lower()) if isinstance(value, str | int | float) else None


def replies_of(judge: str, said: Any) -> list[Reply]:
    """Return the answers of ``judge``: labels name the response (1 or a, 2 or b, 0 or tie), never the place.

    A cell is a label (anything else is an answer that could not be read); a list is samples; an object has ``label`` or
    ``samples``, and may have ``order`` (0: response 1 stood first), ``scores`` of responses 1 and 2, ``certainty`` (up
    to 1, or up to 100), and ``swapped``, the answers with response 2 first. Refuses (``Unreadable``) other forms.
    """
    return [
        Reply(judge, label, order, sample, *scores, certainty)
        for sample, (label, order, scores, certainty) in enumerate(_parts(said, 0, 0))
    ]


_Part = tuple[Label | None, int, tuple[float | None, float | None], float | None]


def _parts(said: Any, order: int, depth: int) -> Iterator[_Part]:
    if depth > DEEPEST:
        raise Unreadable("answers stand too deep in one another")
    if isinstance(said, list):
        for one in said:
            yield from _parts(one, order, depth + 1)
        return
    if not isinstance(said, dict):
        yield label_of(said), order, (None, None), None
        return
    if not said.keys() & {"label", "labels", "samples", "swapped"}:
        raise Unreadable("an answer has no label")
    here = _order(said.get("order", order))
    for name in ("samples", "labels"):
        if name in said:
            yield from _parts(said[name], here, depth + 1)
    if "label" in said:
        yield (
            label_of(said["label"]),
            here,
            scores_of(said.get("scores")),
            certainty_of(said.get("certainty")),
        )
    if "swapped" in said:
        yield from _parts(said["swapped"], 1 - here, depth + 1)


def scores_of(value: Any) -> tuple[float | None, float | None]:
    """Return the scores of responses 1 and 2; (None, None) where there are none. Refuses other forms."""
    if value is None:
        return None, None
    if isinstance(value, dict):
        value = [value.get("1", value.get("a")), value.get("2", value.get("b"))]
    if not isinstance(value, list) or len(value) != 2:
        raise Unreadable("scores are two numbers, of response 1 and of response 2")
    first, second = (_number(one, "a score") for one in value)
    return (first, second) if first is not None and second is not None else (None, None)


def certainty_of(value: Any) -> float | None:
    """Return a certainty from 0 to 1; above 1 it is of a hundred. None and NaN are not known. Refuses others."""
    found = _number(value, "certainty")
    if found is None:
        return None
    if not 0 <= found <= 100:
        raise Unreadable("certainty is from 0 to 1, or up to 100")
    return found / 100 if found > 1 else found


def _number(value: Any, what: str) -> float | None:
    if value is None:
        return None
    try:
        found = float(value) if not isinstance(value, bool | list | dict) else math.inf
    except (ValueError, OverflowError):
        found = math.inf
    if math.isinf(found):
        raise Unreadable(f"{what} is a number")
    return None if math.isnan(found) else found


def _order(value: Any) -> int:
    found = ORDERS.get(str(value).strip().lower())
    if found is None:
        raise Unreadable("order is 0 (response 1 stood first) or 1")
    return found
