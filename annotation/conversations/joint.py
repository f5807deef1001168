"""One call, k deliberately different answers (negatively correlated sampling; Zhang, Milli et al. 2025)."""

from typing import TYPE_CHECKING

from annotation.conversations import candidates
from annotation.conversations.candidates import Claim, Work
from annotation.conversations.replies import parse_replies
from multivocal.llm.gateway import ChatRequest, ModelFailed
from multivocal.llm.threads import in_db

if TYPE_CHECKING:
    from annotation.conversations.answering import Answering

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["replies"],
    "properties": {"replies": {"type": "array", "items": {"type": "string"}}},
}


async def answer_jointly(answering: "Answering", work: Work) -> None:
    """Fill all claimed slots from one call; after the attempts, with other models; then give the rest up.

    A retry asks again for all, so that the answers differ from each other and not from forgotten ones.
    """
    claims, replaced = work.claims, 0
    while True:
        replies, failure = await _ask(answering, work, claims)
        for claim, reply in zip(claims, replies, strict=False):
            await answering.complete(claim, reply)
        left = claims[len(replies) :]
        may_replace = not replies and failure != "budget" and replaced < work.replacements
        following = [await in_db(candidates.fail_candidate, claim, failure, may_replace) for claim in left]
        claims = [claim for claim in following if claim is not None]
        if not claims:
            return
        replaced += 1
        # One call has one model: every slot takes the first replacement's.
        claims = await in_db(candidates.same_model, claims)
        for claim in claims:
            answering.restart(claim.slot)


async def _ask(answering: "Answering", work: Work, claims: list[Claim]) -> tuple[list[str], str]:
    assert work.joint is not None
    best: list[str] = []
    failure = "server"
    for attempt in range(1, work.attempts + 1):
        request = ChatRequest(
            model=claims[0].model,
            messages=work.messages(claims[0], work.joint),
            purpose="joint candidates",
            account=work.account,
            subject=str(claims[0].stimulus),
            person=work.person,
            attempt=attempt,
            json_schema=SCHEMA,
            timeout_s=work.timeout_s,
        )
        try:
            reply = await answering.gateway.chat(request)
        except ModelFailed as error:
            failure = error.kind
            if not error.another_try:
                break
            continue
        replies = parse_replies(reply.text)[: len(claims)]
        best = max(best, replies, key=len)
        failure = "garbage"
        if len(best) == len(claims):
            break
    return best, failure
