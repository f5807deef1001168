"""Every way of asking works at a comparison stage as a plain form, and what was shown and said is stored."""

from typing import Any

import pytest

from annotation.protocols.models import Judgement, Presentation
from annotation.protocols.registry import protocols
from tests.comparison.kit import Judge, comparison_study, item

pytestmark = pytest.mark.django_db

CONFIGS: dict[str, dict[str, Any]] = {
    "dimensions": {"dimensions": [{"key": "clear", "label": "Clear"}, {"key": "true", "label": "True"}]},
    "checklist": {"units": [{"id": "one", "text": "One?"}, {"id": "two", "text": "Two?", "parent": "one"}]},
    "justified": {"points": 5, "tags": [{"key": "facts", "label": "Facts"}]},
}
ANCHORED = [
    {"id": "ref", "text": "The reference itself.", "role": "hidden_reference"},
    {"id": "low", "text": "Bad.", "role": "low_anchor"},
]


@pytest.mark.parametrize("kind", sorted(protocols()))
def test_a_kind_is_judged_from_its_form(kind: str) -> None:
    low, high = protocols()[kind].responses
    items = [item(n, responses=min(high, 4)) for n in range(4)]
    if kind == "mushra":
        items = [
            {**one, "responses": [*one["responses"], *ANCHORED], "reference": "The reference itself."}
            for one in items
        ]
    if kind == "checklist":
        items[0]["units"] = [{"id": "own", "text": "Is it its own?"}]
    if high == 1:
        items = [item(n, responses=2) for n in range(4)]
    config = {"kind": kind, "allow": ["unsure", "skip", "invalid"], **CONFIGS.get(kind, {})}
    comparison_study(items=items, protocols={"way": config}, per_person=4)
    noor = Judge("noor").arrive_at_screens()
    assert noor.read_and_judge() == 4
    assert noor.hidden()["stage"] == "debrief"
    assert Judgement.objects.filter(superseded_at=None, state="ok").count() == 4
    shown = Presentation.objects.first()
    assert shown is not None
    if kind == "mushra":
        assert len(shown.slots) == 6


def test_fewer_responses_than_an_item_has_make_every_pair() -> None:
    comparison_study(items=[item(n, responses=4) for n in range(2)], responses=2, per_person=12, per_item=1)
    noor = Judge("noor").arrive_at_screens()
    assert noor.read_and_judge() == 12
    assert Presentation.objects.values("item", "unit").distinct().count() == 12
