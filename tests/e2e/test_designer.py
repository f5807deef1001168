"""A designer's afternoon in a real browser: a study by forms alone, previewed, opened, watched and closed."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.person import DESKTOP, Person
from tests.processes.servers import Place

PASSWORD = "a long enough phrase"
STUDY = "/admin/studies/study/of/tea-talk"
# The words of tabs and facts that stick out of their row of tabs or their card.
OUTSIDE = """() => [...document.querySelectorAll(".mv-tabs a, .mv-facts dt, .mv-facts dd")].filter(one => {
  const box = one.closest(".mv-tabs, .mv-card").getBoundingClientRect()
  return one.getBoundingClientRect().right > box.right + 1
}).map(one => one.textContent)"""


@pytest.fixture
def dana(place: Place, browser: Browser) -> Person:
    """Dana Okafor, signed in, at her desk."""
    made = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    place.extra |= made
    place.manage("createsuperuser", "--noinput", "--username", "dana", "--email", "dana@example.org")
    person = Person(browser, place.url, "Dana", **DESKTOP)
    person.page.goto("/admin/")
    person.page.get_by_label("Username").fill("dana")
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.keyboard.press("Enter")
    person.page.wait_for_url("**/admin/studies/study/")
    return person


def saved(page: Page, words: str) -> None:
    """Wait until the editor says what was typed last is kept, and how it stands."""
    expect(page.locator("mv-study-editor .mv-save")).to_contain_text(words)


def test_a_study_from_the_first_form_to_the_last_button(place: Place, browser: Browser, dana: Person) -> None:
    page = dana.page
    page.get_by_role("link", name="New study").click()
    page.get_by_label("Name in addresses").fill("tea-talk")
    page.get_by_text("A quick chat", exact=True).first.click()
    dana.look()
    page.get_by_role("button", name="Make the draft").click()

    page.get_by_label("العربية (ar)").uncheck()
    page.locator("[data-place=title] textarea").fill("Tea and talk")
    minutes = page.locator("[data-place=minutes] input")
    minutes.fill("0")
    saved(page, "1 to correct")
    expect(page.locator("[data-place=minutes] > .mv-mistake")).to_be_visible()
    dana.look()
    page.get_by_role("button", name="Undo").click()
    saved(page, "no mistakes")

    page.get_by_role("button", name="Stages").click()
    page.get_by_label("Kind to add").last.select_option("survey")
    page.get_by_role("button", name="Add one of this kind").last.click()
    survey = page.locator("details[data-place='stages.2']")
    survey.get_by_role("button", name="Add one", exact=True).click()
    survey.get_by_label("Kind to add").select_option("text")
    survey.get_by_role("button", name="Add one of this kind").click()
    survey.locator("[data-place$='items.0.label'] textarea").fill("Which tea?")
    dana.look()
    page.get_by_role("button", name="Arms and quotas").click()
    page.locator("[data-place=factors]").get_by_label("New name").fill("tone")
    page.locator("[data-place=factors]").get_by_role("button", name="Add this name").click()
    page.keyboard.type("warm\nplain")
    arms = page.locator("[data-place=arms]")
    for arm in ("warm", "plain"):
        arms.get_by_role("button", name="Add one", exact=True).click()
        arms.locator("details[open]").get_by_label("Name in the data").fill(arm)
        arms.locator("details[open]").get_by_label("tone").select_option(arm)
    saved(page, "no mistakes")
    dana.look()

    page.get_by_role("link", name="Preview").click()
    page.locator("select[name=arm]").select_option("plain")
    dana.look()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Start the preview").click()
    walk(dana, opened.value)
    assert place.one("SELECT arm FROM studies_enrolment WHERE preview AND status = 'complete'") == "plain"

    page.goto(f"{STUDY}/")
    page.get_by_role("button", name="Open the study").click()
    expect(page.locator(".mv-state")).to_have_text("open")
    assert page.evaluate(OUTSIDE) == [], "every tab and every fact is inside what it belongs to"
    expect(page.get_by_role("heading", name="Before it opens")).to_have_count(0)
    dana.look()

    tomas = Person(browser, place.url, "Tomás", **DESKTOP)
    tomas.arrive("tea-talk")
    page.get_by_role("link", name="Monitor").click()
    expect(page.locator(".mv-figure", has_text="active now")).to_contain_text("1")
    dana.look()

    page.goto(f"{STUDY}/")
    page.get_by_text("Close for good").click()
    page.get_by_label("Type tea-talk to close it").fill("tea-talk")
    page.get_by_role("button", name="Close the study").click()
    expect(page.locator(".mv-state")).to_have_text("closed")
    assert not dana.findings, dana.findings
    assert not dana.wrong, dana.wrong
    assert not dana.foreign, dana.foreign


def walk(dana: Person, preview: Page) -> None:
    """Go through a preview to its end, as a participant would."""
    desk, dana.page = dana.page, preview
    try:
        preview.wait_for_load_state()
        preview.get_by_role("button", name="Start").or_(preview.locator(".actions button").last).first.click()
        dana.walk(most=20)
    finally:
        dana.page = desk
