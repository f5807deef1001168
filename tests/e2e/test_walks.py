"""Whole studies in a real browser, on a phone and at a desk: every page works, and axe finds nothing serious."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from tests.e2e.person import DESKTOP, PHONE, Person
from tests.processes.servers import Place


@pytest.mark.parametrize(("name", "device"), [("Amal on her phone", PHONE), ("Tomás at his desk", DESKTOP)])
def test_the_whole_prism_study(place: Place, browser: Browser, name: str, device: dict[str, Any]) -> None:
    person = Person(browser, place.url, name, **device)
    pid = uuid4().hex
    person.arrive("prism", f"?PROLIFIC_PID={pid}&STUDY_ID=s1&SESSION_ID=t1")
    assert pid not in person.page.url
    person.walk()
    assert person.page.locator("text=Your answers are saved").count()
    assert (
        len(person.seen) > 20
    )  # welcome, consent, screening, survey pages, six talks with feedback, debrief, done
    assert not person.findings, person.findings
    assert not person.wrong, person.wrong
    assert not person.foreign, person.foreign
    held = place.rows(
        """SELECT c.type, count(*) FROM conversations_conversation c
           JOIN participants_recruitmentidentity i ON i.external_id = %(pid)s
           JOIN studies_enrolment e ON e.participant_id = i.participant_id AND e.id = c.enrolment_id
           WHERE c.state = 'complete' AND e.status = 'complete' GROUP BY 1""",
        pid=pid,
    )
    assert dict(held) == {"unguided": 2, "values_guided": 2, "controversy_guided": 2}


def test_the_quick_chat_in_arabic_in_the_dark(place: Place, browser: Browser) -> None:
    person = Person(
        browser, place.url, "Huda", color_scheme="dark", reduced_motion="reduce", locale="ar", **PHONE
    )
    person.page.goto("/s/quick-chat/")
    assert person.page.locator("html").get_attribute("dir") == "rtl"
    person.look()
    assert not person.findings, person.findings
    overflow = person.page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    assert not overflow
