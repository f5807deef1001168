"""The quick chat without JavaScript, without English, without sockets; what comes over the wire names no model."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.careless import QUESTION, Careless, finish, press, rate_all, say
from tests.e2e.ears import Wire, leaks
from tests.e2e.person import PHONE
from tests.processes.servers import Place


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
