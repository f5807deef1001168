"""The codebook: what every column means, as data and as CSV."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from multivocal.domain.datasets import Dataset

HEADER = ("dataset", "position", "name", "type", "unit", "null_when", "identifying", "description")


def as_data(found: Dataset) -> dict[str, Any]:
    """Return a dataset's description with its columns in order."""
    return {
        "name": found.key,
        "title": str(found.title),
        "description": str(found.description),
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "unit": column.unit,
                "null_when": column.null,
                "identifying": column.identifying,
                "description": column.description,
            }
            for column in found.columns
        ],
    }


def as_csv(found: Iterable[Dataset]) -> str:
    """Return one line per column of every dataset."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for each in found:
        for position, column in enumerate(each.columns, start=1):
            described = (column.unit, column.null, str(column.identifying).lower(), column.description)
            writer.writerow((each.key, position, column.name, column.type, *described))
    return out.getvalue()
