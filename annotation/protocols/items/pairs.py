"""The pairs form: an instruction with two responses of two models, as published pair data sets have it."""

import json
from typing import Any

KEYS = {"id", "instruction", "response_1", "response_2"}
ALSO = {"input", "models", "human_labels", "ai_labels", "stratum", "split", "gold"}


def is_pair(data: dict[str, Any]) -> bool:
    """Return whether a row has the pairs form."""
    return "responses" not in data and ("response_1" in data or "response_2" in data)


def pair_row(data: dict[str, Any]) -> tuple[dict[str, Any], list[str], list[str]]:
    """Return the row as an item (plain data for ``ItemRow``), what is good to know, and what is wrong.

    Labels of people and judges in the row are not the item's; ``judgements import`` reads those.
    """
    notes: list[str] = []
    wrong = [f"{key}: this is needed" for key in sorted(KEYS - set(data))]
    wrong += [f"{key}: this key is not known here" for key in sorted(set(data) - KEYS - ALSO)]
    texts = {}
    for key in ("instruction", "input", "response_1", "response_2"):
        value = data.get(key, "")
        if isinstance(value, bool | int | float):
            texts[key] = json.dumps(value)
            notes.append(f"{key} is no text; taken as “{texts[key]}”")
        elif isinstance(value, str):
            texts[key] = value
        elif value is None and key == "input":
            texts[key] = ""
        elif key in data:
            wrong.append(f"{key}: a text is needed")
    if wrong:
        return {}, notes, wrong
    systems = _systems(data.get("models", ""))
    if systems is None:
        wrong.append("models: two names with _ between them are needed")
        return {}, notes, wrong
    for n in (1, 2):
        if not texts[f"response_{n}"].strip():
            notes.append(f"response_{n} is empty; kept, because a model that says nothing is an answer too")
    prompt = "\n\n".join(part for part in (texts["instruction"], texts["input"]) if part.strip())
    row = {
        "id": data["id"],
        "prompt": prompt,
        "responses": [
            {"id": str(n), "text": texts[f"response_{n}"], "system": system}
            for n, system in enumerate(systems, start=1)
        ],
    }
    return row | {key: data[key] for key in ("stratum", "split", "gold") if key in data}, notes, wrong


def _systems(models: Any) -> tuple[str, str] | None:
    if models == "":
        return ("", "")
    if isinstance(models, str) and models.count("_") == 1:
        first, second = models.split("_")
        return (first, second)
    if isinstance(models, list) and len(models) == 2 and all(isinstance(name, str) for name in models):
        return (models[0], models[1])
    return None
