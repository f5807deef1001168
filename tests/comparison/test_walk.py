"""A person judges items screen by screen: everything is drawn before it is shown and stored once."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotation.protocols.comparison.clock import painted_stamp
from annotation.protocols.models import Judgement, Plan, Presentation
from tests.comparison.kit import Judge, comparison_study, item

pytestmark = pytest.mark.django_db


def test_from_the_consent_to_the_end() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens(begin=False)
    assert not Plan.objects.exists()
    noor.submit()
    assert Presentation.objects.count() == 10
    assert noor.judge_all() == 10
    assert noor.hidden()["stage"] == "debrief"
    assert Judgement.objects.filter(superseded_at=None, chosen="A").count() == 10
    assert not Presentation.objects.filter(done_at=None).exists()
    positions = Presentation.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 11))


def test_looking_draws_nothing_and_changes_nothing() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens(begin=False)
    for _ in range(3):
        noor.here()
    assert not Presentation.objects.exists()
    noor.submit()
    before = list(Presentation.objects.order_by("position").values())
    steps = {noor.step() for _ in range(3)}
    noor.client.get("/s/pairs/here/?page=before")
    assert len(steps) == 1
    assert list(Presentation.objects.order_by("position").values()) == before


def test_an_answer_that_is_missing_is_asked_for_and_nothing_is_lost() -> None:
    comparison_study(protocols={"pair": {"kind": "pairwise3", "allow": ["unsure"]}})
    noor = Judge("noor").arrive_at_screens()
    step = noor.step()
    page = noor.submit()
    assert page.status_code == 422
    assert not Judgement.objects.exists()
    assert noor.step() == step


def test_a_model_is_never_named_on_any_page() -> None:
    comparison_study(gold={"count": 1}, items=[item(n) for n in range(10)] + [
        item(11, split="gold", gold={"any": {"best": ["r1"], "why": "It is longer."}})
    ])  # fmt: skip
    noor = Judge("noor").arrive_at_screens()
    while noor.hidden().get("stage") == "compare":
        text = noor.page.content.decode()
        assert "sys-" not in text
        assert "item-" not in text
        assert "gold" not in text
        noor.judge()


def test_two_clicks_and_a_replayed_page_store_one_answer() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens()
    fields = {**noor.hidden(), "answer.choice": "a"}
    first = noor.post("here/", fields)
    again = noor.post("here/", fields)
    changed = noor.post("here/", {**fields, "answer.choice": "b", "key": str(uuid4())})
    assert (first.status_code, again.status_code, changed.status_code) == (303, 303, 303)
    assert "note=moved" in changed.headers["Location"]
    judgement = Judgement.objects.get()
    assert judgement.payload == {"choice": "a"}


def test_the_answer_before_is_corrected_and_both_are_kept() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens()
    noor.judge(choice="a")
    open_step = noor.step()
    noor.keep(noor.client.get("/s/pairs/here/?page=before"))
    assert noor.hidden()["step"].startswith("correct-")
    assert b"checked" in noor.page.content
    noor.judge(choice="b")
    assert noor.step() == open_step
    old, new = Judgement.objects.order_by("given_at")
    assert (old.payload, new.payload) == ({"choice": "a"}, {"choice": "b"})
    assert old.superseded_at is not None
    assert old.presentation_id == new.presentation_id


def test_forged_steps_and_other_peoples_screens_change_nothing() -> None:
    comparison_study()
    noor, sven = Judge("noor").arrive_at_screens(), Judge("sven").arrive_at_screens()
    theirs = Presentation.objects.filter(enrolment=sven.enrolment).order_by("position").first()
    mine = Presentation.objects.filter(enrolment=noor.enrolment).order_by("position")[4]
    assert theirs is not None
    for step in (
        f"screen-{theirs.pk}", f"correct-{theirs.pk}", f"read-{theirs.pk}", f"screen-{mine.pk}",
        f"screen-{uuid4()}", "screen-", "", "start", "correct-x", f"read-{mine.pk}",
    ):  # fmt: skip
        noor.here()
        noor.submit(step=step, **{"answer.choice": "a"})
    assert not Judgement.objects.exists()
    assert Presentation.objects.filter(done_at=None).count() == 20


def test_non_answers_are_stored_as_what_they_are() -> None:
    comparison_study(protocols={"pair": {"kind": "pairwise3", "allow": ["unsure", "skip"]}})
    noor = Judge("noor").arrive_at_screens()
    noor.judge(no_answer="unsure")
    noor.here()
    noor.judge(no_answer="invalid")  # not allowed here
    judgement = Judgement.objects.get()
    assert (judgement.no_answer, judgement.chosen) == ("unsure", "")


def test_too_hasty_answers_come_back_with_everything_kept() -> None:
    comparison_study(min_dwell_ms=60_000)
    noor = Judge("noor").arrive_at_screens()
    page = noor.judge(choice="tie")
    assert page.status_code == 422
    assert b"a little longer" in page.content
    assert b'value="tie" checked' in page.content or b"checked" in page.content
    assert not Judgement.objects.exists()
    Presentation.objects.update(shown_at="2026-01-01T00:00:00Z")
    noor.submit(painted="", **{"answer.choice": "tie"})
    assert (Judgement.objects.get().duration_ms or 0) > 60_000


def test_a_page_that_comes_back_goes_on_from_its_first_paint() -> None:
    comparison_study(min_dwell_ms=60_000)
    noor = Judge("noor").arrive_at_screens()
    screen = noor.step().removeprefix("screen-")
    now = timezone.now()
    Presentation.objects.filter(pk=screen).update(shown_at=now - timedelta(days=1))
    first = painted_stamp(screen, now - timedelta(seconds=20))
    assert noor.submit(painted=first, **{"answer.choice": "a"}).status_code == 422  # too early
    assert carried(noor) == first
    # Seventy seconds after its first paint it is sent without an answer, then with one.
    first = painted_stamp(screen, now - timedelta(seconds=70))
    assert noor.submit(painted=first).status_code == 422
    noor.submit(painted=carried(noor), **{"answer.choice": "a"})
    assert 70_000 <= (Judgement.objects.get().duration_ms or 0) < 24 * 3600_000


def test_a_page_opened_anew_has_a_clock_of_its_own() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens()
    first, step = carried(noor), noor.step()
    Presentation.objects.update(shown_at=timezone.now() - timedelta(days=1))
    kept = {"stage": "compare", "step": step, "values": {"answer.choice": "tie", "painted": first}}
    token = {"X-CSRFToken": noor.client.cookies["csrftoken"].value}
    noor.client.post("/s/pairs/draft/", json.dumps(kept), content_type="application/json", headers=token)
    noor.here()
    assert carried(noor) != first


def carried(person: Judge) -> str:
    """Return the stamp on the page that is open."""
    found = re.search(r'name="painted" value="([^"]+)"', person.page.content.decode())
    assert found
    return found[1]


def test_what_was_chosen_and_not_sent_is_there_after_a_reload() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens()
    hidden = noor.hidden()
    kept = {"stage": "compare", "step": hidden["step"], "values": {"answer.choice": "tie"}}
    token = {"X-CSRFToken": noor.client.cookies["csrftoken"].value}
    kept_it = noor.client.post(
        "/s/pairs/draft/", json.dumps(kept), content_type="application/json", headers=token
    )
    assert kept_it.status_code == 200
    assert 'value="tie" checked' in noor.here().content.decode()
    noor.submit(**{"answer.choice": "tie"})
    # A draft belongs to its screen and to nobody else's.
    assert "checked" not in noor.here().content.decode()
    stranger = Judge("sven").arrive_at_screens()
    assert "checked" not in stranger.here().content.decode()


@pytest.mark.parametrize("more", [{}, {"within": "crossed"}, {"within": "same_items"}])
def test_the_first_page_never_says_fewer_pages_than_come(more: dict[str, str]) -> None:
    rule = {"any": {"best": ["r1"]}}
    protocols = {"pair": {"kind": "pairwise3"}} | ({"seven": {"kind": "pairwise7"}} if more else {})
    checks = [
        item(20 + n, split=split, gold=rule) for n, split in enumerate(("gold", "attention", "practice"))
    ]
    comparison_study(
        items=[item(n) for n in range(12)] + checks, per_person=12, protocols=protocols, per_item=9,
        gold={"count": 1}, attention=1, practice=1, repeats=0.3, repeat_gap=2,
        **({"protocol_by": more} if more else {}),
    )  # fmt: skip
    noor = Judge("noor").arrive_at_screens(begin=False)
    found = re.search(r"at most (\d+) pages", noor.here().content.decode())
    assert found is not None
    noor.submit()
    assert 12 < Presentation.objects.count() <= int(found[1]) <= Presentation.objects.count() + 1


def test_a_fixed_order_is_that_of_the_list_whatever_the_database_makes_of_it() -> None:
    ways = {
        "third": {"kind": "pairwise3"},
        "way": {"kind": "pairwise2"},
        "first-of-all": {"kind": "pairwise5"},
    }
    comparison_study(
        protocols=ways, protocol_by={"within": "crossed", "order": "fixed"}, per_person=3, per_item=9
    )
    noor = Judge("noor").arrive_at_screens()
    asked = Presentation.objects.filter(enrolment=noor.enrolment).order_by("position")
    assert list(asked.values_list("protocol_key", flat=True)) == list(ways)
