"""Arms and orders are exact in every block, sides to one person; and what is not is called so."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from annotation.protocols.experiments.sections.balance import balance
from annotation.protocols.models import Plan, Presentation
from multivocal.studies.models import Enrolment, Study
from tests.comparison.kit import comparison_study, item
from tests.experiments.kit import bring, small_study
from tests.studies.studies import at_once


def audit(study: Study) -> dict[str, Any]:
    """Return the balance of the study's only version."""
    return balance(study, study.versions.get().shape)


@pytest.mark.django_db
def test_whole_blocks_are_exact_in_arms_orders_and_sides() -> None:
    study = small_study()
    bring(study, 36)
    found = audit(study)
    assert found["arms"]["people"] == {"rating": 12, "ranking": 12, "both": 12}
    assert (found["arms"]["whole_blocks"], found["arms"]["exact_blocks"]) == (6, 6)
    (orders,) = found["orders"]
    assert orders["people"] == {"ranking → rating": 6, "rating → ranking": 6}
    assert (orders["whole_blocks"], orders["exact_blocks"]) == (6, 6)
    assert {(one["protocol"], one["what"], one["worst"] <= 1) for one in found["sides"]} == {
        ("ranking", "sides", True),
        ("rating", "turns", True),
    }
    assert found["exact"]


@pytest.mark.django_db(transaction=True)
def test_people_who_come_at_once_are_level_within_their_blocks() -> None:
    study = small_study()
    at_once([partial(bring, study, 1, first=n) for n in range(24)])
    found = audit(study)
    assert found["exact"]
    assert found["orders"][0]["exact_blocks"] == 4


@pytest.mark.django_db
def test_orders_stay_level_where_people_leave_before_they_draw() -> None:
    study = small_study()
    for n in range(24):
        (came,) = bring(study, 1, first=n)
        if came.arm == "both" and n % 6 < 3:  # gone before they saw anything
            Plan.objects.filter(enrolment=came).delete()
            Presentation.objects.filter(enrolment=came).delete()
    (orders,) = audit(study)["orders"]
    assert orders["difference"] <= 1
    assert orders["whole_blocks"] < 4


@pytest.mark.django_db
def test_what_is_not_level_is_called_so() -> None:
    study = small_study()
    bring(study, 12)
    assert audit(study)["exact"]
    plan = Plan.objects.filter(enrolment__arm="both").first()
    assert plan is not None
    Plan.objects.filter(pk=plan.pk).update(protocols=plan.protocols[::-1])
    assert not audit(study)["orders"][0]["exact"]
    Plan.objects.filter(pk=plan.pk).update(protocols=plan.protocols)
    shown = Counter(Presentation.objects.filter(protocol_key="ranking").values_list("item", flat=True))
    item = shown.most_common(1)[0][0]
    for row in Presentation.objects.filter(protocol_key="ranking", item=item):
        slots = sorted(row.slots, key=lambda slot: slot["stimulus"])
        Presentation.objects.filter(pk=row.pk).update(slots=slots)
    extra = Presentation.objects.filter(protocol_key="ranking").exclude(item=item).first()
    assert extra is not None
    Presentation.objects.filter(pk=extra.pk).update(item=item, slots=slots)
    sides = next(one for one in audit(study)["sides"] if one["protocol"] == "ranking")
    assert not sides["exact"]
    assert sides["worst"] >= 2


@pytest.mark.django_db
def test_previews_count_nowhere() -> None:
    study = small_study()
    people = bring(study, 6)
    Enrolment.objects.filter(pk=people[0].pk).update(preview=True)
    found = audit(study)
    assert sum(sum(one["people"].values()) for one in found["orders"]) + (people[0].arm == "both") == 2


THREE = {"one": {"kind": "likert"}, "three": {"kind": "pairwise3"}, "zzthree": {"kind": "vas"}}


def three_ways(people: int, order: str = "counterbalanced") -> Study:
    """Return a study with three ways of asking everybody, after so many drew their screens."""
    study = comparison_study(
        items=[item(n) for n in range(6)], protocols=THREE, per_person=6, per_item=100,
        protocol_by={"within": "crossed", "order": order},
    )  # fmt: skip
    bring(study, people)
    return study


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 7])
def test_a_fixed_order_is_exact_where_everybody_has_it(people: int) -> None:
    study = three_ways(people, order="fixed")
    (orders,) = audit(study)["orders"]
    assert (orders["people"], orders["difference"]) == ({"one → three → zzthree": people}, 0)
    assert orders["exact"]
    Plan.objects.filter(pk=Plan.objects.values("pk")[:1]).update(protocols=["zzthree", "three", "one"])
    assert not audit(study)["orders"][0]["exact"]


@pytest.mark.django_db
def test_one_person_alone_is_as_level_as_can_be() -> None:
    (orders,) = audit(three_ways(1))["orders"]
    assert (orders["difference"], orders["exact"]) == (1, True)


@pytest.mark.django_db
def test_an_order_that_nobody_got_is_missed() -> None:
    study = three_ways(12)
    (orders,) = audit(study)["orders"]
    assert (len(orders["people"]), orders["difference"], orders["exact"]) == (6, 0, True)
    lost = next(iter(orders["people"])).split(" → ")
    Plan.objects.filter(protocols=lost).delete()
    (orders,) = audit(study)["orders"]
    assert (len(orders["people"]), orders["difference"], orders["exact"]) == (5, 2, False)


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["withdrawn", "lapsed"])
def test_places_are_counted_as_the_draw_counts_them(how: str) -> None:
    study = comparison_study(
        items=[item(0)], per_person=1, per_item=100,
    )  # fmt: skip
    gone = bring(study, 4)
    long_ago = timezone.now() - timedelta(days=2)
    values = {"withdrawn_at": long_ago} if how == "withdrawn" else {"last_seen_at": long_ago}
    first = Presentation.objects.get(enrolment=gone[0]).order_row
    left = [one for one in gone if Presentation.objects.get(enrolment=one).order_row == first]
    Enrolment.objects.filter(pk__in=[one.pk for one in left]).update(**values)
    # The draw gives the next two the side of those who are gone.
    bring(study, 2, first=4)
    (sides,) = audit(study)["sides"]
    assert (sides["shown"], sides["first_left"], sides["first_right"]) == (4, 2, 2)
    assert sides["exact"]
