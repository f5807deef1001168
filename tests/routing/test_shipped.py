"""A new server has the study `hybrid` open with its pairs, licensed, and both judges to route between."""

import json

import pytest

from annotation.protocols.models import Item
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Study
from multivocal.studies.seeding import seed_studies
from multivocal.studies.shipped import FOLDER

pytestmark = pytest.mark.django_db


def test_a_new_server_has_it_open_with_its_pairs_and_both_judges() -> None:
    told = {slug: (outcome, refusal) for slug, outcome, refusal in seed_studies()}
    assert told["hybrid"] == ("open, version 1", None)
    study = Study.objects.get(slug="hybrid")
    splits = list(Item.objects.filter(study=study).values_list("split", flat=True))
    assert (splits.count("main"), splits.count("practice"), splits.count("attention")) == (200, 2, 2)
    judges = LanguageModel.objects.filter(name__startswith="sim-judge-", simulated=True, active=True)
    assert len({judge.price_in for judge in judges}) == 2
    # They judge; they are never drawn to talk with somebody.
    assert {judge.weight for judge in judges} == {0.0}


def test_no_text_names_its_system_and_the_licence_stands_beside_it() -> None:
    lines = (FOLDER / "hybrid.pandalm.jsonl").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        for response in item["responses"]:
            system = response.get("system", "").lower()
            assert not system or all(system not in one["text"].lower() for one in item["responses"])
    assert "Apache License" in (FOLDER / "hybrid.NOTICE.md").read_text(encoding="utf-8")
