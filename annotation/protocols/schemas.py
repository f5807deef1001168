"""The JSON Schema of an answer as a model is told it: every key spelled out, nothing else allowed."""

from functools import cache
from typing import Any

from annotation.protocols.shapes import NoAnswer, ProtocolConfig, Shown
from multivocal.domain.shapes import Shape


def schema_of(response: type[Shape], config: ProtocolConfig, shown: Shown) -> dict[str, Any]:
    """Return the schema of ``response`` for what was shown; with non-answers where the configuration allows them.

    A mapping marked ``{"keys": "slots"|"dimensions"|"units"|"lines"}`` gets exactly those keys, all of them required.
    """
    units = [str(unit["id"]) for unit in shown.units] or [unit.id for unit in getattr(config, "units", ())]
    keys = {
        "slots": list(shown.slots),
        "dimensions": [one.key for one in getattr(config, "dimensions", ())],
        "units": units,
        "lines": getattr(getattr(config, "sheet", None), "keys", []),
    }
    schema = _closed(_schema(response), keys)
    if not config.allow:
        return schema
    other = _closed(_schema(NoAnswer), keys)
    other["properties"]["no_answer"]["enum"] = list(config.allow)
    other.pop("description", None)
    definitions = schema.pop("$defs", {})
    both: dict[str, Any] = {"anyOf": [schema, other]}
    return {"$defs": definitions, **both} if definitions else both


# Made once: a model is asked about ten thousand items with the same one. ``_closed`` copies what it changes.
@cache
def _schema(response: type[Shape]) -> dict[str, Any]:
    return response.model_json_schema()


def _closed(part: Any, keys: dict[str, list[str]]) -> Any:
    if isinstance(part, list):
        return [_closed(one, keys) for one in part]
    if not isinstance(part, dict):
        return part
    part = {name: _closed(value, keys) for name, value in part.items()}
    part.pop("title", None) if isinstance(part.get("title"), str) else None
    part.pop("default", None)
    marked = part.pop("keys", None) if isinstance(part.get("keys"), str) else None
    if marked is not None:
        value = part.pop("additionalProperties", {})
        part.pop("maxProperties", None)
        part["properties"] = dict.fromkeys(keys[marked], value)
    if part.get("type") == "object" and "properties" in part:
        part["required"] = list(part["properties"])
        part["additionalProperties"] = False
    return part
