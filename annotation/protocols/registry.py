"""The registry of feedback protocols: one frozen record per way of asking."""

import functools
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from pydantic import ValidationError

from annotation.protocols.models import ProtocolVersion
from multivocal.domain.shapes import Shape, problems
from multivocal.errors import Invalid, Unprocessable

Slots = Sequence[str]


class ProtocolConfig(Shape):
    """What every protocol's configuration has; a kind adds its own keys."""

    kind: str


@dataclass(frozen=True)
class Protocol:
    """A way of asking.

    ``config`` and ``response`` are the closed shapes of its configuration and of one answer;
    ``check(config, response, slots)`` maps places to sentences, empty when the answer is complete;
    ``scores(config, response, slots)`` gives a number per slot, higher is better, None where not judged.
    """

    kind: str
    config: type[ProtocolConfig]
    response: type[Shape]
    check: Callable[[Any, Any, Slots], Mapping[str, str]]
    scores: Callable[[Any, Any, Slots], Mapping[str, float | None]]


@functools.cache
def protocols() -> dict[str, Protocol]:
    """Return every registered protocol by its kind."""
    return {kind: import_string(path) for kind, path in settings.FEEDBACK_PROTOCOLS.items()}


def parse_response(config: ProtocolConfig, payload: Any, slots: Slots) -> Shape:
    """Return ``payload`` as the protocol's response, complete for ``slots``, or refuse with the places."""
    protocol = protocols()[config.kind]
    try:
        response = protocol.response.model_validate(payload)
    except ValidationError as error:
        raise Invalid(_("This judgement does not have the expected form."), fields=problems(error)) from None
    if wrong := protocol.check(config, response, slots):
        raise Unprocessable(_("Some answers are not judged yet."), fields=dict(wrong))
    return response


def leaders(config: ProtocolConfig, response: Shape, slots: Slots) -> list[str]:
    """Return the slots that share the best score, in slot order; empty when nothing was judged."""
    scores = protocols()[config.kind].scores(config, response, slots)
    known = {slot: score for slot, score in scores.items() if score is not None}
    best = max(known.values(), default=None)
    return [slot for slot in slots if slot in known and known[slot] == best]


def store_protocol(config: ProtocolConfig) -> ProtocolVersion:
    """Return the immutable row of this configuration, making it the first time."""
    content = config.model_dump(mode="json")
    sha256 = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    row, _ = ProtocolVersion.objects.get_or_create(
        sha256=sha256, defaults={"kind": config.kind, "config": content}
    )
    return row
