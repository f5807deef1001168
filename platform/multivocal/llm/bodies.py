"""The body of a request: the model's parameters under the caller's, cleaned of what no row or wire can carry."""

from collections.abc import Mapping
from typing import Any

from multivocal.domain.shapes import clean_text
from multivocal.llm.budgets import DEFAULT_MAX_TOKENS
from multivocal.llm.requests import ChatRequest
from multivocal.llm.validators import RESERVED_PARAMETERS


def chat_body(request: ChatRequest, stream: bool) -> dict[str, Any]:
    """Return the JSON body of a chat request, without any key; it is kept in the ledger as it is sent."""
    given = {**(request.model.parameters or {}), **request.parameters}
    body: dict[str, Any] = {
        k: _clean(v) for k, v in given.items() if k not in RESERVED_PARAMETERS and v is not None
    }
    if "max_tokens" not in body and "max_completion_tokens" not in body:
        body["max_tokens"] = DEFAULT_MAX_TOKENS  # without a limit there is no highest price to reserve
    body["model"] = request.model.model_id
    body["messages"] = [{"role": m.role, "content": clean_text(m.content)} for m in request.messages]
    if request.json_schema is not None:
        schema = {"name": "answer", "schema": _clean(dict(request.json_schema))}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.tools:
        body["tools"] = [_clean(dict(tool)) for tool in request.tools]
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return body


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
