"""Every screen gets its people, no more and no fewer, also when everybody comes at once; sides are level."""

import json
from collections import Counter, defaultdict
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone

from annotation.protocols.comparison.drawing import draw_plan
from annotation.protocols.models import Plan, Presentation
from multivocal.participants.models import Participant
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.stages import Visit
from tests.comparison.kit import Judge, comparison_study, item
from tests.studies.studies import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def visit_of(study: Study, name: str, **levels: str) -> Visit:
    """Stand a person at the comparison stage."""
    version = study.versions.get()
    enrolment = Enrolment.objects.create(
        study=study, version=version, participant=Participant.objects.create(), pseudonym=name, arm="all"
    )
    return Visit(enrolment, version.shape, version.shape.stages[1], "en", levels)


def draw(study: Study, name: str, **levels: str) -> Plan:
    """Let a person come and draw."""
    visit = visit_of(study, name, **levels)
    with transaction.atomic():
        return draw_plan(visit=visit)


def main_rows() -> list[Presentation]:
    """Return every main screen anybody was given."""
    return list(Presentation.objects.filter(role="main").select_related("item"))


def test_thirty_people_at_once_fill_every_place_once() -> None:
    study = comparison_study(items=[item(n) for n in range(30)], per_person=10, per_item=10)
    at_once([partial(draw, study, f"p{n}") for n in range(30)])
    people = Counter(row.item.external_id for row in main_rows())
    assert set(people.values()) == {10}
    assert len(people) == 30
    left = defaultdict(Counter)
    for row in main_rows():
        left[row.item_id][row.slots[0]["stimulus"]] += 1
    assert all(set(sides.values()) == {5} for sides in left.values())


def test_whoever_comes_after_the_last_place_gets_none() -> None:
    study = comparison_study(items=[item(n) for n in range(6)], per_person=4, per_item=2)
    plans = at_once([partial(draw, study, f"p{n}") for n in range(5)])
    assert sorted(plan.promised for plan in plans) == [0, 0, 4, 4, 4]
    assert set(Counter(row.item_id for row in main_rows()).values()) == {2}


def test_surplus_people_can_be_welcome() -> None:
    study = comparison_study(items=[item(n) for n in range(6)], per_person=4, per_item=2, surplus="more")
    plans = [draw(study, f"p{n}") for n in range(6)]
    assert [plan.promised for plan in plans] == [4] * 6
    assert set(Counter(row.item_id for row in main_rows()).values()) == {4}


def test_sides_are_level_for_every_pair_and_every_person() -> None:
    study = comparison_study(items=[item(n) for n in range(40)], per_person=13, per_item=5)
    for n in range(15):
        draw(study, f"p{n}")
    by_item, by_person = defaultdict(int), defaultdict(int)
    for row in main_rows():
        first = row.slots[0]["stimulus"] == str(row.item.stimuli.get(external_id="r1").pk)
        by_item[row.item_id] += 1 if first else -1
        by_person[row.enrolment_id] += 1 if first else -1
    assert {abs(side) for side in by_item.values()} <= {0, 1}
    assert {abs(side) for side in by_person.values()} <= {0, 1}


def test_orders_of_four_are_a_williams_square_across_people() -> None:
    study = comparison_study(
        items=[item(n, responses=4) for n in range(5)],
        protocols={"rank": {"kind": "ranking"}},
        per_person=5,
        per_item=8,
    )
    for n in range(8):
        draw(study, f"p{n}")
    place, after = defaultdict(Counter), defaultdict(Counter)
    for row in main_rows():
        order = [slot["stimulus"] for slot in row.slots]
        place[row.item_id].update(enumerate(order))
        after[row.item_id].update(pairwise(order))
    assert all(set(counts.values()) == {2} and len(counts) == 16 for counts in place.values())
    assert all(set(counts.values()) == {2} and len(counts) == 12 for counts in after.values())


def test_ratings_one_response_a_screen_are_apart_and_in_balanced_order() -> None:
    study = comparison_study(
        items=[item(n) for n in range(10)],
        protocols={"rate": {"kind": "likert"}},
        per_person=20,
        per_item=4,
    )
    for n in range(4):
        draw(study, f"p{n}")
    first: dict[object, Counter[str]] = defaultdict(Counter)
    for enrolment in Enrolment.objects.all():
        seen: dict[object, int] = {}
        for row in Presentation.objects.filter(enrolment=enrolment).order_by("position"):
            assert row.position is not None
            if row.item_id in seen:
                assert row.position - seen[row.item_id] >= 5
            else:
                first[row.item_id][row.slots[0]["stimulus"]] += 1
            seen[row.item_id] = row.position
    assert all(sorted(counts.values()) == [2, 2] for counts in first.values())


def test_repeats_come_late_and_with_swapped_sides() -> None:
    study = comparison_study(items=[item(n) for n in range(60)], per_person=60, repeats=0.1)
    draw(study, "noor")
    repeats = Presentation.objects.filter(role="repeat").select_related("repeat_of")
    assert repeats.count() == 6
    for row in repeats:
        assert row.repeat_of is not None
        assert row.position - row.repeat_of.position >= 20  # type: ignore[operator]
        sides = [[slot["stimulus"] for slot in shown.slots] for shown in (row, row.repeat_of)]
        assert sides[0] == sides[1][::-1]
    assert Presentation.objects.filter(role="main").count() == 60


