"""From page to page: practice with feedback first, the way back, one answer for a held key, what was noticed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.kinds.keys import Typist
from tests.e2e.kinds.studies import bring_in, practised, study_of
from tests.processes.servers import Place

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def pages(place: Place) -> Place:
    """A study of four pairs with a practice pair first, whose right answer is known."""
    bring_in(place, practised(), study_of("pairwise3", min_dwell_ms=4000) | {"slug": "hasty"})
    return place


@pytest.fixture
def kemi(pages: Place, browser: Browser) -> Iterator[Typist]:
    """Kemi, who has a keyboard and no mouse."""
    kemi = Typist(browser, pages.url, "Kemi from page to page")
    yield kemi
    kemi.context.close()


def test_practice_comes_first_and_says_what_was_expected(pages: Place, kemi: Typist) -> None:
    page = kemi.page
    kemi.come("practised")
    expect(page.locator("h1")).to_have_text("Practice · Page 1 of 5")
    # The answer that says sorry is expected; here the other one is chosen.
    slots = {page.locator(f"[data-slot={slot}] .answer-words").text_content(): slot for slot in "AB"}
    kemi.send("1 Enter" if slots["Just wait."] == "A" else "3 Enter")
    feedback = page.locator("#feedback")
    expect(feedback).to_be_focused()
    expect(feedback).to_contain_text("We expected another answer.")
    expect(feedback).to_contain_text(f"We expected answer {slots['Say sorry to him.']} to come out best.")
    paint = "e => getComputedStyle(e).backgroundColor"
    assert feedback.evaluate(paint) != page.locator(".prompt-text").evaluate(paint)
    expect(feedback).to_contain_text("It says sorry.")
    kemi.look()
    kemi.send()
    expect(page.locator("h1")).to_have_text("Page 2 of 5")
    expect(page.locator("h1")).to_be_focused()
    assert [row["role"] for row in kemi.given(pages)] == ["practice"]
    kemi.accuse()


def test_the_last_answer_is_taken_back_from_the_page_after_it(pages: Place, kemi: Typist) -> None:
    page = kemi.page
    kemi.come("practised")
    kemi.send("2 Enter")
    kemi.send()
    kemi.press("1 3 z")
    kemi.send("3 Enter")
    expect(page.locator("h1")).to_have_text("Page 3 of 5")
    # Nothing is chosen here yet, so the key means the page before.
    kemi.send("z")
    expect(page.locator("h1")).to_have_text("Correct your last answer")
    assert kemi.formed() == {"answer.choice": ["b"]}
    kemi.press("2")
    kemi.leave(page.locator(".actions a"))  # leave it as it is
    kemi.send("z")
    assert kemi.formed() == {"answer.choice": ["b"]}
    kemi.look()
    kemi.send("1 Enter")
    expect(page.locator("h1")).to_have_text("Page 3 of 5")
    # A choice on this page is what the key takes back here; the way back by Tab is there all the same.
    kemi.press("2 z")
    assert kemi.formed() == {}
    kemi.leave(page.locator(".actions a"))
    kemi.leave(page.locator(".actions a"))
    expect(page.locator("h1")).to_have_text("Page 3 of 5")
    rows = [row for row in kemi.given(pages) if row["role"] == "main"]
    assert [(row["payload"]["choice"], row["superseded"]) for row in rows] == [("b", True), ("a", False)]
    noticed = rows[0]["paradata"]
    assert noticed["changes"] >= 2
    assert set(noticed["slots"]) <= {"A", "B"}
    kemi.accuse()


def test_a_key_that_is_held_sends_one_page(pages: Place, kemi: Typist) -> None:
    page = kemi.page
    kemi.come("practised")
    kemi.send("2 Enter")
    kemi.send()
    kemi.press("1")
    page.keyboard.down("Enter")
    expect(page.locator("h1")).to_have_text("Page 3 of 5")
    for _ in range(5):
        page.keyboard.down("Enter")  # the keyboard repeats what is held
    page.keyboard.up("Enter")
    expect(page.locator("h1")).to_have_text("Page 3 of 5")
    kemi.press("Enter")  # nothing is chosen: it says so, and stays
    expect(page.locator("[data-missing]")).to_have_count(1)
    expect(page.locator("h1")).to_have_text("Page 3 of 5")
    assert len(kemi.given(pages)) == 2
    kemi.accuse()


def test_without_a_connection_an_answer_waits_on_its_page(pages: Place, kemi: Typist) -> None:
    page = kemi.page
    kemi.come("practised")
    expect(page.locator("#save-state")).to_be_empty()  # nothing was saved here
    kemi.press("Enter")
    expect(page.locator("[data-missing] > .problem")).to_have_text("Please choose one answer.")
    kemi.press("2")
    kemi.context.set_offline(True)
    kemi.press("Enter")
    expect(page.locator("#save-state")).to_contain_text("There is no connection.")
    assert kemi.formed() == {"answer.choice": ["tie"]}
    assert kemi.given(pages) == []
    with page.expect_navigation():
        kemi.context.set_offline(False)
    expect(page.locator("#feedback")).to_be_visible()
    assert len(kemi.given(pages)) == 1


def test_a_send_that_comes_too_early_goes_off_by_itself(pages: Place, kemi: Typist) -> None:
    page = kemi.page
    kemi.come("hasty")
    kemi.press("2 Enter")
    expect(page.locator("#save-state")).to_contain_text("One moment: read on")
    expect(page.locator("h1")).to_have_text("Page 2 of 2")
    assert not page.locator("#errors").count()
    assert len(kemi.given(pages)) == 1
    kemi.accuse()
