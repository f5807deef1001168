"""Two tabs, impatient fingers, bad lines, half a thought left behind. One answer each, always."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import WebSocketRoute, expect

from tests.e2e.careless import QUESTION, Careless, finish, press, rate_all, say
from tests.e2e.person import PHONE
from tests.processes.servers import Place


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
