"""Lines over people as SVG text, each with its name at its end."""

from collections.abc import Sequence

from multivocal.domain.svg import COLOURS, WIDTH, picture, tag, words

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 240, 36, 14, 34, 40
Points = Sequence[tuple[float, float | None]]


def curve(lines: Sequence[tuple[str, Points]], most: float, below: str, label: str) -> str:
    """Return lines from 0 to ``most``; a point without a value (None) breaks its line."""
    last = max((x for _name, points in lines for x, _y in points), default=1) or 1

    def at(x: float, y: float) -> tuple[float, float]:
        across = LEFT + x / last * (WIDTH - LEFT - RIGHT)
        return round(across, 1), round(HEIGHT - BOTTOM - max(y, 0) / (most or 1) * (HEIGHT - TOP - BOTTOM), 1)

    parts = []
    for share in (0.0, 0.5, 1.0):
        _x, y = at(0, share * most)
        parts.append(
            tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, stroke="currentColor", stroke_opacity="0.15")
        )
        parts.append(words(LEFT - 6, y + 4, f"{share * most:g}", text_anchor="end", opacity="0.75"))
    for x, anchor in ((last / 2, "middle"), (last, "end")):
        parts.append(words(at(x, 0)[0], HEIGHT - BOTTOM + 18, f"{x:g}", text_anchor=anchor, opacity="0.75"))
    parts.append(words(LEFT, HEIGHT - 4, below, opacity="0.75"))
    for n, (name, points) in enumerate(lines):
        colour = COLOURS[n % len(COLOURS)]
        dashes = {"stroke_dasharray": "7 4"} if n else {}
        for run in _runs(points):
            path = "M" + "L".join(f"{x} {y}" for x, y in (at(*point) for point in run))
            parts.append(tag("path", d=path, fill="none", stroke=colour, stroke_width=2.5, **dashes))
            parts += [
                tag("circle", cx=at(*p)[0], cy=at(*p)[1], r=3, fill=colour) for p in run if len(points) <= 30
            ]
        shown = LEFT + n * (WIDTH - LEFT) / max(len(lines), 1)
        parts.append(
            tag("line", x1=shown, x2=shown + 22, y1=12, y2=12, stroke=colour, stroke_width=2.5, **dashes)
        )
        parts.append(words(shown + 28, 16, name, font_size="12"))
    return picture(HEIGHT, label, *parts)


def _runs(points: Points) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            found.append([])
        else:
            found[-1].append((x, y))
    return [run for run in found if run]
