"""The score of a detailed-guidelines MUSHRA sheet."""

from collections.abc import Mapping
from math import inf

from annotation.statistics.errors import NotEstimable

FAULTS = ("MP", "SP", "US", "DA", "SEF", "WS")
QUALITIES = ("L", "VQ", "R")


def detailed_score(sheet: Mapping[str, float]) -> float:
    """Return (L+VQ+R)/3 − 5·min(MP,15) − 10·min(SP,7) − 5·US − 5·DA − 25·WS − 5·SEF; it may be below 0.

    ``sheet`` has the faults MP, SP, US, DA, SEF and WS as whole counts, and the qualities L, VQ and R from 0 to
    100. Refuses a missing or unknown field and values off their range.
    Source: Rethinking MUSHRA, TMLR 2025, MUSHRA-DG.
    """
    if set(sheet) != {*FAULTS, *QUALITIES}:
        odd = sorted(set(sheet) ^ {*FAULTS, *QUALITIES})
        raise NotEstimable(f"The sheet needs exactly {', '.join((*FAULTS, *QUALITIES))}; look at {odd[0]}.")
    for name in FAULTS:
        if not 0 <= sheet[name] < inf or sheet[name] != int(sheet[name]):
            raise NotEstimable(f"{name} must be a whole count, 0 or more.")
    for name in QUALITIES:
        if not 0 <= sheet[name] <= 100:
            raise NotEstimable(f"{name} must be from 0 to 100.")
    quality = sum(sheet[name] for name in QUALITIES) / 3
    spoken = 5 * min(sheet["MP"], 15) + 10 * min(sheet["SP"], 7)
    return quality - spoken - 5 * (sheet["US"] + sheet["DA"] + sheet["SEF"]) - 25 * sheet["WS"]
