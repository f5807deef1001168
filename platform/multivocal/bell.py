"""The bell of the workers: a task that is queued tells a worker to look at a row."""

import logging
from typing import Any

from kombu.exceptions import OperationalError

logger = logging.getLogger("multivocal.queue")


def ring(task: Any, *arguments: str | int) -> None:
    """Queue a Celery task for a row that is committed; where the broker is away, log it and go on.

    A lost ring loses no work and nobody's page: the row says what is due, and the scheduler's sweep, or the next
    look at what waits for it, rings again. Anything but an absent broker is a mistake of ours and is raised.
    """
    try:
        task.delay(*arguments)
    except OperationalError:
        logger.warning("no broker for %s%s; its row waits to be found", task.name, arguments, exc_info=True)
