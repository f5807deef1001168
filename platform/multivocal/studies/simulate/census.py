"""Who a bot is: age, ethnicity and sex drawn together from census shares (UK 2021, US), as PRISM's quotas are."""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("census.csv")


@dataclass(frozen=True)
class Profile:
    """One simulated person's facts, in the words forms use."""

    country: str
    age: int
    band: str
    ethnicity: str
    sex: str


@dataclass(frozen=True)
class Cell:
    """A kind of person and its share among the adults of a country."""

    country: str
    band: str
    ethnicity: str
    sex: str
    share: float


def read_census(path: Path = TABLE) -> list[Cell]:
    """Return the cells of a table with the columns country, age, ethnicity, sex, share.

    ValueError: what is wrong, with the line.
    """
    cells = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                cell = Cell(row["country"], row["age"], row["ethnicity"], row["sex"], float(row["share"]))
                _bounds(cell.band)
            except (KeyError, TypeError, ValueError):
                raise ValueError(
                    f"{path}, line {number}: country, age (18-24 or 65+), ethnicity, sex and share are needed"
                ) from None
            cells.append(cell)
    if not any(cell.share > 0 for cell in cells):
        raise ValueError(f"{path}: nobody has a share above 0")
    return cells


def draw_profile(cells: Sequence[Cell], rng: random.Random) -> Profile:
    """Return one person, drawn with the cells' shares."""
    (cell,) = rng.choices(cells, weights=[cell.share for cell in cells])
    low, high = _bounds(cell.band)
    return Profile(cell.country, rng.randint(low, high), cell.band, cell.ethnicity, cell.sex)


def _bounds(band: str) -> tuple[int, int]:
    low, _, high = band.partition("-")
    return int(low.rstrip("+")), int(high) if high else int(low.rstrip("+")) + 20
