"""Arms and orders are exact in every block, sides to one person; and what is not is called so."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from annotation.protocols.experiments.sections.balance import balance
from annotation.protocols.models import Plan, Presentation
from multivocal.studies.models import Enrolment, Study
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
