"""A measured figure: its value, what is to be reached, the floor beside it; printed as a line and kept as JSON."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[2] / "var" / "bench"


@dataclass
class Figure:
    """One line of the table.

    ``target`` is what is to be reached, ``best`` tells which way is better ("low" or "high"); ``floor`` is the bare
    thing's value in the same unit.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    best: str = "low"
    floor: float | None = None
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if self.target is None:
            return None
        return self.value <= self.target if self.best == "low" else self.value >= self.target

    @property
    def ratio(self) -> float | None:
        """The value over the floor's."""
        return self.value / self.floor if self.floor else None

    def line(self) -> str:
        """Return the figure as one line."""
        said = {True: "reached", False: "MISSED", None: ""}[self.reached]
        sign = "≤" if self.best == "low" else "≥"
        wanted = f"{sign} {_number(self.target)}" if self.target is not None else ""
        floor = f"floor {_number(self.floor)}, ratio {self.ratio:.2f}" if self.ratio is not None else ""
        parts = f"{self.name:<58} {_number(self.value):>10} {self.unit:<9} {wanted:>10} {said:<8} {floor}"
        return f"{parts}  {self.note}".rstrip()


def keep(group: str, figures: list[Figure]) -> None:
    """Print the figures of a group and write them to var/bench/<group>.json."""
    for figure in figures:
        print(figure.line(), flush=True)
    OUT.mkdir(parents=True, exist_ok=True)
    told = {
        "group": group,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "figures": [asdict(one) | {"reached": one.reached, "ratio": one.ratio} for one in figures],
    }
    (OUT / f"{group}.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
