"""The talk as plain form posts, for browsers without JavaScript: form fields become the same closed actions."""

from typing import Any
from uuid import UUID

from django.http import QueryDict

from elicitation.interviews.actions import parse_action
from elicitation.interviews.shapes import Action

MOST_LINES = 10


def parse_plain(form: QueryDict, key: UUID) -> Action:
    """Return a posted form as an action; the lines of a card come as ``policy-0``, ``policy-1``, …."""
    do = form.get("do", "")
    data: dict[str, Any] = {"do": do, "key": str(key)}
    if do in ("say", "change"):
        data["text"] = form.get("text", "")
    elif do == "write":
        lines = [form.get(f"policy-{n}", "") for n in range(MOST_LINES)]
        data |= {"title": form.get("title", ""), "description": form.get("description", "")}
        data["policies"] = [line for line in lines if line.strip()]
    elif do == "accept":
        number = form.get("version", "")
        data["version"] = int(number) if number.isdecimal() and len(number) < 6 else 0
        data["names_are_fine"] = bool(form.get("names_are_fine"))
    elif do == "begin":
        data |= {name: form[name] for name in ("question", "experience") if form.get(name)}
    elif do == "reopen":
        data["interview"] = form.get("interview", "")
    return parse_action(data)