def test_blocks_are_given_whole() -> None:
    study = comparison_study(items=[item(n) for n in range(20)], per_person=5, per_item=3, block_size=5)
    for n in range(12):
        draw(study, f"p{n}")
    for enrolment in Enrolment.objects.all():
        blocks = {row.block for row in Presentation.objects.filter(enrolment=enrolment)}
        assert len(blocks) == 1
    assert set(Counter(row.item_id for row in main_rows()).values()) == {3}


def test_crossed_protocols_are_asked_about_other_items_in_counterbalanced_order() -> None:
    study = comparison_study(
        items=[item(n) for n in range(20)],
        protocols={"pair": {"kind": "pairwise3"}, "rate": {"kind": "likert"}},
        protocol_by={"within": "crossed"},
        per_person=10,
        per_item=4,
    )
    plans = [draw(study, f"p{n}") for n in range(8)]
    assert Counter(tuple(plan.protocols) for plan in plans) == {("pair", "rate"): 4, ("rate", "pair"): 4}
    for plan in plans:
        rows = Presentation.objects.filter(enrolment=plan.enrolment).order_by("position")
        keys = [row.protocol_key for row in rows]
        assert keys == sorted(keys, key=plan.protocols.index)
        items = {key: {row.item_id for row in rows if row.protocol_key == key} for key in plan.protocols}
        assert not items["pair"] & items["rate"]


def test_the_same_items_can_be_asked_both_ways() -> None:
    study = comparison_study(
        items=[item(n) for n in range(12)],
        protocols={"pair": {"kind": "pairwise3"}, "rate": {"kind": "likert"}},
        protocol_by={"within": "same_items"},
        per_person=12,
        per_item=3,
    )
    for n in range(9):
        plan = draw(study, f"p{n}")
        rows = Presentation.objects.filter(enrolment=plan.enrolment)
        items = {key: Counter(r.item_id for r in rows if r.protocol_key == key) for key in plan.protocols}
        assert set(items["pair"]) == set(items["rate"])
        assert set(items["rate"].values()) == {2}
    assert set(Counter((r.protocol_key, r.item_id, r.unit) for r in main_rows()).values()) == {3}


def test_an_arms_level_names_the_protocol() -> None:
    study = comparison_study(
        protocols={"pair": {"kind": "pairwise3"}, "rate": {"kind": "likert"}},
        protocol_by={"factor": "asked"},
        factors={"asked": ["pair", "rate", "pair+rate"]},
        arms=[
            {"key": "a", "levels": {"asked": "pair"}},
            {"key": "b", "levels": {"asked": "rate"}},
            {"key": "c", "levels": {"asked": "pair+rate"}},
        ],
    )
    drawn = {level: set(draw(study, level, asked=level).protocols) for level in ("pair", "rate", "pair+rate")}
    assert drawn == {"pair": {"pair"}, "rate": {"rate"}, "pair+rate": {"pair", "rate"}}


def test_a_silent_persons_places_go_to_others_and_come_back_to_nobody_twice() -> None:
    comparison_study(items=[item(n) for n in range(10)], per_person=10, per_item=1, release_after_minutes=30)
    noor, sven = Judge("noor").arrive_at_screens(), Judge("sven").arrive_at_screens()
    assert sven.hidden()["stage"] == "debrief"  # nothing was left for him
    noor.judge()
    Enrolment.objects.filter(pk=noor.enrolment.pk).update(last_seen_at=timezone.now() - timedelta(hours=2))
    tamar = Judge("tamar").arrive_at_screens()
    assert Presentation.objects.filter(enrolment=tamar.enrolment).count() == 9
    noor.here()
    noor.judge()  # what she was looking at is taken, the rest is hers no longer
    assert noor.hidden()["stage"] == "debrief"
    tamar.judge_all()
    assert tamar.hidden()["stage"] == "debrief"
    assert Presentation.objects.filter(enrolment=noor.enrolment).count() == 2


def save_draft(person: Judge, step: str) -> None:
    """Let the page's script save what was clicked and not sent."""
    answer = person.client.post(
        "/s/pairs/draft/",
        json.dumps({"stage": "compare", "step": step, "values": {"answer.choice": "a"}}),
        content_type="application/json",
        headers={"X-CSRFToken": person.client.cookies["csrftoken"].value},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("first", ["draft", "correction"])
def test_what_is_sent_first_after_a_silence_does_not_hide_it(first: str) -> None:
    comparison_study(items=[item(n) for n in range(10)], per_person=10, per_item=1, release_after_minutes=30)
    noor = Judge("noor").arrive_at_screens()
    noor.judge()
    Enrolment.objects.filter(pk=noor.enrolment.pk).update(last_seen_at=timezone.now() - timedelta(hours=2))
    tamar = Judge("tamar").arrive_at_screens()
    assert Presentation.objects.filter(enrolment=tamar.enrolment).count() == 9
    if first == "draft":
        save_draft(noor, noor.step())
    else:
        noor.keep(noor.client.get("/s/pairs/here/?page=before"))
        noor.judge(choice="b")
    assert noor.here().status_code == 200
    noor.judge_all()
    tamar.judge_all()
    people = Counter(Presentation.objects.exclude(done_at=None).values_list("item__external_id", flat=True))
    # The one screen that stood open before noor was asked by both.
    assert sorted(people.values()) == [1] * 9 + [2]


def test_previews_take_no_places() -> None:
    study = comparison_study(items=[item(n) for n in range(4)], per_person=4, per_item=1)
    visit = visit_of(study, "preview")
    Enrolment.objects.filter(pk=visit.enrolment.pk).update(preview=True)
    visit.enrolment.preview = True
    with transaction.atomic():
        draw_plan(visit=visit)
    assert draw(study, "noor").promised == 4
