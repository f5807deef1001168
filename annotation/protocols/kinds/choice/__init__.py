"""Best of several: the annotator picks one answer, and nothing is said about the others."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _

from annotation.protocols.forms import known, words
from annotation.protocols.orders import over
from annotation.protocols.registry import Protocol, ProtocolConfig, Say
from annotation.protocols.shapes import Preference, Shown
from multivocal.domain.shapes import Shape


class ChoiceConfig(ProtocolConfig):
    """Choose the best answer."""

    kind: Literal["choice"] = "choice"


class ChoiceResponse(Shape):
    """The chosen slot."""

    choice: str


def check(config: ChoiceConfig, response: ChoiceResponse, shown: Shown) -> Mapping[str, str]:
    """Return a sentence when the chosen slot was not shown."""
    return {} if response.choice in shown.slots else {"choice": _("choose one of the answers on the page")}


def scores(config: ChoiceConfig, response: ChoiceResponse, shown: Shown) -> Mapping[str, float | None]:
    """Return 1 for the chosen answer and 0 for the others."""
    return {slot: float(slot == response.choice) for slot in shown.slots}


def preferences(config: ChoiceConfig, response: ChoiceResponse, shown: Shown) -> tuple[Preference, ...]:
    """Return the chosen answer above each other one; nothing is known among those."""
    return over(response.choice, [slot for slot in shown.slots if slot != response.choice])


def read(config: ChoiceConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.choice``."""
    return known({"choice": words(form, "choice")})


def ask(config: ChoiceConfig, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    return (
        f"Choose the best of the responses {', '.join(shown.slots)}.\n"
        f'Answer with JSON and nothing else: {{"choice": "<the letter>"}}'
    )


PROTOCOL = Protocol(
    kind="choice",
    config=ChoiceConfig,
    response=ChoiceResponse,
    responses=(2, 8),
    template="kinds/choice/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
)
