"""The messages a model is sent for one screen: rubric, material, and how to answer, in a fixed layout."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from annotation.protocols.annotators.shapes import AskParams, Rubric
from annotation.protocols.registry import ProtocolConfig, Shown, answer_schema, protocols
from multivocal.domain.shapes import say
from multivocal.llm.gateway import Message

# Goes into the hash of every prompt: change it with the layout below.
LAYOUT = "1"


def prompt_sha256(rubric: Rubric, config: ProtocolConfig, params: AskParams) -> str:
    """Return the hash of everything in a prompt that is not the material: layout, rubric, protocol, settings.

    The hash of each whole request stands with its call in the ledger.
    """
    content = {
        "layout": LAYOUT,
        "rubric": rubric.model_dump(mode="json"),
        "protocol": config.model_dump(mode="json"),
        "language": params.language,
        "structured": params.structured,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def messages_for(
    rubric: Rubric, config: ProtocolConfig, params: AskParams, shown: Shown
) -> tuple[Message, ...]:
    """Return the messages for what is shown. The model's header is for talks with people: it has no part in this."""
    system = "\n\n".join(part for part in (rubric.role, rubric.task, _listed(rubric)) if part)
    ask = protocols()[config.kind].ask(config, shown, lambda text: say(text, params.language))
    parts = [_example(n, one) for n, one in enumerate(rubric.examples, 1)]
    parts += ["# To judge", *_material(shown), "# How to answer", ask]
    if instruction := say(config.instruction, params.language):
        parts.insert(-1, instruction)
    if not params.structured:
        schema = json.dumps(answer_schema(config, shown), ensure_ascii=False)
        parts.append(f"The JSON follows this schema: {schema}")
    return (Message("system", system), Message("user", "\n\n".join(parts)))


def _listed(rubric: Rubric) -> str:
    lines = [f"- {one.name}: {one.text}" for one in rubric.criteria]
    found = ["Look at:\n" + "\n".join(lines)] if lines else []
    if rubric.cautions:
        found.append("Keep in mind:\n" + "\n".join(f"- {caution}" for caution in rubric.cautions))
    return "\n\n".join(found)


def _material(shown: Shown) -> list[str]:
    # Nobody who wrote a response knew this mark, so no response can end itself and go on as the questioner.
    mark = _mark([shown.prompt, shown.reference, *shown.texts.values()])
    parts = [_fenced("request", shown.prompt, mark)]
    if shown.reference:
        parts.append(_fenced("reference", shown.reference, mark))
    return parts + [_fenced(f"response {slot}", shown.texts.get(slot, ""), mark) for slot in shown.slots]


def _example(number: int, example: Any) -> str:
    texts: Mapping[str, str] = example.responses
    mark = _mark([example.prompt, *texts.values()])
    parts = [f"# Example {number}", _fenced("example request", example.prompt, mark)]
    parts += [_fenced(f"example response {slot}", text, mark) for slot, text in texts.items()]
    parts.append("Answer: " + json.dumps(example.answer, ensure_ascii=False))
    return "\n\n".join(parts + ([f"Because: {example.why}"] if example.why else []))


def _mark(texts: list[str]) -> str:
    return hashlib.sha256("\x00".join(texts).encode("utf-8", "replace")).hexdigest()[:8]


def _fenced(name: str, text: str, mark: str) -> str:
    return f"<<<{name} {mark}>>>\n{text}\n<<<end {mark}>>>"
