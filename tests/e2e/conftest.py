"""A whole platform of its own, and a real Chromium that looks at it."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import ARGUMENTS, find_browser
from tests.e2e.careless import Careless
from tests.e2e.ears import Wire, a_wire
from tests.processes.servers import Place, a_place

# Playwright's loop runs in this thread; Django would take the tests for asynchronous code. They use no models.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here and run it last: Playwright's loop stays in this thread, and two loops do not fit."""
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker("e2e")
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    """A platform with the shipped studies open, its simulator as fast as it can."""
    with a_place("e2e", SIM_TOKENS_PER_SECOND="0") as place:
        place.manage("study", "seed")
        place.start("simulator", "web", "worker")
        yield place


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Without one these tests fail by name: a run without them is not complete."""
    path = find_browser()
    if path is None:
        pytest.fail("No Chromium on this machine: `make test` tries to get one; CHROMIUM= names one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def wire(place: Place) -> Iterator[Wire]:
    """Whoever comes over this wire is overheard."""
    with a_wire(place.port) as wire:
        yield wire


@pytest.fixture
def person(place: Place, browser: Browser) -> Iterator[Callable[..., Careless]]:
    """Make people; their browsers are closed at the end."""
    made: list[Careless] = []

    def make(name: str, wire: Wire | None = None, **device: object) -> Careless:
        made.append(Careless(browser, wire.url if wire else place.url, name, **device))
        if wire:
            wire.attend(made[-1].context)
        return made[-1]

    yield make
    for one in made:
        one.context.close()


@pytest.fixture
def slow(place: Place) -> Iterator[None]:
    """Models that take some seconds for an answer."""
    place.stop("simulator")
    place.extra["SIM_TOKENS_PER_SECOND"] = "12"
    place.start("simulator")
    yield
    place.stop("simulator")
    place.extra["SIM_TOKENS_PER_SECOND"] = "0"
    place.start("simulator")
