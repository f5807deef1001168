"""The registry of feedback protocols: one frozen record per way of asking."""

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from pydantic import ValidationError

from annotation.protocols.common import guarded
from annotation.protocols.models import ProtocolVersion
from annotation.protocols.shapes import NoAnswer, Preference, ProtocolConfig, Score, Shown, Slots, seen
from multivocal.domain.shapes import Shape, problems
from multivocal.errors import Invalid, Unprocessable

Say = Callable[[Any], str]
Form = Any  # a QueryDict, or anything with get() and getlist()

__all__ = [
    "NoAnswer",
    "Preference",
    "Protocol",
    "ProtocolConfig",
    "Score",
    "Shown",
    "Slots",
    "answer_schema",
    "leaders",
    "parse_response",
    "protocols",
    "store_protocol",
]


def _none(config: Any, response: Any, shown: Any) -> tuple[()]:
    return ()


def _as_given(config: Any, payload: Any, shown: Any) -> Any:
    return payload


@dataclass(frozen=True)
class Protocol:
    """A way of asking.

    - ``config`` and ``response``: the closed shapes of its configuration and of one answer.
    - ``responses``: least and most responses on one screen.
    - ``template``: the form as an HTML fragment; see ``annotation.protocols.painting`` for its context.
    - ``check(config, response, shown)``: place → sentence, empty when the answer is complete.
    - ``scores(config, response, shown)``: a number per slot, higher is better, None where not judged.
    - ``read(config, form, shown)``: the payload in a posted form, whose names begin with ``answer.``; what was left
      blank is missing in it.
    - ``ask(config, shown, say)``: how a model is told to answer, after the rubric and the responses.
    - ``preferences(config, response, shown)``: the pairs that follow, as ``Preference``.
    - ``ratings(config, response, shown)``: the numbers that follow, as ``Score``.
    - ``settle(config, payload, shown)``: the payload with what follows from what was shown filled in.
    - ``asked``: the shape a model fills in, where ``settle`` makes a response of a simpler one.

    All of them take bare slots for ``shown``. Non-answers are the same for every kind: the record deals with them,
    and a kind's own functions never meet one.
    """

    kind: str
    config: type[ProtocolConfig]
    response: type[Shape]
    responses: tuple[int, int]
    template: str
    check: Callable[[Any, Any, Any], Mapping[str, str]]
    scores: Callable[[Any, Any, Any], Mapping[str, float | None]]
    read: Callable[[Any, Form, Any], Any]
    ask: Callable[[Any, Any, Say], str]
    preferences: Callable[[Any, Any, Any], tuple[Preference, ...]] = _none
    ratings: Callable[[Any, Any, Any], tuple[Score, ...]] = _none
    settle: Callable[[Any, Any, Any], Any] = _as_given
    asked: type[Shape] | None = None

    def __post_init__(self) -> None:
        for name, function in guarded(self).items():
            object.__setattr__(self, name, function)


@functools.cache
def protocols() -> dict[str, Protocol]:
    """Return every registered protocol by its kind."""
    return {kind: import_string(path) for kind, path in settings.FEEDBACK_PROTOCOLS.items()}


def parse_response(config: ProtocolConfig, payload: Any, shown: Shown | Slots) -> Shape:
    """Return ``payload`` as the protocol's response (or a ``NoAnswer``), complete for what was shown.

    Refuses with the places: ``Invalid`` what has not the protocol's form, ``Unprocessable`` what is missing or wrong.
    """
    protocol = protocols()[config.kind]
    shown = seen(shown)
    shape = NoAnswer if isinstance(payload, Mapping) and "no_answer" in payload else protocol.response
    try:
        response = shape.model_validate(protocol.settle(config, payload, shown))
    except ValidationError as error:
        _refuse(error)
    if wrong := protocol.check(config, response, shown):
        raise Unprocessable(_("Some answers are not judged yet."), fields=dict(wrong))
    return response


def _refuse(error: ValidationError) -> NoReturn:
    places = problems(error)
    kinds = {
        item["type"] for item in error.errors(include_url=False, include_context=False, include_input=False)
    }
    if kinds == {"missing"}:
        fields = dict.fromkeys(places, _("this is not answered yet"))
        raise Unprocessable(_("Some answers are not judged yet."), fields=fields) from None
    raise Invalid(_("This judgement does not have the expected form."), fields=places) from None


def leaders(config: ProtocolConfig, response: Shape, shown: Shown | Slots) -> list[str]:
    """Return the slots that share the best score, in slot order; empty when nothing was judged."""
    shown = seen(shown)
    scores = protocols()[config.kind].scores(config, response, shown)
    known = {slot: score for slot, score in scores.items() if score is not None}
    best = max(known.values(), default=None)
    return [slot for slot in shown.slots if slot in known and known[slot] == best]


def answer_schema(config: ProtocolConfig, shown: Shown | Slots) -> dict[str, Any]:
    """Return the JSON Schema of an answer to ``shown``, with its slots, dimensions and units spelled out.

    For structured output of a model: a judgement or, where the configuration allows one, a non-answer.
    """
    from annotation.protocols.schemas import schema_of

    protocol = protocols()[config.kind]
    return schema_of(protocol.asked or protocol.response, config, seen(shown))


def store_protocol(config: ProtocolConfig) -> ProtocolVersion:
    """Return the immutable row of this configuration, making it the first time."""
    content = config.model_dump(mode="json")
    sha256 = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    row, _ = ProtocolVersion.objects.get_or_create(
        sha256=sha256, defaults={"kind": config.kind, "config": content}
    )
    return row
