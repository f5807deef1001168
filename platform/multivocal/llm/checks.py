"""System checks of the language models: keys that are not set, addresses without encryption, prices not given."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from multivocal.llm.models import LanguageModel
from multivocal.llm.validators import is_in_the_clear


def _active() -> list[LanguageModel]:
    """Return the active models; none where there is no database (yet)."""
    if not settings.DATABASE_URL:
        return []
    try:
        return list(LanguageModel.objects.filter(active=True))
    except DatabaseError:
        return []


@register("llm")
def models_can_be_reached(app_configs: Any = None, **_options: Any) -> list[CheckMessage]:
    """Warn of active models that cannot work; no errors, for one bad row must not stop `migrate`."""
    found: list[CheckMessage] = []
    for model in _active():
        if not model.key_is_set():
            found.append(Warning(*_key_missing(model), obj=model, id="multivocal.llm.W001"))
        if is_in_the_clear(model.base_url):
            found.append(
                Warning(
                    f"The model “{model.name}” is asked over http: prompts and key cross the network unencrypted.",
                    hint="Use https, or an address of this machine.",
                    obj=model,
                    id="multivocal.llm.W002",
                )
            )
        if not model.simulated and not (model.price_in or model.price_out):
            found.append(
                Warning(
                    f"The model “{model.name}” has no price, so budgets cannot stop its spending.",
                    hint="Set price_in and price_out (US dollars per million tokens) in its row.",
                    obj=model,
                    id="multivocal.llm.W003",
                )
            )
    return found


@register(Tags.security, deploy=True)
def models_have_keys(app_configs: Any = None, **_options: Any) -> list[CheckMessage]:
    """Refuse, for a deployment, active models whose key is not in the environment."""
    return [
        Error(*_key_missing(model), obj=model, id="multivocal.llm.E001")
        for model in _active()
        if not model.key_is_set()
    ]


def _key_missing(model: LanguageModel) -> tuple[str, str]:
    return (
        f"The model “{model.name}” needs the environment variable {model.key_variable}, which is not set.",
        f"Set {model.key_variable}, or deactivate the model.",
    )
