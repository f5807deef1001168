"""Ways of asking inside a live conversation: judged by keys, stored as meant, and the talk can go on."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.kinds.keys import Typist
from tests.e2e.kinds.studies import CONSENT, bring_in, study_of
from tests.processes.servers import Place

# Name → (answers of a turn, the way of asking, [where to go by Tab or "", keys], part of what is stored).
TALKS: dict[str, tuple[int, dict[str, Any], list[tuple[str, str]], dict[str, Any]]] = {
    "vas": (
        2,
        {"kind": "vas"},
        [("mv-vas >> nth=0 >> input.vas", "End"), ("mv-vas >> nth=1 >> input.vas", "Home")],
        {"scores": {"A": 100, "B": 1}},
    ),
    "vas-unsure": (
        2,
        {"kind": "vas", "allow": ["unsure"]},
        [("", "0")],
        {"no_answer": "unsure", "why": ""},
    ),
    "choice": (3, {"kind": "choice"}, [(".answer input >> nth=0", "Space ArrowDown")], {"choice": "B"}),
    "ranking": (
        3,
        {"kind": "ranking"},
        [(".rank-grip >> nth=1", "Space ArrowUp Space")],
        {"ranks": {"A": 2, "B": 1, "C": 3}},
    ),
    "pairwise5": (2, {"kind": "pairwise5"}, [("", "5 z 2")], {"strength": -1}),
    "spans": (2, {"kind": "spans"}, [("", "b End 1 2")], {}),
    "mushra": (
        3,
        {"kind": "mushra", "reference": False},
        [("", "a End b PageUp c Home")],
        {"ratings": {"A": 100, "B": 60, "C": 0}},
    ),
}


def talk_of(name: str) -> dict[str, Any]:
    """Return the study document of a conversation of one turn that is judged this way."""
    answers, protocol, _keys, _stored = TALKS[name]
    chat = {
        "id": "chat",
        "kind": "conversation",
        "types": [{"key": "any", "title": {"en": "Anything", "ar": "أي شيء"}, "wanted": 1}],
        "opening": {"mode": "models", "k": answers},
        "protocol": protocol,
        "ties": "random",
        "min_turns": 1,
        "max_turns": 2,
    }
    return study_of("likert") | {"slug": f"talks-{name}", "models": "all", "stages": [CONSENT, chat]}


@pytest.fixture(scope="module")
def talking(place: Place) -> Place:
    """A study for each way of asking in a talk."""
    bring_in(place, *map(talk_of, TALKS))
    return place


@pytest.fixture
def kemi(talking: Place, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Typist]:
    """Kemi, who has a keyboard and no mouse."""
    name = request.node.callspec.params["name"]
    kemi = Typist(browser, talking.url, f"Kemi talks {name}")
    yield kemi
    kemi.context.close()


@pytest.mark.parametrize("name", TALKS)
def test_a_turn_is_judged_by_keys_alone(talking: Place, kemi: Typist, name: str) -> None:
    answers, protocol, steps, stored = TALKS[name]
    page = kemi.page
    kemi.come_to_talk(f"talks-{name}")
    kemi.go_to(page.locator("mv-conversation textarea"))
    kemi.press('"How do I make up with my brother?" Enter')
    send = page.locator(".judge-foot .primary")
    expect(send).to_be_enabled(timeout=20_000)
    expect(page.locator(".turn .answer:visible")).to_have_count(answers)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        kemi.look()
        assert not page.evaluate("() => document.documentElement.scrollWidth > innerWidth"), width

    for where, keys in steps:
        if where:
            kemi.go_to(page.locator(f".turn {where}"))
        kemi.press(keys)
    if not page.locator("mv-judge").count():
        kemi.go_to(send)
    kemi.press("Enter")

    expect(page.locator("mv-conversation")).to_have_attribute("data-phase", "continuing", timeout=20_000)
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    (given,) = kemi.given(talking)
    assert {key: given["payload"].get(key) for key in stored} == stored
    assert given["no_answer"] == stored.get("no_answer", "")
    if name == "spans":
        ((span,),) = [given["payload"]["spans"]]
        assert (span["slot"], span["label"], span["severity"]) == ("B", "wrong", "major")
    assert page.locator(".said.them").count() == 1, "the talk goes on with one answer"
    kemi.accuse()
