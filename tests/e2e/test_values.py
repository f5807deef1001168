"""The shipped study of values, all of it: a phone and its keys, a reload, a second window, and where one stands."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import PHONE
from tests.e2e.test_interview import Typist
from tests.interviews.conftest import STORY
from tests.processes.servers import Place

STORIES = """
    SELECT v.answer, v.why FROM moral_graph_wisdomvote v JOIN studies_enrolment e ON e.id = v.enrolment_id
      JOIN participants_recruitmentidentity i ON i.participant_id = e.participant_id
     WHERE i.external_id = %(pid)s AND v.superseded_at IS NULL ORDER BY v.id"""
CARDS = """
    SELECT v.title, v.number >= 2 FROM interviews_valuescard c
      JOIN interviews_cardversion v ON v.id = c.accepted_version_id JOIN studies_enrolment e ON e.id = c.enrolment_id
      JOIN participants_recruitmentidentity i ON i.participant_id = e.participant_id
     WHERE i.external_id = %(pid)s"""


class Voter(Typist):
    """Somebody who walks the study of values by keys."""

    def choose(self, value: str) -> None:
        """Go to the page's answers and choose one as a keyboard does: arrows inside the group."""
        self.reach(self.page.locator("main input[name=answer]").first)
        self.page.keyboard.press("Space")
        for _ in range(8):
            if self.page.locator(f"main input[name=answer][value={value}]:checked").count():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is no answer here")

    def leave(self, name: str | re.Pattern[str]) -> None:
        """Press a button by Enter and wait for the next page."""
        with self.page.expect_navigation():
            self.press_on(name)

    def check(self) -> None:
        """Let axe look; nothing may stick out of the screen."""
        self.look()
        assert not self.overflows(), self.page.title()


@pytest.mark.usefixtures("place")
def test_the_whole_study_of_values_on_a_phone_by_keys_alone(place: Place, browser: Browser) -> None:
    kemi = Voter(browser, place.url, "Kemi of values", **PHONE)
    page = kemi.page
    page.add_init_script("addEventListener('pointerdown', () => console.error('a pointer was used'), true)")
    page.goto("/s/values/?participant=kemi-of-values")
    kemi.leave("Start")
    kemi.reach(page.locator("main input[type=checkbox]").first)
    page.keyboard.press("Space")
    kemi.leave("I agree")
    kemi.check()
    kemi.leave("Begin the talk")
    _talk(kemi, place)
    kemi.leave("Yes, this speaks for me")
    expect(page.get_by_role("button", name="Change this card")).to_be_visible()
    kemi.check()
    kemi.leave("Continue")
    expect(page.get_by_text("An example")).to_be_visible(timeout=60_000)  # the wait ends by itself
    assert "Where your value stands" not in page.content()
    kemi.check()
    kemi.leave("Show me the first story")
    stories = 0
    while page.locator("input[name=step]").first.get_attribute("value") != "propose":
        stories += 1
        expect(page.locator("#in-why")).to_be_hidden()
        if stories == 1:
            _forgets_to_answer(kemi)
        kemi.choose("depends" if stories == 1 else "wiser")
        kemi.reach(page.locator("#in-why"))  # it opened with the choice
        page.keyboard.type(f"Reason {stories}")
        if stories == 1:
            kemi.check()
        kemi.leave("Continue")
    assert stories >= 2
    kemi.check()
    kemi.leave("Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where your value stands")
    kemi.check()
    with page.expect_navigation():
        kemi.reach(page.get_by_role("link", name="Change the words of my card"))
        page.keyboard.press("Enter")
    kemi.check()
    kemi.reach(page.locator("#field-title"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Near whoever is awake")
    kemi.leave("Save my card")
    expect(page.get_by_role("heading", name="Near whoever is awake").first).to_be_visible(timeout=60_000)
    # Too few have voted for anything to be fair or not: nobody asks her.
    expect(page.get_by_text("You are among the first")).to_be_visible()
    kemi.leave("Continue")
    expect(page.get_by_text("Thank you").first).to_be_visible()
    answers = place.rows(STORIES, pid="kemi-of-values")
    assert answers == [("depends", "Reason 1"), *(("wiser", f"Reason {n}") for n in range(2, stories + 1))]
    assert place.rows(CARDS, pid="kemi-of-values") == [("Near whoever is awake", True)]
    assert not kemi.findings and not kemi.wrong and not kemi.foreign, (
        kemi.findings,
        kemi.wrong,
        kemi.foreign,
    )
    kemi.context.close()


def _forgets_to_answer(kemi: Voter) -> None:
    """Go on without an answer, and read the refused page anew: nothing is sent a second time."""
    page = kemi.page
    kemi.leave("Continue")
    expect(page.locator("#errors")).to_be_focused()
    kemi.check()
    page.reload()
    expect(page.locator("#errors")).to_have_count(0)  # it was read, not sent again
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Story 1 of"))
    kemi.wrong[:] = [told for told in kemi.wrong if "422" not in told]


def _talk(kemi: Voter, place: Place) -> None:
    """Talk to the card: a reload in the middle, a second window, and a model that is away for one answer."""
    page = kemi.page
    field, mine = page.locator("#interview-say"), page.locator(".said.you")
    for turn in range(1, 9):
        kemi.reach(field)
        page.keyboard.type(f"{STORY} {turn}")
        if turn == 2:
            place.set_faults({"500": 1.0})
        page.keyboard.press("Control+Enter")
        expect(mine).to_have_count(turn, timeout=30_000)
        if turn == 2:
            told = page.get_by_text("This is our fault, and what you wrote is saved.")
            expect(told).to_be_visible(timeout=30_000)
            kemi.check()
            place.set_faults({})
            kemi.press_on("Try again")
        expect(page.locator(".coming")).to_be_hidden(timeout=30_000)
        if page.locator(".values-card").count():
            break
        if turn == 1:
            second = kemi.context.new_page()
            second.goto("/s/values/here/")
            expect(second.locator(".said.you")).to_have_count(1)
            second.locator("#interview-say").fill("Half a sentence")
            page.reload()
            expect(mine).to_have_count(1)
            expect(field).to_be_visible()
            second.close()
            assert mine.count() == 1, "what another window began is not said"
    expect(page.locator(".accept")).to_be_visible(timeout=30_000)
    kemi.check()
