"""What a model says to a question: read from the ledger where it was paid for, else asked for, with patience."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q

from multivocal.llm.gateway import ChatRequest, Gateway, ModelFailed, in_db
from multivocal.llm.models import Call
from multivocal.llm.pauses import rest

TRIES = 3
# Nothing about the question: the next one would fail the same way. The money or the key has to be seen to first.
STOPS = frozenset({"budget", "no_key"})
# Calls that brought a text to read, though the gateway may have wanted another.
READABLE = (
    Q(state="done") | Q(error="garbage", finish_reason="stop") | Q(error="truncated", finish_reason="length")
) & ~Q(text="")


class StoppedError(Exception):
    """The model cannot be asked on; ``kind`` says why. Nothing was stored for the question."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Heard:
    """A text (None where no answer ever came), its call, tries made so far, milliseconds, and what went wrong."""

    text: str | None = None
    call: int | None = None
    tries: int = 0
    ms: int | None = None
    failed: str = ""


NOTHING = Heard()


def heard_before(
    *, account: UUID, purpose: str, subjects: Iterable[str], used: Iterable[int] = ()
) -> dict[str, Heard]:
    """Return what the ledger has of questions by subject: of each the newest text, or the tries made without one.

    The texts of the calls in ``used`` are not heard again.
    """
    calls = Call.objects.filter(account=account, purpose=purpose, subject__in=list(subjects)).order_by("id")
    found: dict[str, Heard] = {}
    for subject, attempt in calls.values_list("subject", "attempt"):
        before = found.get(subject, NOTHING)
        found[subject] = replace(before, tries=max(before.tries, attempt))
    if found:
        texts = calls.filter(READABLE).exclude(pk__in=list(used))
        for subject, text, pk, ms in texts.values_list("subject", "text", "pk", "total_ms"):
            found[subject] = replace(found[subject], text=text, call=pk, ms=ms)
    return found


async def hear(gateway: Gateway, request: ChatRequest, before: Heard = NOTHING) -> Heard:
    """Return what was heard before, else what the model says, asked again where that may help.

    Raises StoppedError where asking on makes no sense.
    """
    if before.text is not None:
        return before
    for attempt in range(1, TRIES + 1):
        tries = before.tries + attempt
        try:
            reply = await gateway.chat(replace(request, attempt=tries))
        except ModelFailed as failure:
            if failure.kind in STOPS:
                raise StoppedError(failure.kind) from failure
            # The gateway wants bare, whole JSON. What stands in a fence or between sentences can be read all the same;
            # what ran into the limit of tokens would run into it again, and is stored as it is.
            if text := await in_db(_text_of, failure.call_id):
                return Heard(text, failure.call_id, tries)
            if not failure.another_try or attempt == TRIES:
                return Heard(None, failure.call_id, tries, failed=failure.kind)
            await rest(attempt)
        else:
            return Heard(reply.text, reply.call_id, tries, reply.total_ms)
    raise AssertionError("unreachable")


def _text_of(call: int | None) -> str:
    if call is None:
        return ""
    return Call.objects.filter(READABLE, pk=call).values_list("text", flat=True).first() or ""
