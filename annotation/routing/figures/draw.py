"""Lines over time with bands, and chances against what happened: SVG text, as every plot here is."""

from collections.abc import Sequence
from dataclasses import dataclass

from multivocal.domain.svg import COLOURS, picture, tag, words

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 440, 264, 52, 76, 30, 40


@dataclass(frozen=True)
class Line:
    """A named line: points of (x, y), or with a band of (x, y, low, high)."""

    name: str
    points: Sequence[Sequence[float]]
    colour: int = 0
    dashed: bool = False


@dataclass(frozen=True)
class Span:
    """What an axis spans and its ticks, ``(value, words)``."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    title: str = ""


def lines(every: Sequence[Line], across: Span, up: Span, label: str) -> str:
    """Return lines named at their right ends, the names kept apart."""
    parts = _grid(across, up)
    ends = []
    for line in every:
        if not line.points:
            continue
        colour = COLOURS[line.colour % len(COLOURS)]
        if len(line.points[0]) == 4:
            above = [(_x(p[0], across), _y(p[3], up)) for p in line.points]
            below = [(_x(p[0], across), _y(p[2], up)) for p in reversed(line.points)]
            corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*above, *below])
            parts.append(tag("polygon", points=corners, fill=colour, fill_opacity="0.16"))
        path = " ".join(f"{_x(p[0], across):.1f},{_y(p[1], up):.1f}" for p in line.points)
        dash = {"stroke_dasharray": "5 4"} if line.dashed else {}
        parts.append(tag("polyline", points=path, fill="none", stroke=colour, stroke_width=2.5, **dash))
        ends.append((_y(line.points[-1][1], up), _x(line.points[-1][0], across), line.name))
    ends.sort()
    for y, (_end, x, name) in zip(apart([y + 4 for y, _x, _name in ends]), ends, strict=True):
        parts.append(words(min(x + 5, WIDTH - RIGHT + 5), y, name, font_size="12"))
    return picture(HEIGHT, label, *parts, width=WIDTH)


def apart(heights: Sequence[float], gap: float = 15, lowest: float = HEIGHT - BOTTOM) -> list[float]:
    """Return heights, sorted, moved so that each has room and none is in the way of the axis below."""
    found: list[float] = []
    for y in heights:
        found.append(max(y, found[-1] + gap) if found else y)
    for n in reversed(range(len(found))):
        found[n] = min(found[n], lowest - gap * (len(found) - 1 - n))
    return found


def chances(points: Sequence[tuple[float, float, int]], label: str, across: str, up: str) -> str:
    """Return bins of (said, happened, n) against the diagonal, larger where more items are in one."""
    ticks = [(n / 4, f"{25 * n} %") for n in range(5)]
    x, y = Span(0, 1, ticks, across), Span(0, 1, ticks, up)
    parts = _grid(x, y)
    parts.append(
        tag(
            "line", x1=_x(0, x), y1=_y(0, y), x2=_x(1, x), y2=_y(1, y), stroke="currentColor", stroke_opacity="0.6",
            stroke_dasharray="4 3",
        )
    )  # fmt: skip
    most = max((n for _said, _was, n in points), default=1)
    for said, was, n in points:
        radius = round(4 + 6 * (n / most) ** 0.5, 1)
        parts.append(
            tag(
                "circle",
                cx=round(_x(said, x), 1),
                cy=round(_y(was, y), 1),
                r=radius,
                fill=COLOURS[0],
                fill_opacity="0.8",
            )
        )
        parts.append(words(_x(said, x) + radius + 2, _y(was, y) - 4, str(n), font_size="11", opacity="0.8"))
    return picture(HEIGHT, label, *parts, width=WIDTH)


def _x(value: float, span: Span) -> float:
    return LEFT + _share(value, span) * (WIDTH - LEFT - RIGHT)


def _y(value: float, span: Span) -> float:
    return HEIGHT - BOTTOM - _share(value, span) * (HEIGHT - TOP - BOTTOM)


def _share(value: float, span: Span) -> float:
    return max(0.0, min(1.0, (value - span.low) / ((span.high - span.low) or 1.0)))


def _grid(across: Span, up: Span) -> list[str]:
    parts = []
    for value, text in up.ticks:
        y = round(_y(value, up), 1)
        parts.append(
            tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, stroke="currentColor", stroke_opacity="0.15")
        )
        parts.append(words(LEFT - 6, y + 4, text, text_anchor="end", font_size="12", opacity="0.8"))
    for value, text in across.ticks:
        parts.append(
            words(
                _x(value, across),
                HEIGHT - BOTTOM + 17,
                text,
                text_anchor="middle",
                font_size="12",
                opacity="0.8",
            )
        )
    if across.title:
        middle = (LEFT + WIDTH - RIGHT) / 2
        parts.append(
            words(middle, HEIGHT - 5, across.title, text_anchor="middle", font_size="12", opacity="0.8")
        )
    if up.title:
        parts.append(words(4, TOP - 15, up.title, font_size="12", opacity="0.8"))
    return parts
