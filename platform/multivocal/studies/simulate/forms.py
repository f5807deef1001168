"""The form on a page: its fields by name, what each accepts, and when each is to be seen."""

import json
from dataclasses import dataclass, field
from typing import Any

from multivocal.studies.simulate.markup import Node

_TYPES = {"checkbox", "radio", "hidden", "number", "date", "email", "tel", "range"}


@dataclass(frozen=True)
class Choice:
    """One radio button, tick box or entry of a list."""

    value: str
    label: str
    exclusive: bool = False


@dataclass
class Field:
    """What can be entered under one name."""

    name: str
    kind: str  # hidden, radio, checkbox, select, number, date, text, textarea …
    value: str = ""
    question: str = ""
    optional: bool = False
    required: bool = False
    longest: int = 0
    low: str = ""
    high: str = ""
    numeric: bool = False
    choices: list[Choice] = field(default_factory=list)
    conditions: list[tuple[str, Any]] = field(default_factory=list)  # (item, show-if) from the outside in


@dataclass
class Form:
    """The stage's form: where it goes, its fields in order, and its buttons."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str, bool]] = field(default_factory=list)  # name, value, is the main one

    @property
    def asks(self) -> bool:
        """Whether there is anything to fill in or press."""
        return bool(self.buttons) or any(f.kind != "hidden" for f in self.fields.values())


def find_form(page: Node, identity: str = "stage") -> Form | None:
    """Return the form with this id, else the first form of the page's main part that is sent by POST."""
    forms = [
        node for node in page.walk() if node.tag == "form" and node.attrs.get("method", "").lower() == "post"
    ]
    named = next((node for node in forms if node.attrs.get("id") == identity), None)
    node = named or next((node for node in forms if any(up.tag == "main" for up in node.above())), None)
    return None if node is None else _read(page, node)


def _read(page: Node, node: Node) -> Form:
    form = Form(node.attrs.get("action", ""))
    identity = node.attrs.get("id")
    inside = [n for n in node.walk() if "form" not in n.attrs]
    outside = [n for n in page.walk() if identity and n.attrs.get("form") == identity]
    for element in [*inside, *outside]:
        if "disabled" in element.attrs:
            continue
        if element.tag in ("input", "select", "textarea"):
            _add(form, element)
        elif element.tag == "button" and element.attrs.get("type", "submit") == "submit":
            main = element.has_class("primary") and "formnovalidate" not in element.attrs
            form.buttons.append((element.attrs.get("name", ""), element.attrs.get("value", ""), main))
    return form


def _add(form: Form, element: Node) -> None:
    name = element.attrs.get("name", "")
    kind = element.tag if element.tag != "input" else element.attrs.get("type", "text").lower()
    if not name or kind in ("submit", "button", "image", "reset", "file"):
        return
    if element.tag == "input" and kind not in _TYPES:
        kind = "text"
    known = form.fields.get(name)
    if known is None:
        known = form.fields[name] = Field(
            name,
            kind,
            value=element.raw.strip() if kind == "textarea" else element.attrs.get("value", ""),
            question=_question(element),
            optional=_optional(element),
            required="required" in element.attrs,
            longest=_whole(element.attrs.get("maxlength", "")),
            low=element.attrs.get("min", ""),
            high=element.attrs.get("max", ""),
            numeric=element.attrs.get("inputmode", "") in ("numeric", "decimal"),
            conditions=_conditions(element),
        )
    if kind in ("radio", "checkbox"):
        exclusive = "data-exclusive" in element.attrs
        known.choices.append(Choice(element.attrs.get("value", "on"), _label(element), exclusive))
    elif kind == "select":
        known.choices = [
            Choice(option.attrs.get("value", option.text), option.text)
            for option in element.walk()
            if option.tag == "option" and "disabled" not in option.attrs
        ]


def _label(element: Node) -> str:
    return next((up.text for up in element.above() if up.tag == "label"), "")


def _containers(element: Node) -> list[Node]:
    return [up for up in element.above() if up.attrs.get("id", "").startswith("field-")]


def _question(element: Node) -> str:
    for box in _containers(element):
        for node in box.walk():
            if node.tag in ("legend", "label") or node.has_class("scale-label"):
                return node.text
    return ""


def _optional(element: Node) -> bool:
    boxes = _containers(element)
    for node in (n for box in boxes for n in box.walk() if n.has_class("optional")):
        # A row's "(optional)" speaks for the row; the question's for all its rows.
        around = next((up for up in node.above() if up.attrs.get("id", "").startswith("field-")), None)
        if any(around is box for box in boxes):
            return True
    return False


def _conditions(element: Node) -> list[tuple[str, Any]]:
    found = []
    for up in element.above():
        if "data-show-if" in up.attrs:
            found.append((up.attrs.get("data-item", ""), json.loads(up.attrs["data-show-if"])))
    return found[::-1]


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else 0
