"""What the browser draws from: every value with its place, the steps with most support, and their words."""

from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elicitation.moral_graph.pages.layout import Places
from elicitation.moral_graph.pages.picture import MOST, Arrow, Node, arrange, draw, radius
from elicitation.moral_graph.pages.rows import Row
from elicitation.moral_graph.pages.view import View

MOST_STEPS = 1500
"""More are not sent at once; those of a value come with the value."""


def picture(view: View, link: str) -> str:
    """Return the drawing for a page without scripts: the first 40 values, which are all where there are few."""
    nodes = _nodes(view)
    few = {row["id"] for row in view.values[:MOST]}
    inside = [
        arrow(row, step_label(row))
        for row in view.steps
        if row["net"] > 0 and row["sourceValueId"] in few and row["wiserValueId"] in few
    ]
    at = places(view) if len(nodes) <= MOST else None
    return draw(nodes, inside, _("Values and the steps between them; the list says the same"), at, link)


def scene(view: View) -> dict[str, Any]:
    """Return the picture as data: ``values`` in order, supported ``steps`` first, ``left``: steps not sent."""
    at = places(view)
    count = len(view.values)
    values = [
        {
            "id": row["id"], "title": row["title"], "x": float(at[n, 0]), "y": float(at[n, 1]),
            "r": round(radius(row["cards"] + row["simulatedCards"]), 1), "rank": row["rank"],
            "seed": row["seed"], "winner": row["winner"], "loose": _loose(row, count), "label": value_label(row, count),
        }
        for n, row in enumerate(view.values)
    ]  # fmt: skip
    return {
        "values": values,
        "steps": [step_data(row) for row in view.steps[:MOST_STEPS]],
        "left": max(0, len(view.steps) - MOST_STEPS),
    }


def step_data(row: Row) -> dict[str, Any]:
    """Return a step as the picture draws it."""
    return {
        "key": row["key"],
        "from": row["sourceValueId"],
        "to": row["wiserValueId"],
        "votes": row["votes"],
        "certainty": round(row["certainty"], 3),
        "supported": row["supported"],
        "label": step_label(row),
    }


def value_label(row: Row, count: int) -> str:
    """Return a value in one sentence, as the picture speaks it."""
    behind = row["cards"] + row["simulatedCards"]
    return ngettext(
        "{title}: place {place} of {count}, {cards} card",
        "{title}: place {place} of {count}, {cards} cards",
        behind,
    ).format(title=row["title"], place=row["rank"], count=count, cards=behind)


def step_label(row: Row) -> str:
    """Return a step in one sentence, as the picture speaks it."""
    said = _("supported") if row["supported"] else _("not supported")
    return _("From {source} to {target}: net share {net}, {votes} votes, {said}").format(
        source=row["source"], target=row["target"], net=f"{row['net']:.2f}", votes=row["votes"], said=said
    )


def places(view: View) -> Places:
    """Return where the values stand; kept in this process, since a graph never changes."""
    choice = view.choice
    key = f"graph-places-2:{view.found.snapshot.result_sha256}:{choice.context}"
    at = cache.get(key)
    if at is None or len(at) != len(view.values):
        at = arrange(_nodes(view), [arrow(row) for row in view.steps if row["net"] > 0])
        cache.set(key, at, 3600)
    found: Places = at
    return found


def _nodes(view: View) -> list[Node]:
    return [
        Node(str(row["id"]), row["title"], row["cards"] + row["simulatedCards"], row["rank"], row["seed"])
        for row in view.values
    ]


def arrow(row: Row, told: str = "") -> Arrow:
    """Return a step as an arrow."""
    source, target = str(row["sourceValueId"]), str(row["wiserValueId"])
    return Arrow(source, target, row["votes"], row["certainty"], row["supported"], told, row["key"])


def _loose(row: Row, count: int) -> bool:
    """Return whether a value's place is so open that it could be anywhere in half of the order."""
    low, high = row.get("rankCi95", (1, 1))
    return bool(count > 1 and (high - low) * 2 > count - 1)
