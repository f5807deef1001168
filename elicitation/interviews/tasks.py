"""Celery's part: what is due in interviews whose process died, or that came without a socket."""

import asyncio
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from elicitation.interviews import work
from elicitation.interviews.answering import serve_interview
from multivocal import bell
from multivocal.llm.gateway import Gateway


@shared_task(name="interviews.serve")
def serve_waiting_interview(interview_id: str) -> None:
    """Write what is due in one interview; leaves quietly when nothing is."""
    asyncio.run(_serve(interview_id))


async def _serve(interview_id: str) -> None:
    async with Gateway() as gateway:
        await serve_interview(interview_id, gateway, lambda event: None)


@shared_task(name="interviews.sweep")
def sweep_interviews() -> None:
    """Queue interviews that have waited longer than a living process would let them."""
    for interview_id in work.overdue(timezone.now() - timedelta(seconds=25)):
        bell.ring(serve_waiting_interview, interview_id)
