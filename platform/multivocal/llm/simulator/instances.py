"""A valid instance of a simple JSON schema, filled with sentences that fit the conversation."""

import random
from collections.abc import Callable
from typing import Any

from multivocal.llm.simulator.strings import string_for

Speaker = Callable[[str, str], str]
"""(name of the property, its description) → some text for it."""

_DEPTH = 12


class Filler:
    """Fills schemas: objects, arrays, strings, enums, numbers, booleans, null, $ref, anyOf/oneOf/allOf."""

    def __init__(self, root: dict[str, Any], rng: random.Random, speak: Speaker, many: int = 1) -> None:
        self.root, self.rng, self.speak = root, rng, speak
        self.many = many if many > 1 else 3  # items of a list whose length the schema leaves open

    def fill(self, schema: Any = None, name: str = "", depth: int = 0) -> Any:
        """Return an instance of ``schema`` (by default the root); ValueError for what cannot be filled."""
        schema = self.root if schema is None else schema
        if schema is True or schema == {}:
            return self.speak(name, "")
        if not isinstance(schema, dict) or depth > 3 * _DEPTH:
            raise ValueError("this schema is too deep, or not a schema")
        if "$ref" in schema:
            return self.fill({**self._resolve(schema["$ref"]), **_without(schema, "$ref")}, name, depth + 1)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self.rng.choice(schema["enum"])
        for union in ("anyOf", "oneOf"):
            if schema.get(union):
                choices = [c for c in schema[union] if c.get("type") != "null"] or schema[union]
                # Deep inside a recursive schema only the first, usually the flat, branch ends it.
                pick = self.rng.choice(choices) if depth < _DEPTH else schema[union][-1]
                return self.fill({**_without(schema, union), **pick}, name, depth + 1)
        if schema.get("allOf"):
            return self.fill(self._merge(schema), name, depth + 1)
        kind = schema.get("type") or self._guess(schema)
        if isinstance(kind, list):
            kind = next((k for k in kind if k != "null"), "null")
        maker = getattr(self, f"_{kind}", None)
        if maker is None:
            raise ValueError(f"the type “{kind}” is not known here")
        return maker(schema, name, depth)

    def _resolve(self, ref: str) -> dict[str, Any]:
        node: Any = self.root
        for part in ref.removeprefix("#").strip("/").split("/"):
            if part:
                node = node[part.replace("~1", "/").replace("~0", "~")]
        return dict(node)

    def _merge(self, schema: dict[str, Any]) -> dict[str, Any]:
        merged: dict[str, Any] = _without(schema, "allOf")
        for part in schema["allOf"]:
            part = self._resolve(part["$ref"]) if "$ref" in part else part
            for key, value in part.items():
                if key == "properties":
                    merged[key] = {**merged.get(key, {}), **value}
                elif key == "required":
                    merged[key] = [*merged.get(key, []), *value]
                else:
                    merged.setdefault(key, value)
        return merged

    @staticmethod
    def _guess(schema: dict[str, Any]) -> str:
        hints = {"properties": "object", "items": "array", "prefixItems": "array", "minimum": "number"}
        return next((kind for hint, kind in hints.items() if hint in schema), "string")

    def _object(self, schema: dict[str, Any], name: str, depth: int) -> dict[str, Any]:
        required = set(schema.get("required", ()))
        made = {}
        for key, sub in schema.get("properties", {}).items():
            if key in required or depth < _DEPTH:
                made[key] = self.fill(sub, key, depth + 1)
        extra = schema.get("additionalProperties")
        for key in sorted(required - made.keys()):
            made[key] = self.fill(extra if isinstance(extra, dict) else True, key, depth + 1)
        while len(made) < schema.get("minProperties", 0):
            made[f"key_{len(made) + 1}"] = self.fill(
                extra if isinstance(extra, dict) else True, name, depth + 1
            )
        return made

    def _array(self, schema: dict[str, Any], name: str, depth: int) -> list[Any]:
        made = [self.fill(sub, name, depth + 1) for sub in schema.get("prefixItems", ())]
        low = schema.get("minItems", len(made))
        high = schema.get("maxItems", max(low, len(made) + (self.many if depth < _DEPTH else 0)))
        count = max(low, min(high, max(low, self.many if depth < _DEPTH else low)))
        items = schema.get("items", True)
        tries = 0
        while len(made) < count and items is not False and tries < 200:
            item = self.fill(items, name, depth + 1)
            tries += 1
            if item not in made or not (schema.get("uniqueItems") or isinstance(item, str)) or tries > 100:
                made.append(item)
        return made

    def _string(self, schema: dict[str, Any], name: str, depth: int) -> str:
        return string_for(schema, self.rng, lambda: self.speak(name, str(schema.get("description", ""))))

    def _bounds(self, schema: dict[str, Any], step: float) -> tuple[float, float]:
        low = schema.get("minimum", schema.get("exclusiveMinimum"))
        high = schema.get("maximum", schema.get("exclusiveMaximum"))
        low = (high - 100 if high is not None and high <= 0 else 0) if low is None else low
        high = low + 100 if high is None else high
        return (
            low + step if "exclusiveMinimum" in schema and "minimum" not in schema else low,
            high - step if "exclusiveMaximum" in schema and "maximum" not in schema else high,
        )

    def _integer(self, schema: dict[str, Any], name: str, depth: int) -> int:
        step = int(schema.get("multipleOf", 1)) or 1
        low, high = self._bounds(schema, 1)
        first = -(-int(-(-low // 1)) // step)
        return step * self.rng.randint(first, max(first, int(high // step)))

    def _number(self, schema: dict[str, Any], name: str, depth: int) -> float:
        if "multipleOf" in schema:
            step = float(schema["multipleOf"])
            low, high = self._bounds(schema, step)
            return step * self.rng.randint(int(-(-low // step)), max(int(-(-low // step)), int(high // step)))
        low, high = self._bounds(schema, 1e-6)
        value = round(self.rng.uniform(low, high), 3)
        return value if low <= value <= high else (low + high) / 2

    def _boolean(self, schema: dict[str, Any], name: str, depth: int) -> bool:
        return self.rng.random() < 0.5

    def _null(self, schema: dict[str, Any], name: str, depth: int) -> None:
        return None


def _without(schema: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k != key}
