"""What a protocol's HTML fragment is painted from: the same context for a page, for practice and for a live talk."""

from collections.abc import Callable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from annotation.protocols.forms import PREFIX
from annotation.protocols.registry import ProtocolConfig, Shown, Slots, protocols
from annotation.protocols.shapes import seen
from multivocal.domain.shapes import Shape


def judging_context(
    config: ProtocolConfig,
    shown: Shown | Slots,
    say: Callable[[Any], str],
    *,
    given: Mapping[str, Any] | None = None,
    problems: Mapping[str, str] | None = None,
    disabled: bool = False,
) -> dict[str, Any]:
    """Return the context of ``protocols()[config.kind].template``: a form fragment without <form> and buttons.

    ``say`` gives a text in the participant's language (``visit.say``); ``given`` is a payload to show again, also an
    incomplete one; ``problems`` maps places to sentences as a refusal's ``fields`` do. Keys of the result: ``kind``,
    ``template``, ``config`` (texts said), ``shown``, ``cards`` ({slot, text, label}), ``given``, ``problems``,
    ``name`` (the prefix of every field), ``disabled``.
    """
    shown = seen(shown)
    return {
        "kind": config.kind,
        "template": protocols()[config.kind].template,
        "config": told(config, say),
        "shown": shown,
        "cards": [
            {"slot": slot, "text": shown.texts.get(slot, ""), "label": _("Answer {slot}").format(slot=slot)}
            for slot in shown.slots
        ],
        "given": given or {},
        "problems": problems or {},
        "name": PREFIX,
        "disabled": disabled,
    }


def paint_judging(
    config: ProtocolConfig, shown: Shown | Slots, say: Callable[[Any], str], **more: Any
) -> str:
    """Return the fragment itself; takes what ``judging_context`` takes."""
    context = judging_context(config, shown, say, **more)
    return render_to_string(context["template"], context)


def told(part: Any, say: Callable[[Any], str]) -> Any:
    """Return a configuration as plain data with every text in one language.

    In a protocol's configuration a mapping is always a text in several languages.
    """
    if isinstance(part, Shape):
        return {name: told(getattr(part, name), say) for name in type(part).model_fields}
    if isinstance(part, tuple | list):
        return [told(one, say) for one in part]
    return say(part) if isinstance(part, Mapping) else part
