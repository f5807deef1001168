"""The graph as a drawing: circles by support, arrows by votes, faint where little is known; it stands alone as SVG."""

from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, MARGIN = 960, 620, 90
MOST = 40
ROUNDS = 250


@dataclass(frozen=True)
class Node:
    """A value: its number, words, and cards behind it."""

    id: str
    title: str
    support: int


@dataclass(frozen=True)
class Arrow:
    """A step: its ends, votes, how sure (0 to 1), and whether it counts as supported."""

    source: str
    target: str
    votes: int
    certainty: float
    supported: bool
    told: str


def draw(nodes: list[Node], arrows: list[Arrow], label: str) -> str:
    """Return the drawing of at most 40 nodes, the first ones; the same graph gives the same drawing."""
    nodes = nodes[:MOST]
    place = {node.id: n for n, node in enumerate(nodes)}
    inside = [arrow for arrow in arrows if arrow.source in place and arrow.target in place]
    if not nodes:
        return ""
    at = _layout(len(nodes), [(place[a.source], place[a.target]) for a in inside])
    size = [7 + 3 * min(node.support, 60) ** 0.5 for node in nodes]
    lines = [
        _arrow(arrow, at[place[arrow.source]], at[place[arrow.target]], size[place[arrow.target]])
        for arrow in sorted(inside, key=lambda one: one.supported)
    ]
    circles = [_circle(node, at[n], size[n]) for n, node in enumerate(nodes)]
    head = (
        '<defs><marker id="mv-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" markerHeight="5" '
        'orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="currentColor"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" '
        f'aria-label="{escape(label)}" class="mv-figure-svg" font-family="system-ui, sans-serif" font-size="13">'
        f"{head}{''.join(lines)}{''.join(circles)}</svg>"
    )


def _layout(count: int, pairs: list[tuple[int, int]]) -> NDArray[np.float64]:
    """Place the nodes: what is linked draws near, everything else keeps apart (Fruchterman and Reingold 1991)."""
    turn = 2 * np.pi * np.arange(count) / max(count, 1)
    at = np.stack([np.cos(turn), np.sin(turn)], axis=1) * 0.4 + 0.5
    if count == 1:
        return np.array([[WIDTH / 2, HEIGHT / 2]])
    ideal = 0.9 / np.sqrt(count)
    for step in range(ROUNDS):
        apart = at[:, None] - at[None]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 1e-4)
        move = (apart * (ideal**2 / distance**2)[:, :, None]).sum(axis=1)
        for first, second in pairs:
            pull = (at[first] - at[second]) * distance[first, second] / ideal * 0.3
            move[first] -= pull
            move[second] += pull
        length = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
        at += move / length * np.minimum(length, 0.1 * (1 - step / ROUNDS))
    low, high = at.min(axis=0), at.max(axis=0)
    room = np.array([WIDTH - 2 * MARGIN, HEIGHT - MARGIN])
    return np.asarray((at - low) / np.maximum(high - low, 1e-9) * room + [MARGIN, MARGIN / 2])


def _circle(node: Node, at: NDArray[np.float64], size: float) -> str:
    name = node.title if len(node.title) <= 30 else node.title[:29] + "…"
    return (
        f'<a href="#value-{escape(node.id)}"><title>{escape(node.title)} ({node.support})</title>'
        f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{size:.1f}" fill="#0072b2" stroke="currentColor"/>'
        f'<text x="{at[0]:.1f}" y="{at[1] + size + 15:.1f}" text-anchor="middle" fill="currentColor">'
        f"{escape(name)}</text></a>"
    )


def _arrow(arrow: Arrow, start: NDArray[np.float64], end: NDArray[np.float64], size: float) -> str:
    way = end - start
    length = max(float(np.linalg.norm(way)), 1e-6)
    tip = end - way / length * (size + 3)
    # Bent a little, so that both directions of a pair can be seen.
    middle = (start + tip) / 2 + np.array([-way[1], way[0]]) / length * 14
    width = 1 + min(arrow.votes, 40) ** 0.5 * 0.7
    dashes = "" if arrow.supported else ' stroke-dasharray="5 5"'
    return (
        f'<path d="M{start[0]:.1f} {start[1]:.1f}Q{middle[0]:.1f} {middle[1]:.1f} {tip[0]:.1f} {tip[1]:.1f}" '
        f'fill="none" stroke="currentColor" stroke-width="{width:.1f}" '
        f'stroke-opacity="{0.15 + 0.8 * arrow.certainty:.2f}"{dashes} '
        f'marker-end="url(#mv-tip)"><title>{escape(arrow.told)}</title></path>'
    )
