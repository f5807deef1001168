"""Somebody who judges by keys alone, and whose answers can be found again."""

import json
import re
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Locator, expect

from tests.e2e.person import Person
from tests.processes.servers import Place

MOST_TABS = 40
GIVEN = """
    SELECT j.payload, j.no_answer, j.paradata, j.superseded_at IS NOT NULL, p.position, p.role
      FROM protocols_judgement j
      JOIN protocols_presentation p ON p.id = j.presentation_id
      JOIN studies_enrolment e ON e.id = p.enrolment_id
      JOIN participants_recruitmentidentity i ON i.participant_id = e.participant_id
     WHERE i.external_id = %(pid)s ORDER BY j.given_at"""


class Typist(Person):
    """One participant with a keyboard and nothing else."""

    def __init__(self, browser: Browser, url: str, name: str, **device: Any) -> None:
        super().__init__(browser, url, name, **device)
        self.pid = uuid4().hex
        # A click would be a finding: whoever has no mouse must not need one.
        self.page.add_init_script(
            "addEventListener('pointerdown', () => console.error('a pointer was used'), true)"
        )

    def come(self, slug: str) -> None:
        """Open the study's link, agree, and begin judging."""
        self._agree(slug)
        self.leave(self.main_button)
        expect(self.page.locator("mv-judge .judge-tools")).to_have_count(1)

    def come_to_talk(self, slug: str) -> None:
        """Open the study's link, agree, and begin a conversation."""
        self._agree(slug)
        self.leave(self.page.locator("main button[name=type], .actions button").first)

    def _agree(self, slug: str) -> None:
        self.page.goto(f"/s/{slug}/?participant={self.pid}")
        self.leave(self.main_button)
        self.go_to(self.page.locator("main input[type=checkbox]").first)
        self.page.keyboard.press("Space")
        self.leave(self.main_button)

    @property
    def main_button(self) -> Locator:
        """Return the page's main button."""
        return self.page.locator(".actions .primary")

    def go_to(self, wanted: Locator) -> None:
        """Press Tab until the focus is where it is wanted."""
        for _ in range(MOST_TABS):
            if wanted.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way by Tab to {wanted}")

    def leave(self, button: Locator) -> None:
        """Go to a button or link, press Enter, and wait for the next page."""
        self.go_to(button)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def press(self, keys: str) -> None:
        """Press keys one after another; ``"words"`` in quotes are typed."""
        for typed, key in re.findall(r'"([^"]*)"|(\S+)', keys):
            if typed:
                self.page.keyboard.type(typed)
            else:
                self.page.keyboard.press(key)

    def send(self, keys: str = "Enter") -> None:
        """Send the page and wait for the next one to be usable."""
        with self.page.expect_navigation():
            self.press(keys)
        assert not self.page.locator("#errors").count(), self.page.locator("#errors").inner_text()

    def formed(self) -> dict[str, list[str]]:
        """Return what the form would send as an answer, without what was only noticed."""
        read = "() => [...new FormData(document.getElementById('stage'))].filter(([n]) => n.startsWith('answer.'))"
        found: dict[str, list[str]] = {}
        for name, value in self.page.evaluate(read):
            if value and not re.search("__paradata|sha256|viewed", name):
                found.setdefault(name, []).append(value)
        return found

    def given(self, place: Place) -> list[dict[str, Any]]:
        """Return this person's judgements, in the order they were given."""
        names = ("payload", "no_answer", "paradata", "superseded", "position", "role")
        return [dict(zip(names, row, strict=True)) for row in place.rows(GIVEN, pid=self.pid)]

    def look_at(self, width: int) -> None:
        """Let axe look at this width; nothing may stick out, and the button that sends must be in sight."""
        self.page.set_viewport_size({"width": width, "height": 844})
        self.look()
        assert not self.page.evaluate("() => document.documentElement.scrollWidth > innerWidth"), width
        box = self.main_button.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= 844 - box["height"], (
            f"the button is out of sight at {width} px: {json.dumps(box)}"
        )

    def accuse(self) -> None:
        """Fail on anything that axe, the console or the network had to say."""
        assert not self.findings, self.findings
        assert not self.wrong, self.wrong
        assert not self.foreign, self.foreign
