"""What later stages, strata and quotas may know of a person: the answers a designer asked to remember."""

from collections.abc import Mapping
from typing import Any

from annotation.profiles.shapes import Profile


def traits_from(config: Profile, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return trait → text or list of texts for the answers to remember; what was not answered is left out."""
    wanted = {name: name for name in config.traits}
    wanted |= {item.id: item.remember_as for item in config.all_items if item.remember_as}
    return {trait: _plain(given[item]) for item, trait in wanted.items() if given.get(item) is not None}


def _plain(value: Any) -> str | list[str]:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [str(part) for part in value]
    if isinstance(value, Mapping):
        return [f"{key}={score}" for key, score in value.items()]
    return str(value)
