"""The profile multipref: exact fields and labels, readable names, models apart, and refusals that name the protocol."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from annotation.protocols.annotators.making import config_of_kind, make_annotator
from annotation.protocols.annotators.work import plan_work
from annotation.protocols.models import Judgement, Presentation
from annotation.routing.multipref_names import readable_names
from annotation.routing.multipref_shape import LABELS, aspect_of, label_of, refusal_of
from multivocal.errors import Invalid
from multivocal.exports.build import write_release
from multivocal.exports.cut import Cut
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Enrolment, Study
from tests.comparison.kit import Judge, comparison_study, item

ROW = [
    "comparison_id", "prompt_id", "text", "model_a", "completion_a", "model_b", "completion_b", "source", "category",
    "subject_study", "highest_level_degree", "normal_worker_annotations", "expert_worker_annotations",
]  # fmt: skip
ANNOTATION = {
    "overall_pref", "helpful_pref", "truthful_pref", "harmless_pref",
    "overall_confidence", "helpful_confidence", "truthful_confidence", "harmless_confidence",
    "helpful_checked_reasons", "truthful_checked_reasons", "harmless_checked_reasons",
    "helpful_own_reason", "truthful_own_reason", "harmless_own_reason",
    "evaluator", "time_spent", "timestamp",
}  # fmt: skip
ARMS = [{"key": "crowd"}, {"key": "expert"}]


def release(study: Study, tmp_path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
    """Return the rows of both files and the README."""
    target = tmp_path / "release"
    write_release(study=study, target=target, cut=Cut(study.id), profile_key="multipref", formats=("jsonl",))

    def rows(name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (target / name).read_text("utf-8").splitlines()]

    return rows("multipref.jsonl"), rows("multipref-models.jsonl"), (target / "README.md").read_text("utf-8")


def graded(**more: Any) -> Study:
    return comparison_study(
        "graded",
        arms=ARMS,
        items=[item(n) for n in range(3)],
        protocols={"better": {"kind": "pairwise5", "allow": ["unsure"]}},
        per_person=3,
        per_item=5,
        **more,
    )


@pytest.fixture
def judged(transactional_db: None) -> Study:
    """Three pairs; four people, of whom one withdrew and one cannot tell; a model that judged all of them."""
    study = graded()
    for name, strength in (("Ana", "-2"), ("Bilal", "1"), ("Chidi", "0")):
        Judge(name, "graded").arrive_at_screens().judge_all(strength=strength)
    Judge("Dora", "graded").arrive_at_screens().judge_all(no_answer="unsure")
    Enrolment.objects.filter(participant__identities__external_id="Chidi").update(withdrawn_at=timezone.now())
    model = LanguageModel.objects.create(name="judge", base_url="http://127.0.0.1:9/v1", model_id="j")
    one = make_annotator(study=study, name="machine", model=model, config=config_of_kind("pairwise5"))
    plan_work(annotator=one, items=_set_of(study))
    for n, shown in enumerate(Presentation.objects.filter(annotator=one)):
        Judgement.objects.create(
            presentation=shown, annotator=one, key=shown.pk, payload={"strength": 1}, call=n, duration_ms=900
        )
    return study


def _set_of(study: Study) -> str:
    return str(study.item_sets.get().name)


def test_rows_and_annotations_have_the_published_fields_and_values(judged: Study, tmp_path: Path) -> None:
    people, models, readme = release(judged, tmp_path)
    assert len(people) == len(models) == 3
    for row in people:
        assert list(row) == ROW
        given = row["normal_worker_annotations"] + row["expert_worker_annotations"]
        assert len(given) == 2  # Ana and Bilal: Chidi withdrew, Dora could not tell
        for one in given:
            assert set(one) == ANNOTATION and len(one) == 17
            assert one["overall_pref"] in LABELS.values()
            assert one["helpful_pref"] is one["overall_confidence"] is None
            assert one["helpful_checked_reasons"] == []
            assert re.fullmatch(r"[a-z]+_[a-z]+(_\d+)?", one["evaluator"])
            assert isinstance(one["time_spent"], int)
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", one["timestamp"])
        assert len({one["evaluator"] for one in given}) == 2
        assert {row["model_a"], row["model_b"]} == {"sys-one", "sys-two"}
    assert "3 answers that were no judgement are left out" in readme
    evaluators = [sorted(o["evaluator"] for o in both(row)) for row in people]
    assert evaluators[0] == evaluators[1] == evaluators[2]


def both(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [*row["normal_worker_annotations"], *row["expert_worker_annotations"]]


def test_a_label_is_of_the_response_whatever_side_it_stood_on(judged: Study, tmp_path: Path) -> None:
    people, models, _readme = release(judged, tmp_path)
    for row in people:
        found = {one["overall_pref"] for one in both(row)}
        for one in Judgement.objects.filter(
            presentation__item__prompt=row["text"], enrolment__withdrawn_at=None, no_answer="", annotator=None
        ).select_related("presentation"):
            first = one.presentation.slots[0]["stimulus"]
            a_first = one.presentation.item.stimuli.get(pk=first).text == row["completion_a"]
            assert label_of(one.payload, turned=not a_first) in found
    # A model that says "the second, slightly" in both orders contradicts itself.
    assert [sorted(o["overall_pref"] for o in row["model_annotations"]) for row in models] == [
        ["A-is-slightly-better", "B-is-slightly-better"]
    ] * 3
    assert all("machine" not in json.dumps(row) for row in people)


def test_experts_are_those_of_an_arm_of_experts(judged: Study, tmp_path: Path) -> None:
    people, _models, _readme = release(judged, tmp_path)
    arms = Enrolment.objects.filter(study=judged, withdrawn_at=None).exclude(judgements__no_answer="unsure")
    experts = arms.filter(arm="expert").distinct().count()
    assert experts in (0, 1, 2)
    assert {len(row["expert_worker_annotations"]) for row in people} == {experts}


def test_nothing_in_it_says_who_somebody_is(judged: Study, tmp_path: Path) -> None:
    release(judged, tmp_path)
    pseudonyms = list(Enrolment.objects.values_list("pseudonym", flat=True))
    for path in (tmp_path / "release").rglob("*.jsonl"):
        text = path.read_text("utf-8")
        assert not [word for word in ("Ana", "Bilal", *pseudonyms) if word in text]


def test_a_study_whose_answers_cannot_be_mapped_is_refused_by_name(
    transactional_db: None, tmp_path: Path
) -> None:
    study = comparison_study("plain", per_item=5)
    with pytest.raises(Invalid, match="Nobody has compared anything"):
        release(study, tmp_path)
    Judge("Ana", "plain").arrive_at_screens().judge_all(choice="a")
    with pytest.raises(Invalid, match=r"pairwise3: it says which response is better and not how much \(10\)"):
        release(study, tmp_path)
    assert not (tmp_path / "release").exists()


@pytest.mark.django_db
def test_every_way_of_asking_maps_or_says_why_not() -> None:
    from annotation.protocols.registry import protocols

    mapped = set()
    for kind in protocols():
        why = refusal_of(kind, config_of_kind(kind).model_dump(mode="json"))
        mapped |= {kind} if why is None else set()
        assert why is None or " " in why
        assert why != "has no counterpart among the five labels", kind
    assert mapped == {"pairwise5"}
    assert refusal_of("justified", {"points": 5}) is None
    assert refusal_of("justified", {}) == "has 7 choices where the labels are five"
    assert [aspect_of(key) for key in ("better", "helpfulness", "truthful", "harmless")] == [
        "overall", "helpful", "truthful", "harmless",
    ]  # fmt: skip


def test_names_are_readable_stable_and_each_given_once() -> None:
    many = [f"p{n}" for n in range(2000)]
    names = readable_names(many)
    assert len(set(names.values())) == 2000
    assert readable_names(many[:500]) == {one: names[one] for one in many[:500]}
    assert not any(one in name for one, name in list(names.items())[:50])
