"""Celery's part: turns whose process died, or that came without a socket, are answered in the background."""

import asyncio
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from annotation.conversations.answering import answer_turn
from annotation.conversations.candidates import SILENCE
from annotation.conversations.models import Answerer, Turn
from multivocal import bell
from multivocal.llm.gateway import Gateway


@shared_task(name="conversations.answer_turn")
def answer_waiting_turn(turn_id: str) -> None:
    """Answer one turn; leaves quietly when it is answered or somebody alive is at it."""
    asyncio.run(_answer(turn_id))


async def _answer(turn_id: str) -> None:
    async with Gateway() as gateway:
        await answer_turn(turn_id, gateway, lambda event: None)


@shared_task(name="conversations.sweep")
def sweep_turns() -> None:
    """Queue turns that have waited longer than a living process would let them, and forget dead processes."""
    now = timezone.now()
    waiting = Turn.objects.filter(state=Turn.State.ANSWERING, opened_at__lt=now - 2 * SILENCE)
    alive = Answerer.objects.filter(seen_at__gt=now - SILENCE).values("pk")
    for turn_id in (
        waiting.exclude(candidates__holder__in=alive).values_list("pk", flat=True).distinct()[:500]
    ):
        bell.ring(answer_waiting_turn, str(turn_id))
    Answerer.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
