"""Every way of asking is answered by keys alone: taken back, saved, reloaded, sent, and stored as it was meant."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.kinds.keys import Typist
from tests.e2e.kinds.scripts import SCRIPTS
from tests.e2e.kinds.studies import KINDS, bring_in, study_of
from tests.processes.servers import Place


@pytest.fixture(scope="module")
def asked(place: Place) -> Place:
    """A study for each way of asking, with two screens."""
    bring_in(place, *(study_of(kind) for kind in KINDS))
    return place


@pytest.fixture
def typist(asked: Place, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Typist]:
    """Kemi, who has a keyboard and no mouse."""
    kind = request.node.callspec.params["kind"]
    kemi = Typist(browser, asked.url, f"Kemi {kind}", **SCRIPTS[kind].device)
    yield kemi
    kemi.context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_is_answered_by_keys_alone(asked: Place, typist: Typist, kind: str) -> None:
    script, page = SCRIPTS[kind], typist.page
    typist.come(f"asks-{kind.replace('_', '-')}")
    typist.look_at(1280)
    empty = typist.formed()

    typist.press(script.undone)
    assert typist.formed() != empty
    typist.press(script.back)
    assert typist.formed() == empty

    typist.press(script.keys)
    expect(page.locator("mv-judge")).to_have_attribute("data-complete", "")
    full = typist.formed()
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    page.reload()
    assert typist.formed() == full
    typist.look_at(390)
    spoken = _words_marked(typist) if kind == "spans" else []
    typist.send()

    _nothing_reaches_the_server(typist)
    typist.press(script.second)
    full = typist.formed()
    page.reload()
    assert typist.formed() == full, "what the server never got is not in the browser either"
    page.unroute("**/draft/")
    typist.send()

    expect(page).to_have_url(re.compile("/done/"))
    first, second = typist.given(asked)
    assert _part(first["payload"], script.stored) == script.stored
    assert _part(second["payload"], script.then) == script.then
    assert second["no_answer"] == script.then.get("no_answer", "")
    if kind == "spans":
        assert [(s["slot"], s["label"], s["severity"]) for s in first["payload"]["spans"]] == [
            ("A", "wrong", "major"),
            ("B", "harmful", "minor"),
        ]
        assert [(s["start"], s["end"]) for s in first["payload"]["spans"]] == spoken
    typist.accuse()


def _part(payload: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: payload.get(name) for name in wanted}


def _nothing_reaches_the_server(typist: Typist) -> None:
    """Let drafts hang: only this browser knows what is answered."""
    typist.page.route("**/draft/", lambda route: None)


def _words_marked(typist: Typist) -> list[tuple[int, int]]:
    """Return the last word of the first answer, and the second and third of the other: Python counts code points."""
    texts = [typist.page.locator(f"[data-slot={slot}] .answer-words").text_content() or "" for slot in "AB"]
    words = [list(re.finditer(r"[\w']+", text)) for text in texts]
    return [(words[0][-1].start(), words[0][-1].end()), (words[1][1].start(), words[1][2].end())]
