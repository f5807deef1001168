"""What a browser without JavaScript would send: the fields of a painted form, as it stands."""

from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.words = ""
        self._select = ""
        self._area: tuple[str, list[str]] | None = None
        self._labels = 0
        self.named: set[str] = set()
        self.nameless: list[str] = []

    def _name(self, tag: str, given: dict[str, str]) -> None:
        if tag == "label":
            self._labels += 1
            self.named.add(given.get("for", ""))
        elif tag not in ("input", "select", "textarea") or given.get("type") == "hidden":
            return
        elif not self._labels and "aria-label" not in given:
            self.nameless.append(given.get("id") or given.get("name", ""))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        self._name(tag, given)
        if "disabled" in given:
            return
        if tag == "input":
            ticks = given.get("type") in ("radio", "checkbox")
            if "name" in given and (not ticks or "checked" in given):
                self.fields.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and "selected" in given:
            self.fields.append((self._select, given["value"]))
        elif tag == "textarea":
            self._area = (given["name"], [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._labels -= 1
        if tag == "textarea" and self._area:
            self.fields.append((self._area[0], "".join(self._area[1])))
            self._area = None

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._area:
            self._area[1].append(data)


def read_page(html: str) -> Any:
    """Return the parsed page: ``fields`` as (name, value), ``ids``, ``words``, and controls that are ``nameless``."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.nameless = [control for control in reader.nameless if control not in reader.named]
    return reader


def sent(html: str) -> QueryDict:
    """Return the page's fields as they would be posted."""
    form = QueryDict(mutable=True)
    for name, value in read_page(html).fields:
        form.appendlist(name, value)
    return form
