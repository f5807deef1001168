"""Writing what is due in an interview: a reply that streams through the gate, or a card that is checked as data."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override
from pydantic import ValidationError

from elicitation.interviews import prompts, work
from elicitation.interviews.domain.cards import CardText, card_hints, card_problems, tidy_card
from elicitation.interviews.domain.course import GUESS
from elicitation.interviews.domain.gate import Gate
from elicitation.interviews.domain.personal import personal_in
from elicitation.interviews.domain.tongues import wrong_language
from elicitation.interviews.fallbacks import own_question
from elicitation.interviews.state import SLOT
from elicitation.interviews.work import Work
from multivocal.domain.names import names_a_model
from multivocal.domain.shapes import Shape, clean_text
from multivocal.llm.gateway import ChatRequest, Gateway, ModelFailed
from multivocal.llm.pauses import rest_briefly
from multivocal.llm.requests import Message as Told
from multivocal.llm.threads import in_db

Emit = Callable[[dict[str, Any]], None]
log = logging.getLogger(__name__)

ATTEMPTS = 2
POLL_S = 1.0
BEAT_S = 5.0


class WrittenCard(Shape):
    """A card as a model gives it."""

    title: str
    description: str
    policies: tuple[str, ...]


async def serve_interview(interview_id: str, gateway: Gateway, emit: Emit) -> None:
    """Write whatever is due until nothing is; what others write is only watched. Safe to call again after a crash."""
    while True:
        due = await in_db(work.claim_work, interview_id)
        if due is None:
            if not await in_db(work.is_waiting, interview_id):
                emit({"type": "turn", "turn": interview_id, "state": "moved"})
                return
            await asyncio.sleep(POLL_S)
            continue
        alive = asyncio.create_task(_stay_alive(due))
        try:
            await _Serving(due, gateway, emit).run()
        finally:
            alive.cancel()
            # Also when this task is cancelled or fails: what is not finished is free for the next process.
            await asyncio.shield(in_db(work.release, due))
        if await in_db(work.is_waiting, interview_id):  # a card comes next; the end is told once, above
            emit({"type": "turn", "turn": interview_id, "state": "moved"})


async def _stay_alive(due: Work) -> None:
    while True:
        await asyncio.sleep(BEAT_S)
        await in_db(work.beat, due)


@dataclass
class _Serving:
    """One piece of work, on its way."""

    due: Work
    gateway: Gateway
    emit: Emit
    begun: bool = False

    async def run(self) -> None:
        """Write it, or note that it could not be written."""
        due = self.due
        if due.model is None:
            log.warning("no language model is active for interview %s", due.interview)
            await in_db(work.fail_work, due)
            return
        if due.what == "reply" and await in_db(work.goes_to_card, due):
            return
        try:
            await (self._reply() if due.what == "reply" else self._card())
        except ModelFailed as failure:
            log.info("interview %s: no %s came: %s", due.interview, due.what, failure.kind)
            await in_db(work.fail_work, due)
        except Exception:
            # A mistake of ours comes again each time: the person is told, and no sweep pays for it once more.
            await in_db(work.fail_work, due)
            raise

    def _request(self, attempt: int, more: tuple[Told, ...] = ()) -> ChatRequest:
        due = self.due
        assert due.model is not None
        reply = due.what == "reply"
        return ChatRequest(
            model=due.model,
            messages=(*due.messages, *more),
            purpose="interviewer" if reply else "values_card",
            account=due.account,
            subject=str(due.interview),
            person=due.person,
            attempt=attempt,
            json_schema=None if reply else prompts.CARD_SCHEMA,
            parameters=prompts.REPLY_PARAMETERS if reply else prompts.CARD_PARAMETERS,
        )

    async def _reply(self) -> None:
        """Stream a reply through the gate; words of which nothing may be shown are asked for once more."""
        gate, call = Gate(self.due.language, self.due.names), None
        for attempt in range(1, ATTEMPTS + 1):
            gate = Gate(self.due.language, self.due.names)

            def on_text(piece: str, gate: Gate = gate) -> None:
                self._show(gate, gate.feed, clean_text(piece))

            try:
                reply = await self.gateway.chat(self._request(attempt), on_text)
            except ModelFailed as failure:
                if not failure.another_try or attempt == ATTEMPTS:
                    raise
                self._restart()
                await rest_briefly(attempt)
                continue
            call = reply.call_id
            self._show(gate, lambda _rest, gate=gate: gate.end(), "")  # type: ignore[misc]
            if gate.asked or gate.wants_next:
                break
            if attempt < ATTEMPTS:
                self._restart()
        with override(self.due.language):
            fallback = own_question(self.due.stage, str(self.due.interview))
        if await in_db(work.complete_reply, self.due, gate, call, fallback):
            self._restart()  # what streamed is not said: the card comes instead

    def _show(self, gate: Gate, take: Callable[[str], str], piece: str) -> None:
        at = len(gate.shown)
        text = take(piece)
        # After the guess was checked the card comes, and no further question.
        if text and not (gate.wants_next and self.due.stage >= GUESS):
            self.begun = True
            self.emit({"type": "text", "turn": str(self.due.interview), "slot": SLOT, "at": at, "text": text})

    def _restart(self) -> None:
        if not self.begun:
            return
        self.begun = False
        self.emit({"type": "replaced", "turn": str(self.due.interview), "slot": SLOT})

    async def _card(self) -> None:
        """Have a card written; one that breaks its rules is asked for once more, with what was wrong."""
        more: tuple[Told, ...] = ()
        best: tuple[CardText, int] | None = None
        for attempt in range(1, ATTEMPTS + 1):
            try:
                reply = await self.gateway.chat(self._request(attempt, more))
            except ModelFailed as failure:
                if best is not None:
                    break
                if not failure.another_try or attempt == ATTEMPTS:
                    raise
                await rest_briefly(attempt)
                continue
            card, wrong, unwanted = read_card(clean_text(reply.text), self.due.language, self.due.names)
            if card is not None and not wrong:
                best = (card, reply.call_id)
                if not unwanted:
                    break
            again = prompts.WRITER_AGAIN.fill(problems="; ".join([*wrong, *unwanted]))
            more = (Told("assistant", reply.text[:4000]), Told("user", again))
        if best is None:
            raise ModelFailed("garbage", "no card in what came")
        await in_db(work.complete_card, self.due, *best)


def read_card(
    text: str, language: str, names: frozenset[str] = frozenset()
) -> tuple[CardText | None, list[str], list[str]]:
    """Return the card in a model's words, what makes it unusable, and what should be better; both in plain English."""
    body = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        written = WrittenCard.model_validate(json.loads(body))
    except (ValueError, ValidationError):
        return None, ["it is not JSON with title, description and policies"], []
    card = tidy_card(written.title, written.description, written.policies)
    wrong = [f"{place} is {code}" for place, code in card_problems(card).items()]
    if any("<<<" in part or ">>>" in part for part in (card.title, card.description, *card.policies)):
        wrong.append("it holds marks of the record")
    if any(names_a_model(part, names) for part in (card.title, card.description, *card.policies)):
        wrong.append("it names a language model")
    if wrong_language(" ".join([card.title, card.description, *card.policies]).lower(), language):
        wrong.append("it is in another language")
    unwanted = [f"{place}: {code}" for place, code in card_hints(card).items()]
    if personal_in("\n".join([card.title, card.description, *card.policies])):
        unwanted.append("it holds a name, an address or a number")
    return card, wrong, unwanted
