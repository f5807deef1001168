"""The power page's plot: how wide the interval is, by how many people take part, on two ways to grow."""

import math
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from multivocal.domain.svg import COLOURS, WIDTH, picture, tag, words

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 300, 46, 16, 40, 48
_STEPS = (0.5, 1, 2, 3, 5, 10, 20, 50, 100)


def width_plot(answer: dict[str, Any]) -> str:
    """Return the half-widths of ``answer`` (a plan as plain data) over people, both axes in ratios."""
    lines = [(_("more pairs too"), answer["curve"]), (_("the same pairs"), answer["people_curve"])]
    people = [point["annotators"] for _name, points in lines for point in points]
    widths = [point["half_width"] for _name, points in lines for point in points]
    goal, declared = answer["goal_half_width"], answer["declared"]
    x, y = _scale(people, LEFT, WIDTH - RIGHT), _scale([*widths, goal], HEIGHT - BOTTOM, TOP)
    parts = [
        _across(y(step), f"± {step:g}") for step in _STEPS if min(*widths, goal) <= step <= max(*widths, goal)
    ]
    for n in _apart(sorted(set(people)), x):
        parts.append(words(x(n), HEIGHT - BOTTOM + 20, f"{n:,}", text_anchor="middle", opacity="0.75"))
    parts.append(words((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, _("people"), text_anchor="middle"))
    parts.append(
        tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=round(y(goal), 1), y2=round(y(goal), 1), stroke="currentColor",
            stroke_dasharray="4 3", stroke_opacity="0.7")
    )  # fmt: skip
    names = [(name, COLOURS[n]) for n, (name, _points) in enumerate(lines)]
    parts += _legend([*names, (_("wanted: ± {goal:g}").format(goal=goal), "")])
    for n, (_name, points) in enumerate(lines):
        at = [(x(point["annotators"]), y(point["half_width"])) for point in points]
        drawn = " ".join(f"{a:.1f},{b:.1f}" for a, b in at)
        parts.append(tag("polyline", points=drawn, fill="none", stroke=COLOURS[n], stroke_width=2.5))
        parts += [tag("circle", cx=round(a, 1), cy=round(b, 1), r=4, fill=COLOURS[n]) for a, b in at]
    here = (round(x(declared["annotators"]), 1), round(y(declared["half_width"]), 1))
    parts.append(
        tag("circle", cx=here[0], cy=here[1], r=8, fill="none", stroke="currentColor", stroke_width=2)
    )
    said = _("Half-width of the interval in points, by number of people; the ring is what was asked about")
    return picture(HEIGHT, said, *parts)


def _scale(values: Sequence[float], start: float, end: float) -> Any:
    low, high = math.log(min(values) * 0.94), math.log(max(values) * 1.06)
    return lambda value: start + (math.log(value) - low) / (high - low) * (end - start)


def _across(y: float, text: str) -> str:
    line = tag(
        "line", x1=LEFT, x2=WIDTH - RIGHT, y1=round(y, 1), y2=round(y, 1), stroke="currentColor",
        stroke_opacity="0.15",
    )  # fmt: skip
    return line + words(LEFT - 8, y + 4, text, text_anchor="end", opacity="0.75")


def _apart(values: Sequence[int], x: Any) -> list[int]:
    """Return the values whose labels would not touch one another."""
    kept: list[int] = []
    for value in values:
        if not kept or x(value) - x(kept[-1]) > 36:
            kept.append(value)
    return kept


def _legend(names: Sequence[tuple[str, str]]) -> list[str]:
    """Return the lines' names above the plot; one without a colour is the broken line."""
    parts: list[str] = []
    x = float(LEFT)
    for name, colour in names:
        if colour:
            parts.append(tag("circle", cx=x + 4, cy=14, r=4, fill=colour))
        else:
            parts.append(
                tag("line", x1=x - 6, x2=x + 8, y1=14, y2=14, stroke="currentColor", stroke_dasharray="4 3")
            )
        parts.append(words(x + 13, 18, name))
        x += 34 + 7 * len(name)
    return parts
