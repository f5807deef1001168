"""The moral graph in a real browser: by keys alone, on a phone with the list first, and without scripts."""

import json
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.person import DESKTOP, PHONE, Person
from tests.processes.servers import ROOT, Place

PASSWORD = "a long enough phrase"
GRAPH = "/admin/studies/study/of/looked-at/more/graph/"
VALUES = [
    "Hearing out", "Standing by", "Quick help", "Honest words", "Patient hands", "Open doors", "Shared bread",
    "Quiet company", "Clear plans", "Old songs", "Second chances", "Fair turns", "Small repairs", "Éclair of wit",
]  # fmt: skip


@pytest.fixture(scope="module")
def graph(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A study of fourteen values with votes on forty steps, each leading to a value that was written earlier."""
    folder = tmp_path_factory.mktemp("graph")
    shipped = (ROOT / "platform/multivocal/studies/shipped/values.yaml").read_text(encoding="utf-8")
    (folder / "study.yaml").write_text(shipped.replace("slug: values", "slug: looked-at"), encoding="utf-8")
    place.manage("study", "import", str(folder / "study.yaml"))
    chance = random.Random(7)
    pairs = sorted({tuple(sorted(chance.sample(range(len(VALUES)), 2), reverse=True)) for _ in range(60)})[
        :40
    ]
    write_graph(folder / "graph.json", pairs)
    lines = ["participant,from_value,to_value,context,vote,created_at"]
    for source, target in pairs:
        for person in range(chance.randint(3, 12)):
            answer = chance.choices(["wiser", "not_wiser", "unsure"], [8, 2, 1])[0]
            lines.append(
                f"p{person},{source + 1},{target + 1},When a friend calls,{answer},2026-01-31T12:00:00Z"
            )
    (folder / "votes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = ["--graph", str(folder / "graph.json"), "--votes", str(folder / "votes.csv")]
    place.manage("moral_graph", "import", "looked-at", *files)
    place.extra |= {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    place.manage("createsuperuser", "--noinput", "--username", "amira", "--email", "amira@example.org")
    return place


def write_graph(path: Path, pairs: list[tuple[int, ...]]) -> None:
    """Write the graph in the authors' shape."""
    values = [
        {
            "id": n + 1, "title": title, "description": f"I look for {title.lower()}.",
            "policies": [f"{word} of {title.lower()}" for word in ("MOMENTS", "SIGNS", "CHANCES")],
        }
        for n, title in enumerate(VALUES)
    ]  # fmt: skip
    edges = [
        {"sourceValueId": source + 1, "wiserValueId": target + 1, "contexts": ["When a friend calls"]}
        for source, target in pairs
    ]
    path.write_text(json.dumps({"values": values, "edges": edges}), encoding="utf-8")


def amira(graph: Place, browser: Browser, **device: object) -> Person:
    """Amira Said of the data team, signed in."""
    person = Person(browser, graph.url, "Amira", **device)
    person.page.goto("/admin/login/")
    person.page.get_by_label("Username").fill("amira")
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.keyboard.press("Enter")
    person.page.wait_for_url("**/admin/studies/study/")
    return person


def scale(page: Page) -> int:
    """Return the zoom that the picture says it has."""
    status = page.locator("mv-graph [role=status]")
    expect(status).to_contain_text("Zoom")
    page.wait_for_timeout(500)  # it is said once the picture rests
    return int(re.search(r"Zoom ([\d,]+)", status.inner_text())[1].replace(",", ""))  # type: ignore[index]


def test_the_graph_is_searched_zoomed_and_opened_by_keys_alone(graph: Place, browser: Browser) -> None:
    person = amira(graph, browser, **DESKTOP)
    page = person.page
    page.goto(GRAPH)
    expect(page.locator("a.mv-g-value")).to_have_count(len(VALUES))
    person.look()

    page.get_by_label("Search", exact=True).focus()
    page.keyboard.type("eclair")
    expect(page.locator("#values > li")).to_have_count(1)
    expect(page.get_by_label("Search", exact=True)).to_be_focused()
    expect(page.locator("a.mv-g-value:not([data-quiet])")).to_have_count(1)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(page.locator("#values > li")).to_have_count(len(VALUES))

    page.locator("a.mv-g-value[tabindex='0']").focus()
    before = scale(page)
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert scale(page) > before
    page.keyboard.press("0")
    assert scale(page) == before
    start = page.evaluate("document.activeElement.dataset.value")
    page.keyboard.press("ArrowDown")
    reached = page.evaluate("document.activeElement.dataset.value")
    assert reached and reached != start
    page.keyboard.press("Enter")
    expect(page.locator("#opened-title")).to_be_focused()
    expect(page).to_have_url(re.compile(f"#value-{reached}$"))
    person.look()

    page.locator("#opened [data-open^=step-]").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#step-"))
    expect(page.locator("#opened table")).to_contain_text("not wiser")
    expect(page.locator("path[data-step][data-chosen]")).to_have_count(1)
    person.look()
    page.keyboard.press("Escape")
    expect(page.locator("#list")).to_be_visible()
    page.go_back()
    expect(page.locator("#opened")).to_be_visible()

    page.goto(f"{GRAPH}?context=when-a-friend-calls#value-3")
    expect(page.locator("#opened-title")).to_have_text(VALUES[2])
    assert not person.findings, person.findings
    assert not person.wrong, person.wrong
    assert not person.foreign, person.foreign
    person.context.close()


def test_on_a_phone_the_list_comes_first_and_all_of_it_fits(graph: Place, browser: Browser) -> None:
    person = amira(graph, browser, **PHONE)
    page = person.page
    page.goto(GRAPH)
    expect(page.locator("a.mv-g-value").first).to_be_attached()
    person.look()
    list_at, picture_at = (page.locator(one).bounding_box() for one in ("#values", "mv-graph"))
    assert list_at and picture_at and list_at["y"] + list_at["height"] <= picture_at["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#values a").nth(2).tap()
    expect(page.locator("#opened-title")).to_be_in_viewport()
    person.look()
    page.get_by_role("link", name="Back to the list").tap()
    expect(page.locator("#values > li")).to_have_count(len(VALUES))
    page.get_by_role("link", name="Steps").tap()
    expect(page.locator("#steps > li").first).to_contain_text("supported")
    assert not person.findings, person.findings
    assert not person.wrong, person.wrong
    person.context.close()


def test_without_scripts_there_is_a_drawing_and_the_list_opens_what_it_names(
    graph: Place, browser: Browser
) -> None:
    cookies = amira(graph, browser, **DESKTOP).context.cookies()
    person = Person(browser, graph.url, "Amira", java_script_enabled=False, **DESKTOP)
    person.context.add_cookies(cookies)  # type: ignore[arg-type]
    page = person.page
    page.goto(GRAPH)
    expect(page.locator("svg.mv-figure-svg a")).to_have_count(len(VALUES))
    page.get_by_label("Search", exact=True).fill("bread")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#values > li")).to_have_count(1)
    page.get_by_role("link", name="Shared bread").first.click()
    expect(page.locator("#opened-title")).to_have_text("Shared bread")
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#values > li")).to_have_count(1)
    person.context.close()
