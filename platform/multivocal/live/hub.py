"""The hub: running work of this process, who listens to it, and the text that came so far.

Work runs in tasks held here and not in a consumer, so a socket stays responsive and a dropped phone loses
nothing. Text goes straight from the task that holds the model's connection to the listeners; a channel layer
would walk every channel on each token.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from multivocal.llm.gateway import Gateway
from multivocal.studies.stages import LiveStage

Event = dict[str, Any]
Listener = Callable[[Event], None]
log = logging.getLogger(__name__)


@dataclass
class Hub:
    """One per event loop: a model client belongs to the loop that made it."""

    works: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    listeners: dict[str, set[Listener]] = field(default_factory=lambda: defaultdict(set))
    partials: dict[str, dict[str, str]] = field(default_factory=dict)
    opening: asyncio.Future[Gateway] | None = None

    def listen(self, topic: str, listener: Listener) -> None:
        """Add a listener to a topic (one person's stage)."""
        self.listeners[topic].add(listener)

    def leave(self, topic: str, listener: Listener) -> None:
        """Remove a listener; its work goes on."""
        self.listeners[topic].discard(listener)
        if not self.listeners[topic]:
            del self.listeners[topic]

    def start(self, topic: str, stage: LiveStage, work_id: str) -> asyncio.Task[None]:
        """Start work, or return the task that already does it in this process."""
        task = self.works.get(work_id)
        if task is None:
            task = asyncio.create_task(self._work(topic, stage, work_id))
            self.works[work_id] = task
            task.add_done_callback(lambda _: self._forget(work_id))
        return task

    def tell(self, topic: str, event: Event) -> None:
        """Give an event to everybody on the topic, and remember text for those who come in the middle."""
        kind, work_id, slot = event["type"], event.get("turn"), event.get("slot")
        if work_id and slot:
            texts = self.partials.setdefault(work_id, {})
            if kind == "text":
                texts[slot] = texts.get(slot, "")[: event["at"]] + event["text"]
            elif kind in ("replaced", "answer"):
                texts.pop(slot, None)
        for listener in list(self.listeners.get(topic, ())):
            listener(event)

    def tell_others(self, topic: str, event: Event, me: Listener) -> None:
        """Give an event to everybody on the topic but ``me``: a person's other tabs."""
        for listener in list(self.listeners.get(topic, ())):
            if listener != me:
                listener(event)

    async def warm(self) -> Gateway:
        """Return the gateway, made at the first call."""
        return await asyncio.shield(self.begin_warming())

    def begin_warming(self) -> asyncio.Future[Gateway]:
        """Begin to make the gateway, whose library takes a while and much memory to load; wait for nothing."""
        if self.opening is None:
            self.opening = asyncio.ensure_future(Gateway().__aenter__())
        return self.opening

    async def _work(self, topic: str, stage: LiveStage, work_id: str) -> None:
        try:
            await stage.work(work_id, await self.warm(), lambda event: self.tell(topic, event))
        except Exception:
            # A bug must not leave people waiting in silence: it is logged whole, and they are told to look again.
            log.exception("work %s failed", work_id)
            self.tell(topic, {"type": "turn", "turn": work_id, "state": "stopped"})

    def _forget(self, work_id: str) -> None:
        self.works.pop(work_id, None)
        self.partials.pop(work_id, None)

    async def close(self) -> None:
        """Stop all work and close the gateway; what was not finished is free for the next process."""
        for task in list(self.works.values()):
            task.cancel()
        await asyncio.gather(*self.works.values(), return_exceptions=True)
        opening, self.opening = self.opening, None
        if opening is not None:
            await (await opening).__aexit__(None, None, None)


_HUBS: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def hub() -> Hub:
    """Return the running loop's hub."""
    return _HUBS.setdefault(asyncio.get_running_loop(), Hub())
