"""Small plots as SVG text: labels where the eye is, intervals always, n always, and colours all eyes can tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

# Okabe and Ito's palette, dark enough to stand on white and on the admin's dark ground.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
WIDTH, ROW, TOP, LABEL, VALUE = 800, 34, 26, 235, 245
FONT = 'font-family="system-ui, sans-serif" font-size="13"'


def tag(name: str, *inside: str, **attributes: Any) -> str:
    """Return an element; ``_`` in an attribute's name is a hyphen, a trailing one is dropped."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items()
    )
    return f"<{name}{given}>{''.join(inside)}</{name}>" if inside else f"<{name}{given}/>"


def words(x: float, y: float, text: str, **attributes: Any) -> str:
    """Return a text; it takes the colour around it."""
    return tag("text", escape(text), x=round(x, 1), y=round(y, 1), fill="currentColor", **attributes)


def picture(height: float, label: str, *inside: str, width: int = WIDTH) -> str:
    """Return a whole drawing that stands alone as a file and says what it shows."""
    kind = "mv-figure-svg mv-square" if width < 600 else "mv-figure-svg"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" role="img" '
        f'aria-label="{escape(label)}" class="{kind}" {FONT}>{"".join(inside)}</svg>'
    )


@dataclass(frozen=True)
class Dot:
    """One line of a dot plot: ``estimate`` None where it was refused; ``told`` stands at its right."""

    label: str
    estimate: float | None
    low: float | None = None
    high: float | None = None
    told: str = ""
    colour: int = 0
    hollow: bool = False


