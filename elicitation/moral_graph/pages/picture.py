"""The graph as a drawing: circles by cards, arrows by votes, faint where little is known; it stands alone as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from elicitation.moral_graph.pages.layout import Places, place

MOST = 40
MOST_LINES = 120
MARGIN = 100


@dataclass(frozen=True)
class Node:
    """A value: its number, words, cards behind it, place in the order, and whether only a seed."""

    id: str
    title: str
    support: int
    rank: int = 0
    seed: bool = False


@dataclass(frozen=True)
class Arrow:
    """A step: its ends, votes, how sure (0 to 1), and whether it counts as supported."""

    source: str
    target: str
    votes: int
    certainty: float
    supported: bool
    told: str
    key: str = ""


def arrange(nodes: Sequence[Node], arrows: Sequence[Arrow]) -> Places:
    """Return the places of ``nodes``, which are in the graph's order, in pixels."""
    index = {node.id: n for n, node in enumerate(nodes)}
    inside = [a for a in arrows if a.source in index and a.target in index]
    pairs = np.array([(index[a.source], index[a.target]) for a in inside], dtype=np.int64).reshape(-1, 2)
    weight = np.array([min(a.votes, 20) ** 0.5 / 4.5 * (1.0 if a.supported else 0.35) for a in inside])
    order = np.array([node.rank or n for n, node in enumerate(nodes)], dtype=float)
    spread = max(float(order.max() - order.min()), 1.0) if len(order) else 1.0
    return place((order - order.min()) / spread if len(order) else order, pairs, weight)


def draw(
    nodes: Sequence[Node], arrows: Sequence[Arrow], label: str, at: Places | None = None, link: str = "?open="
) -> str:
    """Return the drawing of at most 40 nodes, the first ones; the same graph gives the same drawing.

    ``link``: the start of the address at which a node opens, up to its name.
    """
    nodes = list(nodes[:MOST])
    if not nodes:
        return ""
    index = {node.id: n for n, node in enumerate(nodes)}
    inside = [a for a in arrows if a.source in index and a.target in index][:MOST_LINES]
    at = arrange(nodes, inside) if at is None else at[: len(nodes)]
    at = at - at.min(axis=0)
    width, height = (at.max(axis=0) + np.array([2 * MARGIN, 110])).tolist()
    at = at + np.array([MARGIN, 40])
    size = [radius(node.support) for node in nodes]
    lines = [
        _arrow(a, at[index[a.source]], at[index[a.target]], size[index[a.target]])
        for a in sorted(inside, key=lambda one: one.supported)
    ]
    circles = [_circle(node, at[n], size[n], link) for n, node in enumerate(nodes)]
    head = (
        '<defs><marker id="mv-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" '
        'markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="currentColor"/>'
        "</marker></defs>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="group" '
        f'aria-label="{escape(label)}" class="mv-figure-svg" font-family="system-ui, sans-serif" font-size="13">'
        f"{head}{''.join(lines)}{''.join(circles)}</svg>"
    )


def radius(support: int) -> float:
    """Return a circle's radius in pixels: its area grows with the cards behind a value."""
    return 9 + 2.6 * float(min(support, 60)) ** 0.5


def _circle(node: Node, at: Any, size: float, link: str) -> str:
    name = node.title if len(node.title) <= 26 else node.title[:25] + "…"
    shape = (
        f'<rect x="{at[0] - size:.1f}" y="{at[1] - size:.1f}" width="{2 * size:.1f}" height="{2 * size:.1f}" rx="3" '
        if node.seed
        else f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{size:.1f}" '
    )
    return (
        f'<a href="{escape(link)}value-{escape(node.id)}#opened"><title>{escape(node.title)} ({node.support})</title>'
        f'{shape}fill="#0b5d5e" stroke="currentColor"/>'
        f'<text x="{at[0]:.1f}" y="{at[1] + size + 16:.1f}" text-anchor="middle" fill="currentColor">'
        f"{escape(name)}</text></a>"
    )


def _arrow(arrow: Arrow, start: Any, end: Any, size: float) -> str:
    way = end - start
    length = max(float(np.linalg.norm(way)), 1e-6)
    tip = end - way / length * (size + 4)
    # Bent a little, so that both directions of a pair can be seen.
    middle = (start + tip) / 2 + np.array([-way[1], way[0]]) / length * min(26.0, length / 7)
    width = 1 + min(arrow.votes, 40) ** 0.5 * 0.6
    dashes = "" if arrow.supported else ' stroke-dasharray="5 5"'
    return (
        f'<path d="M{start[0]:.1f} {start[1]:.1f}Q{middle[0]:.1f} {middle[1]:.1f} {tip[0]:.1f} {tip[1]:.1f}" '
        f'fill="none" stroke="currentColor" stroke-width="{width:.1f}" '
        f'stroke-opacity="{0.15 + 0.8 * arrow.certainty:.2f}"{dashes} '
        f'marker-end="url(#mv-tip)"><title>{escape(arrow.told)}</title></path>'
    )
