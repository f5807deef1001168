"""What is read of a failed response: no more than a row keeps of it, however much is sent."""

from collections.abc import AsyncIterator

import httpx2  # what openai speaks through; loaded with it, not before

LARGEST_ERROR = 64_000


async def cut_error(response: httpx2.Response) -> None:
    """Shorten a response that failed: the client reads all of one before it raises. A hook of the client."""
    if not response.is_success and isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Beginning(response.stream)


class _Beginning(httpx2.AsyncByteStream):
    def __init__(self, whole: httpx2.AsyncByteStream) -> None:
        self._whole = whole

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for data in self._whole:
            yield data
            size += len(data)
            if size > LARGEST_ERROR:
                return

    async def aclose(self) -> None:
        await self._whole.aclose()
