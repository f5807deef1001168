"""Small plots as SVG text: labels where the eye is, intervals always, n always, and colours all eyes can tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

# Okabe and Ito's palette, dark enough to stand on white and on the admin's dark ground.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
WIDTH, ROW, TOP, EDGE = 440, 46, 26, 22
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


def picture(height: float, label: str, *inside: str, width: int = WIDTH, square: bool = False) -> str:
    """Return a whole drawing that stands alone as a file and says what it shows."""
    kind = "mv-figure-svg mv-square" if square else "mv-figure-svg"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" role="img" '
        f'aria-label="{escape(label)}" class="{kind}" {FONT}>{"".join(inside)}</svg>'
    )


@dataclass(frozen=True)
class Dot:
    """One line of a dot plot: ``estimate`` None where it was refused; ``told`` stands above it, at the right."""

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
        return EDGE + max(0.0, min(1.0, share)) * (WIDTH - 2 * EDGE)


def dots(rows: Sequence[Dot], axis: Axis, label: str) -> str:
    """Return estimates with their intervals, one line each, narrow enough to be read on a phone as it is."""
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
        y = TOP + ROW * n + 32
        parts.append(words(0, y - 15, _short(row.label, row.told), font_size="12.5"))
        parts.append(words(WIDTH, y - 15, row.told, text_anchor="end", font_size="12.5"))
        if row.estimate is None:
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
            box = {"x": x, "y": y, "width": size - 4, "height": size - 4, "rx": 4}
            parts.append(tag("rect", **box, fill=COLOURS[0], fill_opacity=f"{0.06 + 0.5 * value / most:.3f}"))
            if i == j:
                parts.append(tag("rect", **box, fill="none", stroke="currentColor", stroke_width=2))
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
    return picture(top + 3 * size + 4, label, *parts, width=left + 3 * size + 8, square=True)


def _short(text: str, beside: str) -> str:
    """Return a label cut to the room that what stands beside it leaves."""
    room = max(62 - len(beside), 12)
    return text.strip() if len(text.strip()) <= room else f"{text.strip()[: room - 1]}…"
