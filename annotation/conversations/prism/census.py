"""Census cells (age band × ethnicity × gender) of the United Kingdom and the United States, as shares of adults.

The files are those of PRISM's repository: ONS 2021 (Open Government Licence v3) and US Census (public domain).
They are optional; where they are absent there are no cells.
"""

import csv
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

from django.conf import settings

Cell = tuple[str, str, str]
AGES = (
    (18, 24, "18-24 years old"),
    (25, 34, "25-34 years old"),
    (35, 44, "35-44 years old"),
    (45, 54, "45-54 years old"),
    (55, 64, "55-64 years old"),
    (65, 200, "65+ years old"),
)
_UK = {"Asian": "Asian", "Black": "Black", "Mixed": "Mixed", "White": "White", "Other": "Other"}


def folder() -> Path:
    """Return where the census files are looked for: ``MULTIVOCAL_DATA``, else beside the project."""
    return (
        Path(os.environ.get("MULTIVOCAL_DATA", Path(settings.BASE_DIR).parent / "shared" / "data")) / "prism"
    )


@cache
def cells(country: str) -> dict[Cell, float]:
    """Return the share of each cell among the adults of ``country`` (uk or us); empty without the file."""
    try:
        counts = _uk() if country == "uk" else _us()
    except FileNotFoundError:
        return {}
    total = sum(counts.values())
    return {cell: count / total for cell, count in counts.items()}


def _uk() -> Counter[Cell]:
    counts: Counter[Cell] = Counter()
    with (folder() / "uk.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            age = int(re.sub(r"\D", "", row["Age"]))
            band = next((name for low, high, name in AGES if low <= age <= high), None)
            for column, number in row.items():
                found = re.fullmatch(r"(\w+).*, (Female|Male) 2021 \(number\)", column)
                if band and found and number:
                    counts[band, _UK[found[1]], found[2]] += int(number)
    return counts


def _us() -> Counter[Cell]:
    counts: Counter[Cell] = Counter()
    with (folder() / "us_census_aggregate.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for column, share in row.items():
                group, _, gender = column.partition("_")
                if (
                    gender in ("Male", "Female")
                    and group != "All"
                    and row["age_category"] in {name for *_ages, name in AGES}
                ):
                    # A share counts like a number of people; Hispanic is folded as PRISM folds it.
                    counts[row["age_category"], "Other" if group == "Hispanic" else group, gender] += float(
                        share
                    )  # type: ignore[assignment]
    return counts
