"""A new server has the experiment open with its items, and every text in it is licensed and told apart."""

import json

import pytest
from django.core.management import call_command

from annotation.protocols.experiments.build import build
from annotation.protocols.experiments.declared_plan import declared_plan
from annotation.protocols.models import AiAnnotator, Item, Judgement, Presentation
from multivocal.llm.models import LanguageModel
from multivocal.studies.audit import verify_chain
from multivocal.studies.models import Study
from multivocal.studies.seeding import seed_studies
from multivocal.studies.shipped import FOLDER
from tests.experiments.kit import LIKERT_ONLY, SLUG, bring, planted, small_study

pytestmark = pytest.mark.django_db


def test_a_new_server_has_it_open_with_its_items_and_a_frozen_plan() -> None:
    told = {slug: (outcome, refusal) for slug, outcome, refusal in seed_studies()}
    assert told[SLUG] == ("open, version 1", None)
    study = Study.objects.get(slug=SLUG)
    assert study.state == "open"
    splits = Item.objects.filter(study=study).values_list("split", flat=True)
    assert sorted(set(splits)) == ["attention", "main", "practice"]
    assert list(splits).count("main") == 70
    version = study.versions.get()
    assert version.frozen_at is not None
    plan = declared_plan(version)
    assert plan is not None and plan.question and plan.exclusions.any
    assert verify_chain(study) is None
    assert [line["code"] for line in build(study, {})["plan"]["departures"]] == ["interim"]
    assert {slug: outcome for slug, outcome, _no in seed_studies()}[SLUG] == "already open"


def test_no_text_names_its_system_and_every_pair_has_a_longer_one() -> None:
    lines = (FOLDER / f"{SLUG}.pandalm.jsonl").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        texts = [response["text"] for response in item["responses"]]
        for response in item["responses"]:
            system = response.get("system", "")
            assert not system or all(system.lower() not in text.lower() for text in texts)
        if item.get("split", "main") == "main":
            assert len({len(text.split()) for text in texts}) == 2, item["id"]
    assert "Apache License" in (FOLDER / f"{SLUG}.NOTICE.md").read_text(encoding="utf-8")


def test_models_stand_beside_people_and_never_among_them() -> None:
    study = small_study()
    came = bring(study, 12, planted(LIKERT_ONLY))
    call_command("llm", "seed", verbosity=0)
    shown = Presentation.objects.filter(enrolment=next(one for one in came if one.arm == "ranking"))
    judge = AiAnnotator.objects.create(
        study=study, name="judge", model=LanguageModel.objects.first(), protocol=shown[0].protocol,
        prompt_sha256="0" * 64,
    )  # fmt: skip
    before = build(study, {})["without_exclusions"]["protocols"]
    pks = list(shown.values_list("pk", flat=True))
    Judgement.objects.filter(presentation__in=pks).update(enrolment=None, annotator=judge)
    Presentation.objects.filter(pk__in=pks).update(enrolment=None, annotator=judge)
    report = build(study, {})
    assert (report["rows"]["people"], report["rows"]["models"]) == (11, 1)
    (mine,) = report["models"]["protocols"]
    assert (mine["protocol"], mine["judgements"]) == ("ranking", 12)
    counts = [
        sum(line["judgements"] for line in part)
        for part in (before, report["without_exclusions"]["protocols"])
    ]
    assert counts[0] - counts[1] == 12
