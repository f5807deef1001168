"""People as they are: two tabs, impatient fingers, bad lines, no JavaScript, no English. One answer each, always."""

import re
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.e2e.ears import Wire, a_wire, leaks
from tests.e2e.person import PHONE, Person
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


def test_two_tabs_double_clicks_and_an_old_page(place: Place, person: Callable[..., Careless]) -> None:
    ida = person("Ida with two tabs")
    page = ida.come()
    old = ida.context.new_page()
    old.goto("/s/quick-chat/here/")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    with page.expect_request(lambda r: r.method == "POST") as posted, page.expect_navigation():
        page.locator(".actions button").last.dblclick()
    form = posted.value.post_data or ""
    again = ida.context.request.post(
        "/s/quick-chat/here/", data=form, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert again.status == 200
    for box in old.locator("main input[type=checkbox]").all():
        box.uncheck()
    press(old)  # the page of the second tab is behind: nothing changes, and it says so
    expect(old.locator("main .note")).to_be_visible()
    assert place.one(
        """SELECT count(*) FROM participants_consent c JOIN participants_recruitmentidentity i
           ON i.participant_id = c.participant_id WHERE i.external_id = %(pid)s""",
        pid=ida.pid,
    ) in (1, 2)  # one row per purpose at most
    page.goto("/s/quick-chat/here/")
    page.locator(".actions button").last.dblclick()
    page.locator("mv-conversation textarea").wait_for()
    old.goto("/s/quick-chat/here/")
    page.locator("mv-conversation textarea").fill(QUESTION)
    page.locator(".write-end button").first.dblclick()
    for tab in (page, old):
        rate_all(tab)
    page.locator(".judge-foot button").first.dblclick()
    expect(page.locator(".said.them")).to_have_count(1)
    expect(old.locator(".said.them")).to_have_count(1)  # the second tab follows
    assert ida.held(place) == (1, 1, 2, 1, "active")
    page.go_back()
    page.goto("/s/quick-chat/here/")
    expect(page.locator(".said.them")).to_have_count(1)
    finish(page)
    page.go_back()
    page.go_forward()
    old.goto("/s/quick-chat/here/")
    expect(old).to_have_url(re.compile("/done/"))
    assert ida.held(place) == (1, 1, 2, 1, "complete")


def test_reload_and_closed_tab_in_the_middle_of_answers(
    place: Place, person: Callable[..., Careless], slow: None
) -> None:
    jo = person("Jo who reloads", **PHONE)
    page = jo.come()
    jo.agree()
    say(page)
    words = page.locator(".answer[data-state=streaming] .answer-words").first
    expect(words).to_have_text(re.compile(r"\w+ \w+"), timeout=15_000)
    begun = " ".join(words.inner_text().split()[:2])
    page.reload()
    expect(page.locator(".answer-words", has_text=begun).first).to_be_visible()
    page.close()
    page = jo.page = jo.context.new_page()
    time.sleep(1)
    page.goto("/s/quick-chat/")
    page.goto("/s/quick-chat/here/")
    rate_all(page)
    assert jo.held(place)[:3] == (1, 1, 2)
    page.locator(".judge-foot button").first.click()
    expect(page.locator(".said.them")).to_have_count(1)
    assert jo.held(place) == (1, 1, 2, 1, "active")


def test_the_line_goes_and_comes_back(place: Place, person: Callable[..., Careless]) -> None:
    lin = person("Lin on a train", **PHONE)
    lines: list[WebSocketRoute] = []
    cut = False

    def carry(socket: WebSocketRoute) -> None:
        if cut:
            socket.close(code=1011)
            return
        socket.connect_to_server()
        lines.append(socket)

    lin.page.route_web_socket(re.compile("/ws/"), carry)
    page = lin.come()
    lin.agree()
    state = page.locator("#save-state")
    page.locator("mv-conversation textarea").fill(QUESTION)
    expect(state).to_contain_text("Saved")
    cut = True
    lin.context.set_offline(True)
    lines[-1].close(code=1011)
    expect(state).to_contain_text("Not saved", timeout=10_000)
    page.locator(".write-end button").first.click()
    assert lin.held(place)[1] == 0
    cut = False
    lin.context.set_offline(False)
    rate_all(page)
    expect(state).to_contain_text("Saved")
    page.locator(".judge-foot button").first.click()
    expect(page.locator(".said.them")).to_have_count(1)
    assert lin.held(place) == (1, 1, 2, 1, "active")
    with page.expect_navigation():
        page.locator(".write-end button").last.click()
    lin.context.set_offline(True)
    page.locator("main textarea").fill("It was kinder.")
    expect(state).to_contain_text("Not saved", timeout=10_000)
    lin.context.set_offline(False)
    expect(state).to_contain_text("Saved", timeout=20_000)
    page.reload()
    expect(page.locator("main textarea")).to_have_value("It was kinder.")


def test_a_draft_survives_a_reload_and_another_device(place: Place, person: Callable[..., Careless]) -> None:
    noor, tablet = person("Noor"), person("Noor's tablet", **PHONE)
    page = noor.come()
    noor.agree()
    with page.expect_websocket():
        page.reload()
    page.locator("mv-conversation textarea").fill("Half a thought")
    drafts = "SELECT count(*) FROM conversations_conversation WHERE draft = 'Half a thought'"
    for _ in range(50):
        if place.one(drafts):
            break
        page.wait_for_timeout(100)
    page.reload()
    expect(page.locator("mv-conversation textarea")).to_have_value("Half a thought")
    page.goto("/s/quick-chat/pause/")
    press(page)
    link = page.locator("code.link").inner_text()
    tablet.page.goto(link)
    press(tablet.page)
    expect(tablet.page.locator("mv-conversation textarea")).to_have_value("Half a thought")
    assert page.goto("/s/quick-chat/here/").status == 401  # type: ignore[union-attr]
    used = tablet.page.goto(link)
    assert used is not None and used.status == 410
    with tablet.page.expect_navigation():
        tablet.page.locator("main a.button").click()  # an error page leads back
    expect(tablet.page.locator("mv-conversation textarea")).to_be_visible()


def test_the_whole_quick_chat_without_javascript(
    place: Place, person: Callable[..., Careless], wire: Wire
) -> None:
    ben = person("Ben without scripts", wire, java_script_enabled=False, **PHONE)
    page = ben.come()
    ben.agree()
    page.locator("textarea").fill(QUESTION)
    with page.expect_response(lambda r: r.request.method == "POST") as sent:
        page.get_by_role("button", name="Send").click()
    assert sent.value.status == 303
    for _ in range(120):  # the background worker answers; the page says to load it again
        if page.locator("input[type=number]").count():
            break
        page.wait_for_timeout(400)
        page.goto("/s/quick-chat/here/")
    page.get_by_role("button", name="Continue").click()  # nothing rated yet: a sentence, and nothing lost
    expect(page.locator("#errors")).to_be_visible()
    for number, field in enumerate(page.locator("input[type=number]").all()):
        field.fill(str(40 + 20 * number))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Finish this conversation").click()
    page.locator("main textarea").fill("It was kinder.")
    press(page)
    press(page)
    expect(page).to_have_url(re.compile("/done/"))
    assert ben.held(place) == (1, 1, 2, 1, "complete")
    assert QUESTION.lower() in wire.heard()
    assert leaks(wire, place) == []


# What may stand in Latin letters on an Arabic page: the study's own words, and the name of the other language.
LATIN = re.compile(r"[A-Za-z]{2,}")
OWN = (
    "Multivocal", "English", "The people who run this server", "study@example.org", "Demonstration: no approval needed",
)  # fmt: skip


def test_the_whole_quick_chat_in_arabic_in_the_dark(
    place: Place, person: Callable[..., Careless], wire: Wire
) -> None:
    huda = person("Huda", wire, locale="ar", color_scheme="dark", reduced_motion="reduce", **PHONE)
    page = huda.page

    def read() -> None:
        huda.look()
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert not page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
        words = page.locator("body").inner_text()
        for own in (*OWN, *page.locator("main code").all_inner_texts()):  # the completion code is in code
            words = words.replace(own, "")
        assert LATIN.findall(words) == [], page.title()

    page.goto("/s/quick-chat/")
    read()
    huda.come()
    read()
    for path in ("pause", "withdraw", "here"):
        page.goto(f"/s/quick-chat/{path}/")
        read()
    press(page)  # nothing ticked
    read()
    huda.agree()
    say(page, "كيف أعتذر لأخي؟")
    rate_all(page)
    read()
    page.locator(".judge-foot button").first.click()
    expect(page.locator(".said.them")).to_have_count(1)
    read()
    with page.expect_navigation():
        page.locator(".write-end button").last.click()
    read()
    press(page)
    read()
    press(page)
    expect(page).to_have_url(re.compile("/done/"))
    read()
    page.goto("/s/quick-chat/resume/guessed/")
    read()
    assert not huda.findings, huda.findings
    assert huda.held(place) == (1, 1, 2, 1, "complete")
    assert "كيف أعتذر لأخي؟" in wire.heard()
    assert leaks(wire, place) == []


def test_where_sockets_are_blocked_the_plain_twin_carries_the_talk(
    place: Place, person: Callable[..., Careless], wire: Wire
) -> None:
    olu = person("Olu behind a proxy", wire)
    olu.page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close(code=1011))
    page = olu.come()
    olu.agree()
    with page.expect_response(re.compile("/live/")):
        pass
    say(page)
    rate_all(page)
    page.locator(".judge-foot button").first.click()
    expect(page.locator(".said.them")).to_have_count(1)
    finish(page)
    assert olu.held(place) == (1, 1, 2, 1, "complete")
    assert '"type":"text"' in wire.heard() or '"type":"answer"' in wire.heard()
    assert leaks(wire, place) == []


def test_a_talk_over_the_socket_names_no_model(
    place: Place, person: Callable[..., Careless], wire: Wire
) -> None:
    vera = person("Vera who looks at everything", wire)
    page = vera.come()
    vera.agree()
    say(page)
    rate_all(page)
    page.locator(".judge-foot button").first.click()
    expect(page.locator(".said.them")).to_have_count(1)
    finish(page)
    for path in ("here/", "resume/guessed/", "nothing/", "pause/", "withdraw/", "done/"):
        page.goto(f"/s/quick-chat/{path}")
    for wrong in ('{"do":"say"}', '{"do":', '{"do":"model"}'):
        vera.context.request.post(
            "/live/quick-chat/chat/", data=wrong, headers={"Content-Type": "application/json"}
        )
    assert '"type":"answer"' in wire.heard()
    assert leaks(wire, place) == []
