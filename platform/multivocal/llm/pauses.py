"""How long nobody is asked after a failure: never in step with the others who failed at the same moment."""

import asyncio
import random

FIRST_S, LONGEST_S = 0.5, 8.0
PATIENT_S = (0.2, 0.6)
"""A person looks at an empty place meanwhile."""


async def rest(attempt: int) -> None:
    """Wait before a failed attempt (1, 2, …) is made again: half a second, twice as long each time, up to eight."""
    await asyncio.sleep(min(LONGEST_S, FIRST_S * 2 ** (attempt - 1)) * random.uniform(0.7, 1.3))


async def rest_briefly(attempt: int) -> None:
    """Wait before a failed attempt (1, 2, …) is made again while a person waits: less than a second, times attempts."""
    await asyncio.sleep(random.uniform(*PATIENT_S) * attempt)
