"""Testing one model by asking it a short question, and saying what came back in words for its owner."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from multivocal.llm.gateway import Gateway
from multivocal.llm.models import LanguageModel
from multivocal.llm.requests import ChatRequest, Message, ModelFailed, Reply

CHECK_ACCOUNT = UUID(int=0)  # tests of models are nobody's study


def ask_once(model: LanguageModel) -> dict[str, Any]:
    """Return ``{"ok", "call_id", "text", "first_ms", "total_ms", "cost", "kind", "reason"}``."""

    async def ask() -> Reply:
        messages = [Message("user", "Say in one sentence what you can help with.")]
        if model.header:
            messages.insert(0, Message("system", model.header))
        request = ChatRequest(
            model=model,
            messages=tuple(messages),
            purpose="check",
            account=CHECK_ACCOUNT,
            timeout_s=model.timeout_s,
        )
        async with Gateway() as gateway:
            return await gateway.chat(request, lambda _text: None)

    try:
        # In a thread of its own: the caller's may already have an event loop.
        with ThreadPoolExecutor(1) as pool:
            reply = pool.submit(asyncio.run, ask()).result()
    except ModelFailed as failed:
        return {
            "ok": False, "call_id": failed.call_id, "text": "", "first_ms": None, "total_ms": None, "cost": None,
            "kind": failed.kind, "reason": reason(failed.kind, model),
        }  # fmt: skip
    return {
        "ok": True, "call_id": reply.call_id, "text": reply.text, "first_ms": reply.first_ms,
        "total_ms": reply.total_ms, "cost": reply.cost, "kind": "", "reason": "",
    }  # fmt: skip


def reason(kind: str, model: LanguageModel) -> str:
    """Return why a call failed, and what to do, in a sentence."""
    variable = model.key_variable or _("(none named)")
    sentences = {
        "timeout": _("The model did not answer in time. Wait longer, or ask its provider."),
        "rate_limited": _("The provider says: too many requests, or no credit left."),
        "server": _("The provider had an error of its own. Try again later."),
        "connection": _(
            "The address could not be reached. Check it, and that this server may connect to it."
        ),
        "empty": _("The model answered with nothing."),
        "truncated": _("The answer broke off before its end."),
        "garbage": _("What came back is not an answer in the OpenAI protocol. Check the address."),
        "refused": _("The provider refused to answer."),
        "bad_request": _(
            "The provider does not take this request. Check the model's name and its parameters."
        ),
        "no_key": _("There is no valid key. Set the environment variable %(variable)s and restart."),
        "budget": _("The account cannot pay for this call."),
    }
    return sentences.get(kind, kind) % {"variable": variable}
