"""Holding a conversation over a wire: every action until it is acknowledged, every answer until it is whole."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

from multivocal.studies.simulate.browser import Browser, GaveUpError
from multivocal.studies.simulate.records import Records
from multivocal.studies.simulate.talk import Action, State, Talker
from multivocal.studies.simulate.wires import CANNOT, DroppedError, Event, MovedOnError, Socket, Twin, Wire

SILENCE_S = 45.0


@dataclass
class Chat:
    """One visit to the chat page: the state as last told, the action that waits for its acknowledgement."""

    person: str
    browser: Browser
    records: Records
    talker: Talker
    rng: random.Random
    socket: str
    twin: str
    plain: bool = False
    state: State = field(default_factory=dict)
    unsent: Action | None = None
    sent_at: float = 0.0
    asked_at: float = 0.0
    last_news: float = field(default_factory=time.monotonic)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    async def hold(self) -> None:
        """Talk until the page is to be loaded again; GaveUpError when nothing moves for too long."""
        failures, wait = 0, 0.25
        while True:
            try:
                async with self._wire(failures) as wire:
                    if await self._over(wire):
                        return
            except MovedOnError:
                return
            except DroppedError as dropped:
                self.records.wrong(f"live: {dropped}")
            except CANNOT as error:
                failures += 1
                self.records.wrong(f"live: cannot connect ({type(error).__name__})")
            else:
                failures = 0
            if time.monotonic() - self.last_news > self.browser.patience:
                raise GaveUpError(f"no news in the conversation for {self.browser.patience:.0f} s")
            await asyncio.sleep(wait * self.rng.uniform(0.7, 1.3))
            wait = min(wait * 2, 3.0)

    def _wire(self, failures: int) -> Wire:
        # As the page's own element does: two sockets that do not open, then the twin, then sockets again.
        if self.plain or failures % 6 in (2, 3, 4):
            return Twin(self.browser, self.twin)
        return Socket(self.browser, self.socket)

    async def _over(self, wire: Wire) -> bool:
        """Return True once the conversation is over; what was not acknowledged goes first."""
        resend = self.unsent
        async for event in wire.events(SILENCE_S):
            self._hear(event)
            if event["type"] == "state":
                talk = self.state.get("conversation")
                if talk is None or talk["phase"] == "finished":
                    return True
            if event["type"] not in ("state", "refused"):
                continue
            if resend is not None:
                await wire.send(resend)
                resend = None
            elif self.unsent is None:
                await self._act(wire)
        return False

    async def _act(self, wire: Wire) -> None:
        action = self.talker.next_action(self.state)
        if action is None:
            return
        self.unsent, self.sent_at = action, time.perf_counter()
        if action["do"] in ("say", "retry"):
            self.asked_at = self.sent_at
            self.texts.clear()
        await wire.send(action)

    def _hear(self, event: Event) -> None:
        kind = event["type"]
        if kind in ("state", "refused") and self.unsent and event.get("key") == self.unsent["key"]:
            self._settle(event)
        if kind == "state":
            self._learn(event["state"])
        elif kind in ("text", "answer"):
            self._read(event)
        elif kind == "replaced":
            self.texts.pop((event["turn"], event["slot"]), None)
            self.records.wrong("answer replaced or begun again")
            self.last_news = time.monotonic()
        elif kind == "failed":
            self.records.wrong("answer failed")

    def _settle(self, event: Event) -> None:
        action = self.unsent
        assert action is not None
        self.unsent = None
        if event["type"] == "state":
            self.last_news = time.monotonic()
            self.records.took(action["do"], time.perf_counter() - self.sent_at)
            self.records.acknowledge(self.person, action["do"], action["key"], action)
        else:
            self.records.wrong(f"refused: {event.get('code')}")
            if event.get("code") in ("moved_on", "no_session", "not_known"):
                raise MovedOnError(event["code"])
            # Not again at once: a new connection brings the newest state, and the back-off counts.
            raise DroppedError("refused")

    def _learn(self, state: State) -> None:
        before = _phase(self.state)
        self.state = state
        if _phase(state) != before:
            self.last_news = time.monotonic()
            if before == "answering" and self.asked_at:
                self.records.took("whole answers", time.perf_counter() - self.asked_at)
                self.asked_at = 0.0
        talk: dict[str, Any] = state.get("conversation") or {}
        for turn in talk.get("turns", ())[-1:]:
            for answer in turn["answers"]:
                self.texts[turn["id"], answer["slot"]] = answer["text"]

    def _read(self, event: Event) -> None:
        place = event["turn"], event["slot"]
        if (
            not any(turn == event["turn"] and text for (turn, _), text in self.texts.items())
            and self.asked_at
        ):
            self.records.took("first words", time.perf_counter() - self.asked_at)
        self.last_news = time.monotonic()
        if event["type"] == "answer":
            self.texts[place] = event["text"]
            return
        so_far = self.texts.get(place, "")
        if event["at"] > len(so_far):
            self.records.wrong("a gap in streamed text")
        self.texts[place] = so_far[: event["at"]] + event["text"]


def _phase(state: State) -> str:
    talk = state.get("conversation") or {}
    return str(talk.get("phase", ""))
