"""One question to a language model with a closed answer: asked twice at most, and refused if it has another shape."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from multivocal.domain.shapes import Shape
from multivocal.llm.gateway import ChatRequest, Gateway, Message, ModelFailed, in_db
from multivocal.llm.models import Call, LanguageModel
from multivocal.studies.enrolment import newest_version
from multivocal.studies.models import Study

TRIES = 2
S = TypeVar("S", bound=Shape)
_PARAMETERS: Mapping[str, Any] = {"temperature": 0, "max_tokens": 900}


@dataclass(frozen=True)
class Told:
    """An answer of the shape that was asked for, with the call it came from."""

    answer: Any
    call: int
    prompt_sha256: str
    model: str


def model_for(study: Study, name: str | None) -> LanguageModel | None:
    """Return the active model of this name; without a name the study's first active one; None where there is none."""
    active = LanguageModel.objects.filter(active=True)
    if name is not None:
        return active.filter(name=name).first()
    version = newest_version(study)
    named = version.shape.models if version else "all"
    if named != "all":
        active = active.filter(name__in=named)
    return active.order_by("name").first()


async def ask(
    gateway: Gateway, model: LanguageModel, shape: type[S], *, study: Study, purpose: str, system: str, text: str,
    subject: str = "",
) -> Told | None:  # fmt: skip
    """Return the model's answer as ``shape``; None where none came that fits, which leaves the work due."""
    for attempt in range(1, TRIES + 1):
        request = ChatRequest(
            model=model, messages=(Message("system", system), Message("user", text)), purpose=purpose,
            account=study.pk, subject=subject, attempt=attempt, json_schema=shape.model_json_schema(),
            parameters=_PARAMETERS,
        )  # fmt: skip
        try:
            reply = await gateway.chat(request)
            answer = shape.model_validate(json.loads(reply.text))
        except ModelFailed as failed:
            if not failed.another_try:
                return None
            continue
        except (ValueError, ValidationError):
            continue
        sha256 = await in_db(_prompt_sha256, reply.call_id)
        return Told(answer, reply.call_id, sha256, model.name)
    return None


def _prompt_sha256(call_id: int) -> str:
    return Call.objects.values_list("prompt_sha256", flat=True).get(pk=call_id)


def fence(name: str, text: str, key: str = "") -> str:
    """Return words of people or models between marks that they cannot have written: they are material, not orders.

    The mark depends on the text alone, so that the same question is the same bytes.
    """
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    named = f"{name} {key}" if key else name
    return f"<<<{named} {mark}>>>\n{text}\n<<<end {mark}>>>"


def value_text(title: str, description: str, policies: list[str]) -> str:
    """Return a value as the text a model reads."""
    return "\n".join([title, description, *(f"- {policy}" for policy in policies)])
