"""The list twin of the picture: the same values and steps, searched, sorted and cut into pages."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy

from elicitation.moral_graph.pages.rows import Row
from elicitation.moral_graph.pages.view import View

PAGE = 50
Key = Callable[[Row], Any]

VALUE_ORDERS: Mapping[str, tuple[Any, Key]] = {
    "rank": (gettext_lazy("wisest first"), lambda row: row["rank"]),
    "cards": (
        gettext_lazy("most cards first"),
        lambda row: (-row["cards"] - row["simulatedCards"], row["rank"]),
    ),
    "sure": (gettext_lazy("surest place first"), lambda row: (_spread(row), row["rank"])),
    "title": (gettext_lazy("by title"), lambda row: plain(row["title"])),
}
STEP_ORDERS: Mapping[str, tuple[Any, Key]] = {
    "supported": (
        gettext_lazy("supported first"),
        lambda row: (not row["supported"], -row["votes"], -row["net"]),
    ),
    "net": (gettext_lazy("strongest first"), lambda row: -row["net"]),
    "votes": (gettext_lazy("most votes first"), lambda row: (-row["votes"], -row["net"])),
    "unsure": (gettext_lazy("least certain first"), lambda row: row["certainty"]),
}


@dataclass(frozen=True)
class Listing:
    """What the list shows: the rows of one page, how many there are in all, and where the other pages are."""

    show: str
    words: str
    values: list[Row]
    steps: list[Row]
    value_count: int
    step_count: int
    sort: str
    page: int
    pages: int
    matches: list[int] | None

    @property
    def orders(self) -> Mapping[str, tuple[Any, Key]]:
        """Return the orders this list can be put in."""
        return STEP_ORDERS if self.show == "steps" else VALUE_ORDERS


def list_of(view: View, asked: Mapping[str, str]) -> Listing:
    """Return the list for the parameters ``q, show (values, steps), sort, page``; odd ones count as left out."""
    words = asked.get("q", "").strip()[:200]
    wanted = plain(words).split()
    values = [row for row in view.values if fits(_text(row), wanted)] if wanted else view.values
    found = {row["id"] for row in values} if wanted else set()
    steps = [
        row for row in view.steps
        if not wanted or row["sourceValueId"] in found or row["wiserValueId"] in found
    ]  # fmt: skip
    show = "steps" if asked.get("show") == "steps" else "values"
    orders = STEP_ORDERS if show == "steps" else VALUE_ORDERS
    sort = asked.get("sort", "")
    sort = sort if sort in orders else next(iter(orders))
    shown = sorted(steps if show == "steps" else values, key=orders[sort][1])
    pages = max(1, -(-len(shown) // PAGE))
    number = asked.get("page", "")
    page = min(int(number), pages) if number.isdecimal() and len(number) < 6 and int(number) else 1
    part = shown[(page - 1) * PAGE : page * PAGE]
    return Listing(
        show=show, words=words,
        values=[{**row, "bar": value_bar(row, len(view.values))} for row in part] if show == "values" else [],
        steps=[{**row, "bar": step_bar(row)} for row in part] if show == "steps" else [],
        value_count=len(values), step_count=len(steps), sort=sort, page=page, pages=pages,
        matches=sorted(found) if wanted else None,
    )  # fmt: skip


def value_bar(row: Row, count: int) -> tuple[str, str, str]:
    """Return start, width and place of a value's interval, each from 0 to 100 along the order."""
    low, high = row.get("rankCi95", (row["rank"], row["rank"]))
    unit = 98.5 / max(count - 1, 1)
    return f"{(low - 1) * unit:.1f}", f"{(high - low) * unit + 1.5:.1f}", f"{(row['rank'] - 1) * unit:.1f}"


def step_bar(row: Row) -> tuple[str, str, str] | None:
    """Return start, width and place of a step's interval from -1 to 1 on a line from 0 to 100; None without one."""
    if row["low"] is None:
        return None
    start, end, at = (49.25 * (row[name] + 1) for name in ("low", "high", "net"))
    return f"{start:.1f}", f"{end - start + 1.5:.1f}", f"{at:.1f}"


def address(asked: Mapping[str, str], **changes: Any) -> str:
    """Return the page's query with ``changes``; what is empty is left out."""
    kept = {name: value for name, value in asked.items() if name != "part"} | changes
    return "?" + urlencode({name: value for name, value in kept.items() if value not in ("", None)})


def plain(text: str) -> str:
    """Return a text as it is searched: without case and accents."""
    text = text.casefold()
    if text.isascii():
        return text
    split = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def fits(text: str, wanted: list[str]) -> bool:
    """Return whether every wanted word is in ``text``."""
    return all(word in text for word in wanted)


def _text(row: Row) -> str:
    return plain("\n".join([f"{row['id']}", row["title"], row["description"], *row["policies"]]))


def _spread(row: Row) -> int:
    low, high = row.get("rankCi95", (0, 10**6))
    return int(high - low)
