"""Answering a turn: every candidate streams at once, is stored as it ends, and is retried or replaced if it fails."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from annotation.conversations import candidates
from annotation.conversations.candidates import Claim, Work
from annotation.conversations.joint import answer_jointly
from multivocal.domain.veil import Veil, veiled
from multivocal.llm.gateway import ChatRequest, Gateway, ModelFailed
from multivocal.llm.pauses import rest_briefly
from multivocal.llm.threads import in_db

Emit = Callable[[dict[str, Any]], None]
log = logging.getLogger(__name__)

FLUSH_S = 0.08  # how often streamed text leaves: a few frames a second per answer
POLL_S = 1.0  # how often a turn that another process answers is looked at


@dataclass
class Stream:
    """Text of one slot on its way to the browser: what has come since the last look, and how much was sent."""

    slot: str
    veil: Veil
    waiting: str = ""
    sent: int = 0

    def take(self) -> tuple[int, str]:
        """Return (offset, text that may be shown now) and count it as sent; a model's name is not in it."""
        come, self.waiting = self.waiting, ""
        at, text = self.sent, self.veil.take(come) if come else ""
        self.sent += len(text)
        return at, text


@dataclass
class Answering:
    """One process's work on one turn."""

    turn_id: str
    gateway: Gateway
    emit: Emit
    streams: dict[str, Stream] = field(default_factory=dict)

    async def run(self) -> None:
        """Answer until the turn is settled; a turn that others answer is only watched."""
        while True:
            work = await in_db(candidates.claim_work, self.turn_id)
            if work is None:
                return
            if work.claims:
                await self._answer(work)
                state = await in_db(candidates.settle_turn, self.turn_id)
                self.emit({"type": "turn", "turn": self.turn_id, "state": state})
                return
            if await in_db(candidates.settle_turn, self.turn_id) != "answering":
                self.emit({"type": "turn", "turn": self.turn_id, "state": "moved"})
                return
            await asyncio.sleep(POLL_S)

    async def _answer(self, work: Work) -> None:
        helpers = [asyncio.create_task(self._flush()), asyncio.create_task(_stay_alive())]
        try:
            if work.joint:
                await answer_jointly(self, work)
            else:
                async with asyncio.TaskGroup() as group:
                    for claim in work.claims:
                        group.create_task(self._candidate(work, claim))
        finally:
            for helper in helpers:
                helper.cancel()
            # Also when this task is cancelled or fails: what is not finished is free for the next process.
            await asyncio.shield(in_db(candidates.release_claims, self.turn_id))

    async def _candidate(self, work: Work, claim: Claim) -> None:
        """Try the drawn model, then others, until one answer is whole or patience ends."""
        replaced = 0
        while True:
            failure = await self._attempts(work, claim)
            if failure is None:
                return
            log.info("candidate %s failed: %s", claim.stimulus, failure)
            may_replace = failure != "budget" and replaced < work.replacements
            following = await in_db(candidates.fail_candidate, claim, failure, may_replace)
            if following is None:
                self.emit({"type": "failed", "turn": self.turn_id, "slot": claim.slot})
                return
            replaced += 1
            claim = following
            self.streams.pop(claim.slot, None)
            self.emit({"type": "replaced", "turn": self.turn_id, "slot": claim.slot})

    async def _attempts(self, work: Work, claim: Claim) -> str | None:
        """Return None when the answer is whole and stored, else the kind of the last failure."""
        failure = "server"
        for attempt in range(1, work.attempts + 1):
            stream = self.streams[claim.slot] = Stream(claim.slot, Veil(*claim.ids))

            def on_text(delta: str, stream: Stream = stream) -> None:
                stream.waiting += delta

            request = ChatRequest(
                model=claim.model,
                messages=work.messages(claim),
                purpose="candidate",
                account=work.account,
                subject=str(claim.stimulus),
                person=work.person,
                attempt=attempt,
                timeout_s=work.timeout_s,
            )
            try:
                reply = await self.gateway.chat(request, on_text)
            except ModelFailed as error:
                failure = error.kind
                if not error.another_try:
                    return failure
                if attempt < work.attempts:
                    self.restart(claim.slot)
                    await rest_briefly(attempt)
                continue
            await self.complete(claim, reply.text)
            return None
        return failure

    async def complete(self, claim: Claim, text: str) -> None:
        """Store a whole answer as people see it, then tell it; nothing is shown as finished before it is committed.

        What the model said to the letter is in the ledger.
        """
        text = candidates.shown_text(veiled(text, *claim.ids))
        if not await in_db(candidates.complete_candidate, claim, text):
            return
        self.streams.pop(claim.slot, None)
        self.emit(
            {
                "type": "answer",
                "turn": self.turn_id,
                "slot": claim.slot,
                "state": "complete",
                "text": text,
                "simulated": claim.model.simulated,
            }
        )

    def restart(self, slot: str) -> None:
        """Tell the browser that a slot begins again."""
        self.streams.pop(slot, None)
        self.emit({"type": "replaced", "turn": self.turn_id, "slot": slot})

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            for stream in list(self.streams.values()):
                at, text = stream.take()
                if text:
                    self.emit(
                        {"type": "text", "turn": self.turn_id, "slot": stream.slot, "at": at, "text": text}
                    )


async def _stay_alive() -> None:
    while True:
        await asyncio.sleep(candidates.HEARTBEAT_S)
        await in_db(candidates.beat)


async def answer_turn(turn_id: str | UUID, gateway: Gateway, emit: Emit) -> None:
    """Answer a turn once, whoever else tries at the same time; safe to call again after a crash."""
    await Answering(str(turn_id), gateway, emit).run()
