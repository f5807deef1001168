"""What leaves: models stand in the datasets as models, and go with the people whose talks they judged."""

import json
from typing import Any

from django.utils import timezone

from annotation.protocols.annotators.running import due, resume_asking, run_asking
from annotation.protocols.annotators.work import LIVE, plan_work
from annotation.protocols.models import AiAnnotator, Item, Judgement, Presentation, Stimulus
from multivocal.llm.models import Call
from multivocal.studies.models import Study
from multivocal.studies.withdrawal import withdraw_enrolment
from tests import people
from tests.annotators.kit import annotator, ask_all, steady
from tests.comparison.kit import Judge
from tests.llm.conftest import MakeModel


def rows_of(study: Study, name: str) -> list[dict[str, Any]]:
    """Return a dataset's rows as they leave over REST."""
    browser = people.signed_in(people.make_operator("Olu Reads" + name))
    answer = browser.get(f"/api/v1/studies/{study.slug}/datasets/{name}.jsonl")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return [json.loads(line) for line in text.splitlines()]


def test_people_and_models_stand_in_one_table_and_are_told_apart(study: Study, make_model: MakeModel) -> None:
    ask_all(annotator(study, steady(make_model), samples=2), limit=1)
    Judge("Parisa", "judged").arrive_at_screens().judge()
    given = rows_of(study, "judgements")
    models = [row for row in given if row["annotator_kind"] == "model"]
    assert [row["annotator"] for row in models] == ["judge"] * 4
    assert sorted((row["order_row"], row["sample"]) for row in models) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert {row["state"] for row in models} == {"ok"} and all(row["call"] for row in models)
    assert all(row["paradata"]["prompt_sha256"] for row in models)
    assert len([row for row in given if row["annotator_kind"] == "person"]) == 1
    seen = [row for row in rows_of(study, "exposures") if row["annotator_kind"] == "model"]
    # Two responses on each of the four screens; the first place has each of them equally often.
    assert len(seen) == 8
    assert sorted(row["system"] for row in seen if row["place"] == 1) == ["good", "good", "poor", "poor"]


def test_what_a_model_said_of_a_talk_goes_when_the_talk_is_taken_back(
    study: Study, make_model: MakeModel
) -> None:
    judge = annotator(study, steady(make_model))
    talks = [_talk(study, judge, name) for name in ("Parisa", "Quentin", "Rosa")]
    assert plan_work(annotator=judge, items=LIVE).new == 6
    later = talks.pop()
    # Rosa leaves before the model comes to her talk: it never does.
    withdraw_enrolment(enrolment=later.enrolment, erase=False)
    assert due(judge).count() == 4
    _start(judge)
    assert not Call.objects.filter(request__icontains="Rosa").exists()
    kept, gone = (talk.enrolment for talk in talks)
    withdraw_enrolment(enrolment=gone, erase=False)
    left = [row for row in rows_of(study, "judgements") if row["annotator_kind"] == "model"]
    assert len(left) == 2 and all("Parisa" in row["prompt"] for row in left)
    withdraw_enrolment(enrolment=gone, erase=True)
    calls = [json.dumps(call.request) + call.text for call in Call.objects.filter(purpose="annotate")]
    assert len(calls) == 4 and not any("Quentin" in words for words in calls)
    assert sum("Parisa" in words for words in calls) == 2
    assert Judgement.objects.filter(annotator=judge).count() == 2
    assert Presentation.objects.filter(enrolment=kept).exists()


def _start(judge: AiAnnotator) -> None:
    resume_asking(annotator=judge, ring=False)
    assert run_asking(annotator=judge).state == "done"


def _talk(study: Study, judge: AiAnnotator, name: str) -> Judge:
    """Have somebody ask something and get two answers, as a conversation stores it."""
    person = Judge(name, "judged")
    person.arrive_at_screens(begin=False)
    item = Item.objects.create(
        study=study, source=Item.Source.LIVE, prompt=f"{name} asks: why is seven special?"
    )
    now = timezone.now()
    texts = ("Because it is prime: it cannot be split.", "It is nice.")
    answers = [Stimulus.objects.create(item=item, text=text, completed_at=now) for text in texts]
    slots = [{"slot": s, "stimulus": str(a.pk)} for s, a in zip("AB", answers, strict=True)]
    Presentation.objects.create(
        item=item, enrolment=person.enrolment, protocol=judge.protocol, stage="talk", slots=slots, seed=1
    )
    return person
