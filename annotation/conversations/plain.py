"""The chat as plain form posts, for browsers without JavaScript: form fields become the same closed actions."""

from typing import Any
from uuid import UUID

from django.http import QueryDict

from annotation.conversations.actions import parse_action
from annotation.conversations.shapes import Action
from annotation.protocols.forms import PREFIX


def parse_plain(form: QueryDict, key: UUID) -> Action:
    """Return a posted form as an action.

    Judgements come as ``score-A`` (a number), ``rank-A`` (a place) or ``choice`` (a slot), or as the fields of the
    protocol's own form, whose names begin with ``answer.``.
    """
    do = form.get("do", "")
    data: dict[str, Any] = {"do": do, "key": str(key)}
    for name in ("type", "text", "turn", "slot"):
        if name in form:
            data[name] = form[name]
    if do == "judge":
        if own := {name: form.getlist(name) for name in form if name.startswith(PREFIX)}:
            data["form"] = own
        else:
            data["payload"] = _payload(form)
    return parse_action(data)


def _payload(form: QueryDict) -> dict[str, Any]:
    if "choice" in form:
        return {"choice": form["choice"]}
    if ranks := _numbers(form, "rank-"):
        return {"ranks": ranks}
    return {"scores": _numbers(form, "score-")}


def _numbers(form: QueryDict, prefix: str) -> dict[str, Any]:
    values = {name: form.get(name, "") for name in form if name.startswith(prefix)}
    return {
        name.removeprefix(prefix): int(value) if value.lstrip("-").isdecimal() else value
        for name, value in values.items()
        if value != ""
    }
