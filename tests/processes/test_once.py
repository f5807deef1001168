"""Two tabs, double clicks, replays, the back button and twenty arrivals at once, over real HTTP: one of each."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from multivocal.studies.simulate.answers import Pairs, fill_form
from multivocal.studies.simulate.browser import Browser, Seen
from multivocal.studies.simulate.census import Profile
from multivocal.studies.simulate.forms import find_form
from multivocal.studies.simulate.records import Records
from tests.processes.servers import Place
from tests.processes.studies import short

LATE = "5f0c8a52-6a1c-4d1c-9f3f-0d2f1f4f7a11"
PERSON = Profile("GBR", 34, "25-34", "Mixed", "Female")


@pytest.fixture(scope="module")
def site(place: Place) -> Place:
    """The place with the short study open and the web server running."""
    place.open_study(short().replace("slug: short", "slug: once"))
    place.start("web", "simulator")
    return place


@asynccontextmanager
async def browser(site: Place) -> AsyncIterator[Browser]:
    async with Browser(site.url, Records(), random.Random(1), "en", patience=15) as one:
        yield one


def filled(seen: Seen) -> tuple[str, Pairs]:
    form = find_form(seen.tree)
    assert form is not None, seen.html[:500]
    return form.action or seen.path, fill_form(form, PERSON, "en", random.Random(2), tries=1)


async def press(one: Browser, seen: Seen) -> Seen:
    action, pairs = filled(seen)
    return await one.post(action, pairs)


async def begin(one: Browser, name: str) -> Seen:
    """Arrive, start, consent: at the first page of questions."""
    seen = await press(one, await one.get(f"/s/once/?participant={name}"))
    return await press(one, seen)


def pages_of(site: Place, name: str) -> list[tuple[str, int]]:
    """Return (page, number of rows) of a person's stored pages, superseded ones too."""
    return site.rows(
        "SELECT p.page, count(*) FROM profiles_pageresponse p JOIN studies_enrolment e ON e.id = p.enrolment_id"
        " JOIN participants_recruitmentidentity i ON i.participant_id = e.participant_id"
        " WHERE i.external_id = %(name)s GROUP BY p.page ORDER BY p.page",
        name=name,
    )


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 120))  # type: ignore[arg-type]


def test_twenty_arrivals_of_one_person_are_one_enrolment(site: Place) -> None:
    async def story() -> None:
        async def arrive() -> str:
            async with browser(site) as one:
                seen = await press(one, await one.get("/s/once/?participant=sim-twenty"))
                return f"{seen.status} {seen.path}"

        ended = await asyncio.gather(*(arrive() for _ in range(20)))
        assert set(ended) == {"200 /s/once/here/"}, ended

    run(story)
    people = (
        "SELECT count(*) FROM participants_recruitmentidentity i JOIN studies_enrolment e"
        " ON e.participant_id = i.participant_id WHERE i.external_id = 'sim-twenty'"
    )
    assert site.one(people) == 1


def test_a_double_click_is_one_answer(site: Place) -> None:
    async def story() -> None:
        async with browser(site) as one:
            seen = await begin(one, "sim-double")
            action, pairs = filled(seen)
            ends = await asyncio.gather(*(one.post(action, pairs) for _ in range(4)))
            assert {end.status for end in ends} == {200}

    run(story)
    assert pages_of(site, "sim-double") == [("one", 1)]


def test_a_replayed_request_changes_nothing(site: Place) -> None:
    async def story() -> None:
        async with browser(site) as one:
            seen = await begin(one, "sim-replay")
            action, pairs = filled(seen)
            after = await one.post(action, pairs)
            await press(one, after)
            again = await one.post(action, pairs)
            assert (again.status, again.path) == (200, "/s/once/here/")

    run(story)
    assert pages_of(site, "sim-replay") == [("one", 1), ("two", 1)]


def test_two_tabs_give_one_answer(site: Place) -> None:
    async def story() -> None:
        async with browser(site) as one:
            first = await begin(one, "sim-tabs")
            second = await one.get("/s/once/here/")
            assert filled(first)[1] != filled(second)[1], "two tabs have two keys"
            await press(one, first)
            late = await press(one, second)
            assert late.status == 200

    run(story)
    stored = dict(pages_of(site, "sim-tabs"))
    current = site.one(
        "SELECT count(*) FROM profiles_pageresponse p JOIN studies_enrolment e ON e.id = p.enrolment_id"
        " JOIN participants_recruitmentidentity i ON i.participant_id = e.participant_id"
        " WHERE i.external_id = 'sim-tabs' AND p.page = 'one' AND p.superseded_at IS NULL"
    )
    assert current == 1
    assert set(stored) == {"one"}


def test_the_back_button_past_a_finished_stage_changes_nothing(site: Place) -> None:
    async def story() -> None:
        async with browser(site) as one:
            about = await begin(one, "sim-back")
            action, pairs = filled(about)
            seen = await one.post(action, pairs)
            seen = await press(one, seen)
            assert find_form(seen.tree) is not None
            # The browser's own Back shows the old page; its form goes out with a key nobody has seen.
            stale = [
                (name, "5f0c8a52-6a1c-4d1c-9f3f-0d2f1f4f7a11" if name == "key" else value)
                for name, value in pairs
            ]
            late = await one.post(action, stale)
            assert "note=moved" in late.query
            assert late.status == 200

    run(story)
    assert pages_of(site, "sim-back") == [("one", 1), ("two", 1)]
    assert (
        site.one("SELECT count(*) FROM studies_submission WHERE key = '5f0c8a52-6a1c-4d1c-9f3f-0d2f1f4f7a11'")
        == 0
    )


def test_a_stranger_without_a_session_is_shown_the_way_back(site: Place) -> None:
    async def story() -> None:
        async with browser(site) as sven, browser(site) as one:
            seen = await begin(one, "sim-owner")
            action, pairs = filled(seen)
            await sven.get("/s/once/")
            refused = await sven.post(action, pairs)
            assert refused.status in (401, 403)

    run(story)
    assert pages_of(site, "sim-owner") == []
