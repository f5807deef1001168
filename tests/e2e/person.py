"""A person at a browser: looks at the page, does what it asks, and has axe look at every page on the way."""

import json
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("SHOTS", "")  # a folder for pictures of every page axe looks at
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}


class Person:
    """One participant with a name, at one browser."""

    def __init__(self, browser: Browser, url: str, name: str, **device: Any) -> None:
        self.context = browser.new_context(base_url=url, **device)
        self.page: Page = self.context.new_page()
        self.name = name
        self.foreign: list[str] = []
        self.wrong: list[str] = []
        self.findings: dict[str, str] = {}
        self.seen: list[str] = []
        self.page.on(
            "request", lambda r: None if r.url.startswith((url, "data:")) else self.foreign.append(r.url)
        )
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda m: self.wrong.append(m.text) if m.type == "error" else None)

    def look(self) -> None:
        """Let axe look at the page as it is; serious findings are kept with the page's title."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        result = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        self.seen.append(self.page.title())
        if SHOTS:
            path = Path(SHOTS) / f"{self.name.split()[0]}-{len(self.seen):02d}.png"
            self.page.screenshot(path=path, full_page=True)
        for found in result["violations"]:
            if found["impact"] in ("serious", "critical"):
                nodes = json.dumps([node["html"][:160] for node in found["nodes"][:3]])
                self.findings[f"{self.page.title()}: {found['id']}"] = nodes

    def arrive(self, slug: str, query: str = "") -> None:
        """Open the study's link and press start."""
        self.page.goto(f"/s/{slug}/{query}")
        self.look()
        self.page.get_by_role("button", name="Start").click()

    def walk(self, most: int = 200) -> None:
        """Go on until the study is done."""
        for _ in range(most):
            self.page.wait_for_load_state()
            if "/done/" in self.page.url:
                self.look()
                return
            if self.page.locator("mv-conversation").count():
                self.talk()
            else:
                self.look()
                self.fill()
                self.go_on()
        raise AssertionError(f"{self.name} is not done after {most} pages, at “{self.page.title()}”")

    def go_on(self) -> None:
        """Press the page's main button, and wait for the next page."""
        with self.page.expect_navigation():
            self.page.locator(".actions button").last.click()
        assert not self.page.locator("#errors").count(), self.page.locator("#errors").inner_text()

    def fill(self) -> None:
        """Answer every question that is visible."""
        main = self.page.locator("main")
        for box in main.locator("input[type=checkbox]:not(.vas-na):visible").all():
            name = box.get_attribute("name") or ""
            if not main.locator(f"input[name='{name}']:checked").count() and box.is_enabled():
                box.check()
        names = {r.get_attribute("name") for r in main.locator("input[type=radio]:enabled:visible").all()}
        for name in sorted(filter(None, names)):
            group = main.locator(f"input[type=radio][name='{name}']:enabled:visible")
            if group.count() and not main.locator(f"input[name='{name}']:checked").count():
                group.first.check()
        for field in main.locator("textarea:visible, input[type=text]:visible").all():
            if not field.input_value() and field.is_enabled():
                field.fill("I care about honesty, my family and being kind to strangers.")
        for field in main.locator("select:visible").all():
            if not field.input_value():
                field.select_option(index=3)
        for scale in main.locator("mv-vas:visible").all():
            self.rate(scale, presses=5)

    def rate(self, scale: Locator, presses: int) -> None:
        """Rate by keyboard: the first key puts the thumb down, the others move it."""
        line = scale.locator("input[type=range]")
        line.focus()
        for _ in range(presses):
            line.press("ArrowRight")

    def talk(self) -> None:
        """Hold one conversation of two turns and finish it."""
        page = self.page
        for turn, text in enumerate(("How do I say sorry to my brother?", "And if he does not answer?")):
            page.locator("mv-conversation textarea").fill(text)
            if turn == 0:
                self.look()
            page.get_by_role("button", name="Send", exact=True).click()
            send = page.get_by_role("button", name="Send ratings")
            send.wait_for()
            page.get_by_text("You can rate this answer when it is finished.").first.wait_for(state="hidden")
            scales = page.locator("mv-conversation mv-vas:visible")
            for number, scale in enumerate(scales.all()):
                self.rate(scale, presses=3 + 4 * number)
            if turn == 0:
                self.look()
            send.click()
            send.wait_for(state="detached")
            finish = page.get_by_role("button", name="Finish")
            if turn == 1 or (finish.count() and finish.first.is_visible() and turn == 0 and self._one_turn()):
                with page.expect_navigation():
                    finish.first.click()
                return

    def _one_turn(self) -> bool:
        return "quick-chat" in self.page.url
