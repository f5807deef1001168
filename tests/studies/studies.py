"""Small studies for tests, and people who walk through them with a browser."""

import re
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection
from django.test import Client
from django.utils import timezone

from multivocal.studies.definition import as_document, digest, parse_definition
from multivocal.studies.models import Study, StudyVersion

T = TypeVar("T")

CONSENT: dict[str, Any] = {
    "id": "consent",
    "kind": "consent",
    "version": "v1",
    "body": {"en": "# What this is\n\nWe ask, you answer.", "ar": "نحن نسأل وأنت تجيب."},
    "purposes": [
        {"key": "taking-part", "text": {"en": "I take part", "ar": "أشارك"}, "required": True},
        {"key": "sharing", "text": {"en": "My data may be shared", "ar": "يمكن مشاركة بياناتي"}},
    ],
}
SCREEN: dict[str, Any] = {
    "id": "screen",
    "kind": "screening",
    "items": [
        {
            "id": "gender",
            "kind": "single",
            "label": "You are",
            "options": [{"key": "woman", "label": "a woman"}, {"key": "man", "label": "a man"}],
        }
    ],
    "traits": ["gender"],
}
DEBRIEF: dict[str, Any] = {"id": "debrief", "kind": "debrief", "text": "That was all. <b>Thanks</b>"}


def document(slug: str = "tea", **changes: Any) -> dict[str, Any]:
    """Return a study of two stages, with ``changes`` on top."""
    return {
        "slug": slug,
        "title": {"en": "Tea or coffee", "ar": "شاي أم قهوة"},
        "minutes": 5,
        "languages": ["en", "ar"],
        "contact": {"name": "Dana Okafor", "email": "dana@example.org"},
        "stages": [CONSENT, DEBRIEF],
        **changes,
    }


def make_study(slug: str = "tea", *, state: str = "open", frozen: bool = True, **changes: Any) -> Study:
    """Return a stored study with one version, open unless said otherwise."""
    shape = parse_definition(document(slug, **changes))
    study = Study.objects.create(slug=slug, state=state)
    add_version(study, as_document(shape), frozen=frozen)
    return study


def add_version(study: Study, content: dict[str, Any], *, frozen: bool = True) -> StudyVersion:
    """Give ``study`` its next version."""
    return StudyVersion.objects.create(
        study=study,
        number=study.versions.count() + 1,
        definition=content,
        sha256=digest(content),
        frozen_at=timezone.now() if frozen else None,
    )


class Person:
    """Somebody with a browser. ``pid`` None: they came by the bare link."""

    def __init__(self, slug: str = "tea", pid: str | None = None, *, client: Client | None = None) -> None:
        self.slug, self.pid = slug, pid
        self.client = client or Client(enforce_csrf_checks=True)
        self.page: Any = None

    def arrive(self, query: str | None = None) -> Any:
        """Open the study's link and follow it to the clean address."""
        if query is None:
            query = f"?participant={self.pid}" if self.pid else ""
        return self.keep(self.client.get(f"/s/{self.slug}/{query}", follow=True))

    def start(self) -> Any:
        """Arrive and press start."""
        self.arrive()
        return self.keep(self.post("start/", follow=True))

    def here(self) -> Any:
        """Load the page where this person is."""
        return self.keep(self.client.get(f"/s/{self.slug}/here/", follow=True))

    def post(self, path: str, fields: dict[str, Any] | None = None, *, follow: bool = False) -> Any:
        """Send a form with the browser's CSRF token."""
        token = self.client.cookies["csrftoken"].value
        data = {**(fields or {}), "csrfmiddlewaretoken": token}
        return self.client.post(f"/s/{self.slug}/{path}", data, follow=follow)

    def hidden(self) -> dict[str, str]:
        """Return the hidden fields (stage, step, key) of the page that is open."""
        assert self.page is not None
        text = self.page.content.decode()
        return {
            name: found[1]
            for name in ("stage", "step", "key")
            if (found := re.search(rf'name="{name}" value="([^"]*)"', text))
        }

    def submit(self, **fields: Any) -> Any:
        """Send the open page with ``fields`` filled in."""
        return self.keep(self.post("here/", {**self.hidden(), **fields}, follow=True))

    def agree(self) -> Any:
        """Tick the required box and agree."""
        return self.submit(decision="agree", **{"purpose-taking-part": "on"})

    def walk(self, gender: str = "woman") -> Any:
        """Start and go through whatever comes, to the last page."""
        self.start()
        for _ in range(10):
            stage = self.hidden().get("stage")
            if stage is None:
                break
            if stage == "consent":
                self.agree()
            elif stage == "screen":
                self.submit(gender=gender)
            else:
                self.submit()
        assert self.page is not None
        return self.page

    def keep(self, response: Any) -> Any:
        """Remember the page that is open now."""
        self.page = response
        return response


def at_once(jobs: Iterable[Callable[[], T]]) -> list[T]:
    """Run all jobs at the same moment, each on its own thread and database connection."""
    work = list(jobs)
    barrier = threading.Barrier(len(work))

    def run(job: Callable[[], T]) -> T:
        try:
            barrier.wait(60)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))
