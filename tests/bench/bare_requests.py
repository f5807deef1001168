"""The floor of an annotation: requests sent by the client library, and their answers thrown away."""

import asyncio
import sys

from openai import AsyncOpenAI, DefaultAioHttpClient

from tests.bench.annotate import MODEL

QUESTION = "Which answer is better? Say A or B. " * 40


async def send(url: str, number: int, at_once: int) -> None:
    """Send ``number`` requests, so many at a time, waiting for all of them before the next."""
    client = AsyncOpenAI(base_url=f"{url}/v1", api_key="none", http_client=DefaultAioHttpClient())
    async with client:
        for start in range(0, number, at_once):
            await asyncio.gather(
                *(
                    client.chat.completions.create(
                        model=MODEL, messages=[{"role": "user", "content": f"{QUESTION} ({n})"}]
                    )
                    for n in range(start, min(number, start + at_once))
                )
            )


if __name__ == "__main__":
    asyncio.run(send(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
