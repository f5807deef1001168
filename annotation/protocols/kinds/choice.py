"""One of k: the annotator picks the answer that should continue."""

from collections.abc import Mapping
from typing import Literal

from django.utils.translation import gettext as _

from annotation.protocols.registry import Protocol, ProtocolConfig, Slots
from multivocal.domain.shapes import LocalText, Shape


class ChoiceConfig(ProtocolConfig):
    """Choose the best answer."""

    kind: Literal["choice"] = "choice"
    instruction: LocalText = ""


class ChoiceResponse(Shape):
    """The chosen slot."""

    choice: str


def check(config: ChoiceConfig, response: ChoiceResponse, slots: Slots) -> Mapping[str, str]:
    """Return a sentence when the chosen slot was not shown."""
    return {} if response.choice in slots else {"choice": _("choose one of the answers on the page")}


def scores(config: ChoiceConfig, response: ChoiceResponse, slots: Slots) -> Mapping[str, float | None]:
    """Return 1 for the chosen answer and 0 for the others."""
    return {slot: float(slot == response.choice) for slot in slots}


PROTOCOL = Protocol("choice", ChoiceConfig, ChoiceResponse, check, scores)
