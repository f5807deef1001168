"""People who come at the same moment, in two windows, back after a while, or not at all any more."""

import re
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from annotation.protocols.models import Judgement, Presentation
from multivocal.studies.models import Enrolment
from tests.comparison.kit import Judge, comparison_study, item
from tests.studies.studies import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def main_counts() -> Counter[str]:
    """Return how many people have each item."""
    rows = Presentation.objects.filter(role="main", enrolment__withdrawn_at=None)
    return Counter(rows.values_list("item__external_id", flat=True))


def test_people_who_press_begin_together_fill_every_place_once() -> None:
    comparison_study(items=[item(n) for n in range(8)], per_person=4, per_item=3)
    judges = [Judge(f"p{n}").arrive_at_screens(begin=False) for n in range(6)]
    at_once([judge.submit for judge in judges])
    assert set(main_counts().values()) == {3} and len(main_counts()) == 8
    # And, as they go on answering at the same time, nobody loses or doubles an answer.
    at_once([judge.judge_all for judge in judges])
    assert Judgement.objects.filter(superseded_at=None).count() == 24
    late = Judge("late").arrive_at_screens()
    assert late.hidden()["stage"] == "debrief"


def test_the_least_served_come_first() -> None:
    comparison_study(items=[item(n) for n in range(9)], per_person=3, per_item=4)
    for n in range(7):
        Judge(f"p{n}").arrive_at_screens()
        counts = main_counts()
        served = [counts.get(f"item-{k}", 0) for k in range(9)]
        assert max(served) - min(served) <= 1, served


def test_begin_pressed_twice_at_once_draws_once() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens(begin=False)
    fields = noor.hidden()
    tabs = [{**fields}, {**fields, "key": str(uuid4())}, {**fields}]
    answers = at_once([partial(noor.post, "here/", tab) for tab in tabs])
    assert {answer.status_code for answer in answers} == {303}
    assert Presentation.objects.count() == 10


def test_two_tabs_that_send_at_once_store_one_answer() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens()
    open_now = noor.hidden()
    tabs = [
        {**open_now, "key": str(uuid4()), "answer.choice": choice} for choice in ("a", "b", "tie", "a", "b")
    ]
    answers = at_once([partial(noor.post, "here/", tab) for tab in tabs])
    assert {answer.status_code for answer in answers} == {303}
    assert Judgement.objects.count() == 1
    assert Presentation.objects.exclude(done_at=None).count() == 1


def test_a_key_that_was_spent_stores_nothing_later_on_another_screen() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens()
    key = noor.hidden()["key"]
    noor.judge()
    noor.submit(key=key, **{"answer.choice": "b"})
    assert Judgement.objects.count() == 1


def test_another_device_goes_on_where_the_rows_say() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens()
    for _ in range(3):
        noor.judge()
    where = noor.step()
    path = re.search(r"/s/pairs/(resume/[^/]+/)", noor.post("pause/").content.decode())
    assert path
    phone = Judge("noor")
    phone.client = Client(enforce_csrf_checks=True)
    phone.client.get(f"/s/pairs/{path[1]}")
    phone.keep(phone.post(path[1], follow=True))
    assert phone.step() == where
    phone.judge_all()
    assert phone.hidden()["stage"] == "debrief"
    assert Judgement.objects.filter(superseded_at=None).count() == 10


def test_whoever_withdraws_frees_their_places_at_once() -> None:
    comparison_study(items=[item(n) for n in range(6)], per_person=6, per_item=1)
    noor = Judge("noor").arrive_at_screens()
    noor.judge_all()
    assert Judge("sven").arrive_at_screens().hidden()["stage"] == "debrief"
    noor.post("withdraw/", {"erase": "on"})
    assert Judgement.objects.count() == 0
    tamar = Judge("tamar").arrive_at_screens()
    assert tamar.judge_all() == 6
    assert set(main_counts().values()) == {1}


def test_somebody_who_was_looking_keeps_a_screen_and_it_is_counted_once_each() -> None:
    comparison_study(items=[item(n) for n in range(4)], per_person=4, per_item=1, release_after_minutes=5)
    noor = Judge("noor").arrive_at_screens()
    Enrolment.objects.filter(pk=noor.enrolment.pk).update(last_seen_at=timezone.now() - timedelta(hours=1))
    sven = Judge("sven").arrive_at_screens()
    assert sven.judge_all() == 4
    noor.here()
    page = noor.page.content.decode()
    assert "Page 1 of" in page
    noor.judge()
    assert noor.hidden()["stage"] == "debrief"
    assert Judgement.objects.filter(enrolment=noor.enrolment).count() == 1


def test_a_dwell_is_measured_by_the_server_and_a_reload_or_a_forged_stamp_shortens_nothing() -> None:
    comparison_study(min_dwell_ms=1000)
    noor = Judge("noor").arrive_at_screens()
    painted = re.search(r'name="painted" value="([^"]+)"', noor.page.content.decode())
    assert painted
    assert noor.judge().status_code == 422
    old = painted[1].replace(painted[1].split(":")[0][-6:], "000000", 1)
    for stamp in (old, "", "x", painted[1] + "x"):
        noor.here()
        assert noor.submit(painted=stamp, **{"answer.choice": "a"}).status_code == 422
    assert not Judgement.objects.exists()
    time.sleep(1.05)  # what is measured is the server's clock
    noor.submit(painted=painted[1], **{"answer.choice": "a"})
    judgement = Judgement.objects.get()
    assert judgement.duration_ms is not None and judgement.duration_ms >= 1000
    noor.here()
    noor.submit(painted=painted[1], **{"answer.choice": "a"})  # the stamp of another screen
    assert Judgement.objects.count() == 1


def test_a_correction_may_be_corrected_and_only_the_last_one_counts() -> None:
    comparison_study()
    noor = Judge("noor").arrive_at_screens()
    noor.judge(choice="a")
    for choice in ("b", "tie"):
        noor.keep(noor.client.get("/s/pairs/here/?page=before"))
        noor.judge(choice=choice)
    given = Judgement.objects.order_by("given_at")
    assert [one.payload["choice"] for one in given] == ["a", "b", "tie"]
    assert [one.superseded_at is None for one in given] == [False, False, True]
    assert len({one.presentation_id for one in given}) == 1


def test_where_going_back_is_off_nobody_can() -> None:
    comparison_study(back=False)
    noor = Judge("noor").arrive_at_screens()
    before = noor.step().removeprefix("screen-")
    noor.judge(choice="a")
    page = noor.client.get("/s/pairs/here/?page=before").content.decode()
    assert "Correct your last answer" not in page and "data-back" not in page
    noor.submit(step=f"correct-{before}", **{"answer.choice": "b"})
    assert [one.payload["choice"] for one in Judgement.objects.all()] == ["a"]
