"""Routing from the admin in a real browser: a policy by form, forecast, run, pause, resume, audit, report."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.person import DESKTOP, PHONE, Person
from tests.processes.servers import Place

PASSWORD = "a long enough phrase"
PATIENCE = 120.0
"""Seconds for anything: the machine may have much else to do."""
ROUTING = "/admin/studies/study/of/hybrid/more/routing/"


def signed_in(place: Place, browser: Browser, name: str, device: dict[str, object]) -> Person:
    person = Person(browser, place.url, name, **device)
    person.page.set_default_timeout(1000 * PATIENCE)
    person.page.goto("/admin/")
    person.page.get_by_label("Username").fill("rana")
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.keyboard.press("Enter")
    # The address of the way in ends with the address that is wanted.
    person.page.wait_for_url(re.compile(r"^[^?]*/admin/studies/study/$"))
    return person


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """What is expected has time to come."""
    expect.set_options(timeout=1000 * PATIENCE)
    yield
    expect.set_options(timeout=5000)


@pytest.fixture
def rana(place: Place, browser: Browser) -> Person:
    """Rana Haddad, who runs the study, at her desk."""
    place.extra |= {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    place.manage("createsuperuser", "--noinput", "--username", "rana", "--email", "rana@example.org")
    return signed_in(place, browser, "Rana", DESKTOP)


def wait_for(page: Page, state: str, patience: float = 4 * PATIENCE) -> None:
    """Load the page until the run is in a state."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        page.goto(ROUTING)
        if page.locator("#run h2").inner_text().endswith(state):
            return
        page.wait_for_timeout(300)
    raise AssertionError(page.locator("#run").inner_text())


def test_a_policy_is_declared_run_watched_and_reported(place: Place, browser: Browser, rana: Person) -> None:
    page = rana.page
    page.goto(ROUTING)
    page.locator("#declare [name=name]").fill("first")
    page.get_by_label("Who decides where an item goes").select_option("ladder")
    page.locator("[name=model_1]").select_option("sim-judge-sharp")
    page.locator("[name=model_2]").select_option("sim-judge-rough")
    page.locator("[name=orders_2]").uncheck()
    page.get_by_label("Seed: items drawn at random first").fill("12")
    # One label each: where two disagree a third person is asked, and who comes is what this test decides.
    page.get_by_label("People for each of them").fill("1")
    page.get_by_label("US dollars for everything").fill("1")
    page.get_by_role("button", name="Declare it and see").click()
    expect(page.get_by_text("The budget ends before anything can be routed")).to_be_visible()
    expect(page.locator("[name=model_2]")).to_have_value("sim-judge-rough")
    page.get_by_label("US dollars for everything").fill("10")
    page.get_by_role("button", name="Declare it and see").click()
    draft = page.locator("[data-draft=first]")
    expect(draft).to_contain_text("models judge 200 of them in 600 calls")
    expect(draft).to_contain_text("at least 12 for the seed")
    rana.look()
    draft.get_by_role("button", name="Start").click()
    page.wait_for_load_state()
    expect(page.locator("#run")).to_contain_text("label the seed")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#run h2")).to_contain_text("paused")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#run h2")).not_to_contain_text("paused")
    url = ["--url", place.url, "--concurrency", "2", "--seed", "5"]
    place.manage("study", "simulate", "hybrid", "-n", "2", *url)
    wait_for(page, "people label")
    expect(page.locator("#strip")).to_contain_text("keep a model's label")
    page.locator("[name=number]").fill("3")
    page.get_by_role("button", name="Audit now").click()
    expect(page.get_by_text("3 labels of models go to a person each")).to_be_visible()
    place.manage("study", "simulate", "hybrid", "-n", "4", *url)
    page.goto("/admin/studies/study/of/hybrid/reports/routing/")
    expect(page.locator("#burn svg")).to_be_visible()
    expect(page.locator("#methods")).to_contain_text("sim-judge-sharp")
    expect(page.locator("#methods")).to_contain_text("The run was paused once")
    rana.look()
    phone = signed_in(place, browser, "Phone", PHONE)
    phone.page.goto(ROUTING)
    expect(phone.page.locator("#quality")).to_be_visible()
    phone.look()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.page.goto(f"{ROUTING}?new=1")
    expect(phone.page.locator("#declare")).to_be_visible()
    phone.look()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    twice = place.one(
        "SELECT count(*) - count(DISTINCT subject) FROM llm_call WHERE purpose = 'annotate' AND state = 'done'"
    )
    assert twice == 0, "a judge was paid twice for one answer"
    for one in (rana, phone):
        # The budget that was refused is the one thing that went wrong, and on purpose.
        wrong = [said for said in one.wrong if "400 (Bad Request)" not in said]
        assert (one.findings, wrong, one.foreign) == ({}, [], [])
    phone.context.close()
    page.context.close()
