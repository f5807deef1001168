"""People as they are, whose rows can be found again, and what they do on the quick chat's pages."""

import re
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.e2e.person import Person
from tests.processes.servers import Place

QUESTION = "How do I say sorry to my brother?"
HELD = """
    SELECT (SELECT count(*) FROM conversations_conversation c WHERE c.enrolment_id = e.id),
           (SELECT count(*) FROM conversations_turn t JOIN conversations_conversation c
              ON c.id = t.conversation_id WHERE c.enrolment_id = e.id),
           (SELECT count(*) FROM conversations_candidate a JOIN conversations_turn t ON t.id = a.turn_id
              JOIN conversations_conversation c ON c.id = t.conversation_id
              WHERE c.enrolment_id = e.id AND a.state = 'complete'),
           (SELECT count(*) FROM protocols_judgement j WHERE j.enrolment_id = e.id),
           e.status
    FROM studies_enrolment e
    JOIN participants_recruitmentidentity i ON i.participant_id = e.participant_id
    WHERE i.external_id = %(pid)s
"""


class Careless(Person):
    """Somebody whose rows can be found again."""

    pid = ""

    def come(self, page: Page | None = None) -> Page:
        """Open the study's link and start it."""
        self.pid = uuid4().hex
        page = page or self.page
        page.goto(f"/s/quick-chat/?participant={self.pid}")
        press(page)
        return page

    def agree(self) -> None:
        """Consent, and begin the conversation."""
        for box in self.page.locator("main input[type=checkbox]").all():
            box.check()
        press(self.page)
        press(self.page)

    def held(self, place: Place) -> tuple[int, int, int, int, str]:
        """Return how many conversations, turns, whole answers and judgements are theirs, and where they are."""
        (row,) = place.rows(HELD, pid=self.pid)
        return row  # type: ignore[return-value]


def press(page: Page) -> None:
    """Press the page's main button and wait for what comes."""
    with page.expect_navigation():
        page.locator(".actions button").last.click()


def say(page: Page, text: str = QUESTION) -> None:
    """Write a message and send it."""
    page.locator("mv-conversation textarea").fill(text)
    page.locator(".write-end button").first.click()


def rate_all(page: Page) -> None:
    """Wait for all answers and rate each a little higher than the one before."""
    expect(page.locator(".answer[data-state=complete]")).to_have_count(2, timeout=20_000)
    for number, scale in enumerate(page.locator("mv-conversation mv-vas:visible").all()):
        line = scale.locator("input[type=range]")
        line.focus()
        for _ in range(3 + 4 * number):
            line.press("ArrowRight")


def finish(page: Page) -> None:
    """End the conversation, then answer and leave the last pages."""
    with page.expect_navigation():
        page.locator(".write-end button").last.click()
    press(page)
    press(page)
    expect(page).to_have_url(re.compile("/done/"))
