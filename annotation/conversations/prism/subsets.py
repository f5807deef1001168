"""PRISM's subsets: balanced over conversation types (seed 0) and like the census (seed 42, 300 people, plus one)."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.conversations.prism import census

_SIZE = 300
_NAMES = {name.lower(): name for name in ("White", "Asian", "Black", "Mixed", "Hispanic", "Other")}
_COUNTRIES = {"uk": ("uk", "united kingdom"), "us": ("us", "usa", "united states")}


def balanced(conversations: Sequence[tuple[str, str, str]], types: Sequence[str]) -> set[str]:
    """Return the ids of the balanced conversations.

    ``conversations`` are (id, user, type) in order. Per user who has all ``types``: as many of each type as of the
    rarest, drawn without replacement; pandas' random_state is 0, as in PRISM.
    """
    import pandas

    chosen: set[str] = set()
    if not conversations or not types:
        return chosen
    frame = pandas.DataFrame(conversations, columns=["id", "user", "type"])
    for _user, mine in frame.groupby("user", sort=False):
        groups = [mine[mine["type"] == kind] for kind in types]
        least = min(len(group) for group in groups)
        if least:
            for group in groups:
                chosen.update(group.sample(n=least, random_state=0)["id"])
    return chosen


def representative(country: str, people: Sequence[Mapping[str, Any]]) -> set[str] | None:
    """Return the user ids of the census subset of ``country`` (uk or us); None where the census file is absent.

    ``people`` are survey rows of users with balanced conversations. Each cell gives int(share × 300) + 1 people,
    or all where there are fewer.
    """
    import pandas

    shares = census.cells(country)
    if not shares:
        return None
    pool = [(row["user_id"], cell) for row in people if (cell := _cell(country, row)) is not None]
    chosen: set[str] = set()
    for cell, share in sorted(shares.items()):
        mine = pandas.Series([user for user, where in pool if where == cell], dtype="object")
        wanted = int(share * _SIZE) + 1
        chosen.update(mine if len(mine) <= wanted else mine.sample(n=wanted, random_state=42))
    return chosen


def _cell(country: str, row: Mapping[str, Any]) -> census.Cell | None:
    if str(row["study_locale"]).lower() not in _COUNTRIES[country]:
        return None
    said = row["ethnicity"] or {}
    # Until people have coded the descriptions, one that is exactly a category's name is taken for it.
    group = said.get("simplified") or _NAMES.get(str(said.get("self_described")))
    ethnicity = group if group in ("White", "Asian", "Black", "Mixed") else "Other"
    if group in (None, "Prefer not to say") or row["gender"] not in ("Male", "Female"):
        return None
    return (row["age"], ethnicity, row["gender"])
