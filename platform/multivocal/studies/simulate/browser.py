"""A browser without a screen: cookies, redirects, forms, and patience with a server that is not there for a moment."""

import asyncio
import random
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp

from multivocal.studies.simulate.markup import Node, parse_page
from multivocal.studies.simulate.records import Records

BUSY = {429, 503}
BROKEN = {500, 502, 504}
PER_REQUEST_S = 30.0


class GaveUpError(Exception):
    """Patience has ended; the message says what was tried last."""


class Seen:
    """A page as it arrived: where it is, its status, its tree."""

    def __init__(self, url: str, status: int, html: str) -> None:
        self.url, self.status, self.html = url, status, html
        self.path = urlsplit(url).path
        self.query = urlsplit(url).query
        self.tree: Node = parse_page(html)

    @property
    def language(self) -> str:
        """The page's language, by its own word."""
        node = self.tree.find("html")
        return node.attrs.get("lang", "en") if node else "en"

    @property
    def heading(self) -> str:
        """What stands on top, for messages."""
        node = self.tree.find("h1")
        return node.text[:120] if node else ""


class Browser:
    """One person's browser; ``patience`` is how many seconds it goes on trying one thing."""

    def __init__(
        self, site: str, records: Records, rng: random.Random, language: str, patience: float = 90.0
    ) -> None:
        self.site, self.records, self.rng, self.patience = site.rstrip("/"), records, rng, patience
        # Cookies of an address by number are refused by default; a local server has no other.
        self.session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            connector=aiohttp.TCPConnector(limit=6),
            timeout=aiohttp.ClientTimeout(total=PER_REQUEST_S),
            headers={
                "User-Agent": "Multivocal simulated participant",
                "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
                "Accept-Language": f"{language},en;q=0.7",
            },
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    def at(self, path: str) -> str:
        """Return the whole address of a path."""
        return path if path.startswith("http") else f"{self.site}{path}"

    async def get(self, path: str, step: str = "page") -> Seen:
        """Open a page, again and again while the server is away or busy."""
        return await self._patiently("GET", self.at(path), None, step)

    async def post(self, path: str, pairs: Sequence[tuple[str, str]], step: str = "submit") -> Seen:
        """Send a form; the same form, with the same key, once more when no answer came."""
        return await self._patiently("POST", self.at(path), pairs, step)

    async def _patiently(
        self, method: str, url: str, pairs: Sequence[tuple[str, str]] | None, step: str
    ) -> Seen:
        end = time.monotonic() + self.patience
        wait = 0.25
        while True:
            problem, rest = "", 0.0
            try:
                seen, rest = await self._once(method, url, pairs, step)
                if seen.status not in BUSY | BROKEN:
                    return seen
                problem = f"{seen.status}"
            except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
                problem = type(error).__name__
            self.records.wrong(f"{step}: {problem}")
            if time.monotonic() > end:
                raise GaveUpError(f"{method} {urlsplit(url).path}: {problem}")
            await asyncio.sleep(max(rest, wait * self.rng.uniform(0.7, 1.3)))
            wait = min(wait * 2, 5.0)

    async def _once(
        self, method: str, url: str, pairs: Sequence[tuple[str, str]] | None, step: str
    ) -> tuple[Seen, float]:
        data = None if pairs is None else aiohttp.FormData(pairs)
        headers = {"Origin": self.site} if method == "POST" else {}
        started = time.perf_counter()
        async with self.session.request(method, url, data=data, headers=headers) as response:
            html = await response.text(errors="replace")
        if response.status < 400:
            self.records.took(step, time.perf_counter() - started)
        rest = response.headers.get("Retry-After", "")
        return Seen(str(response.url), response.status, html), min(
            float(rest), 10.0
        ) if rest.isdigit() else 0.0