@dataclass(frozen=True)
class Axis:
    """What the x axis spans, and the lines across it: ``(value, label)``."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    marks: Sequence[tuple[float, str]] = field(default_factory=tuple)

    def at(self, value: float) -> float:
        """Return the x place of a value, kept inside the axis."""
        share = (value - self.low) / (self.high - self.low)
        return LABEL + max(0.0, min(1.0, share)) * (WIDTH - LABEL - VALUE)


def dots(rows: Sequence[Dot], axis: Axis, label: str) -> str:
    """Return estimates with their intervals, one line each."""
    height = TOP + ROW * len(rows) + 26
    parts = []
    bottom = TOP + ROW * len(rows)
    for value, text in axis.ticks:
        x = round(axis.at(value), 1)
        parts.append(
            tag("line", x1=x, x2=x, y1=TOP - 6, y2=bottom, stroke="currentColor", stroke_opacity="0.15")
        )
        parts.append(words(x, bottom + 18, text, text_anchor="middle", opacity="0.75"))
    for value, text in axis.marks:
        x = round(axis.at(value), 1)
        parts.append(
            tag(
                "line",
                x1=x,
                x2=x,
                y1=TOP - 6,
                y2=bottom,
                stroke="currentColor",
                stroke_dasharray="4 3",
                stroke_opacity="0.7",
            )
        )
        parts.append(words(x, TOP - 11, text, text_anchor="middle", opacity="0.75"))
    for n, row in enumerate(rows):
        y = TOP + ROW * n + ROW / 2
        parts.append(words(LABEL - 12, y + 4, _short(row.label), text_anchor="end"))
        if row.estimate is None:
            parts.append(words(LABEL + 4, y + 4, row.told, opacity="0.75", font_style="italic"))
            continue
        colour = COLOURS[row.colour % len(COLOURS)]
        if row.low is not None and row.high is not None:
            x1, x2 = axis.at(row.low), axis.at(row.high)
            parts.append(
                tag(
                    "line",
                    x1=round(x1, 1),
                    x2=round(x2, 1),
                    y1=y,
                    y2=y,
                    stroke=colour,
                    stroke_width=3,
                    stroke_linecap="round",
                )
            )
        fill = "none" if row.hollow else colour
        parts.append(
            tag(
                "circle",
                cx=round(axis.at(row.estimate), 1),
                cy=y,
                r=6,
                fill=fill,
                stroke=colour,
                stroke_width=2,
            )
        )
        parts.append(words(WIDTH - VALUE + 14, y + 4, row.told))
    return picture(height, label, *parts)


def table3(cells: Sequence[Sequence[float]], names: Sequence[str], across: str, down: str, label: str) -> str:
    """Return a 3×3 table as a square: the darker, the more; the diagonal, where both agree, is framed."""
    total = sum(map(sum, cells)) or 1
    size, left, top = 92, 170, 62
    parts = [
        words(left + 1.5 * size, 18, across, text_anchor="middle", font_weight="600"),
        words(8, top - 12, down, font_weight="600"),
    ]
    most = max(max(map(max, cells)), 1)
    for i, line in enumerate(cells):
        parts.append(words(left - 12, top + size * i + size / 2 + 4, names[i], text_anchor="end"))
        parts.append(words(left + size * i + size / 2, top - 12, names[i], text_anchor="middle"))
        for j, value in enumerate(line):
            x, y = left + size * j, top + size * i
            parts.append(
                tag(
                    "rect",
                    x=x,
                    y=y,
                    width=size - 4,
                    height=size - 4,
                    rx=4,
                    fill=COLOURS[0],
                    fill_opacity=f"{0.06 + 0.5 * value / most:.3f}",
                )
            )
            if i == j:
                parts.append(
                    tag(
                        "rect",
                        x=x,
                        y=y,
                        width=size - 4,
                        height=size - 4,
                        rx=4,
                        fill="none",
                        stroke="currentColor",
                        stroke_width=2,
                    )
                )
            parts.append(
                words(
                    x + size / 2 - 2,
                    y + size / 2,
                    f"{value:,.0f}" if value == int(value) else f"{value:,.1f}",
                    text_anchor="middle",
                    font_size="17",
                    font_weight="600",
                )
            )
            parts.append(
                words(
                    x + size / 2 - 2,
                    y + size / 2 + 20,
                    f"{100 * value / total:.1f} %",
                    text_anchor="middle",
                    opacity="0.8",
                )
            )
    return picture(top + 3 * size + 4, label, *parts, width=left + 3 * size + 8)


def curve(
    lines: Sequence[tuple[str, Sequence[tuple[float, float, float, float]]]],
    goal: float,
    across: str,
    label: str,
) -> str:
    """Return curves of a share (0 to 1) over a number, each with its band: ``(x, share, low, high)``."""
    height, left, right, top, bottom = 320, 52, 150, 16, 46
    xs = [x for _name, points in lines for x, *_rest in points] or [0, 1]
    first, last = min(xs), max(xs)

    def at(x: float, share: float) -> tuple[float, float]:
        part = (x - first) / (last - first) if last > first else 0.5
        return left + part * (WIDTH - left - right), top + (1 - share) * (height - top - bottom)

    parts = []
    for share in (0, 0.2, 0.4, 0.6, 0.8, 1):
        y = at(first, share)[1]
        parts.append(
            tag("line", x1=left, x2=WIDTH - right, y1=y, y2=y, stroke="currentColor", stroke_opacity="0.15")
        )
        parts.append(words(left - 8, y + 4, f"{share:.0%}", text_anchor="end", opacity="0.75"))
    y = at(first, goal)[1]
    parts.append(
        tag(
            "line",
            x1=left,
            x2=WIDTH - right,
            y1=y,
            y2=y,
            stroke="currentColor",
            stroke_dasharray="4 3",
            stroke_opacity="0.7",
        )
    )
    for x in sorted(set(xs)):
        parts.append(
            words(at(x, 0)[0], height - bottom + 20, f"{x:,.0f}", text_anchor="middle", opacity="0.75")
        )
    parts.append(words((left + WIDTH - right) / 2, height - 6, across, text_anchor="middle"))
    taken: list[float] = []
    for n, (name, points) in enumerate(lines):
        colour = COLOURS[n % len(COLOURS)]
        there = [at(x, share) for x, share, _low, _high in points]
        band = [at(x, high) for x, _s, _low, high in points] + [
            at(x, low) for x, _s, low, _high in reversed(points)
        ]
        parts.append(tag("polygon", points=_points(band), fill=colour, fill_opacity="0.14"))
        parts.append(tag("polyline", points=_points(there), fill="none", stroke=colour, stroke_width=2.5))
        parts += [tag("circle", cx=round(x, 1), cy=round(y, 1), r=4, fill=colour) for x, y in there]
        end = there[-1][1] + 4
        while any(abs(end - other) < 16 for other in taken):
            end += 16
        taken.append(end)
        parts.append(words(WIDTH - right + 10, end, name))
    return picture(height, label, *parts)


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _short(text: str) -> str:
    return text if len(text) <= 34 else f"{text[:33]}…"
