"""The shipped study in small, and crowds with a known effect: written as rows, or walking through the pages."""

from dataclasses import replace
from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from annotation.protocols.comparison.drawing import draw_plan
from annotation.protocols.models import Judgement, Presentation, Stimulus
from multivocal.participants.models import Participant
from multivocal.studies.assignment import allocate_arm
from multivocal.studies.lifecycle import open_study
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.shipped import FOLDER
from multivocal.studies.simulate.answers import fill_form
from multivocal.studies.simulate.census import draw_profile, read_census
from multivocal.studies.simulate.forms import find_form
from multivocal.studies.simulate.markup import parse_page
from multivocal.studies.simulate.planted import Mind, read_mind
from multivocal.studies.stages import Visit
from multivocal.studies.versions import save_draft
from multivocal.studies.yaml_in import read_yaml
from tests.comparison.kit import Judge

SLUG = "rating-vs-ranking"
LIKERT_ONLY = {"likert": 1.5, "pairwise3": 0.0}
NOBODY = {"likert": 0.0, "pairwise3": 0.0}


def small_study(*, plan: dict[str, Any] | None = None, is_open: bool = True, **compare: Any) -> Study:
    """Return the shipped study with fewer screens and no waiting; its items, arms and plan as they come."""
    document = read_yaml((FOLDER / f"{SLUG}.yaml").read_bytes()).data
    stage = next(one for one in document["stages"] if one["kind"] == "comparison")
    stage |= {"per_person": 12, "practice": 0, "repeats": 0, "min_dwell_ms": 0, "attention": 0, **compare}
    stage["plan"] = stage["plan"] | {"resamples": 100, "exclusions": {}} | (plan or {})
    version = save_draft(document=document)
    call_command(
        "items", "import", SLUG, str(FOLDER / f"{SLUG}.pandalm.jsonl"), "--set", "pandalm", verbosity=0
    )
    if is_open:
        open_study(study=version.study)
    return Study.objects.get(pk=version.study.pk)


def planted(effect: dict[str, float], seed: int = 1, **more: Any) -> Mind:
    """Return the shipped mind with another effect, and nobody careless or unsure."""
    mind = read_mind(FOLDER / f"{SLUG}.mind.yaml")
    quick = {"seconds": (0.0, 0.0), "careless": 0.0, "unsure": 0.0, **more}
    return replace(mind, file=mind.file.model_copy(update={"effect": effect, "seed": seed, **quick}))


def bring(study: Study, people: int, mind: Mind | None = None, *, first: int = 0) -> list[Enrolment]:
    """Let people enrol, be allotted and draw their screens; with ``mind`` they answer every one."""
    version = study.versions.exclude(frozen_at=None).order_by("-number").first()
    assert version is not None
    definition = version.shape
    stage = next(one for one in definition.stages if one.kind == "comparison")
    came = []
    for n in range(first, first + people):
        enrolment = Enrolment(
            study=study, version=version, participant=Participant.objects.create(), pseudonym=f"p{n:04d}"
        )
        enrolment.save(force_insert=True)
        with transaction.atomic():
            arm = allocate_arm(enrolment=enrolment, definition=definition)
            enrolment.save(update_fields=["arm"])
            levels = next(one.levels for one in definition.arms if one.key == arm)
            draw_plan(visit=Visit(enrolment, definition, stage, "en", levels))
        came.append(enrolment)
    if mind is not None:
        answer(came, mind)
    return came


def answer(people: list[Enrolment], mind: Mind) -> None:
    """Write what ``people`` think of everything they were given."""
    shown = Presentation.objects.filter(enrolment__in=people).select_related("protocol", "enrolment")
    texts = texts_of(people[0].study)
    Judgement.objects.bulk_create(
        Judgement(
            presentation=one,
            enrolment=one.enrolment,
            key=one.pk,
            payload=payload,
            no_answer=payload.get("no_answer", ""),
            duration_ms=4000,
            shown_at=timezone.now(),
        )
        for one in shown
        for payload in [_payload(mind, one, [texts[slot["stimulus"]] for slot in one.slots])]
    )


def texts_of(study: Study) -> dict[str, str]:
    """Return every response's text, as a mind reads it."""
    found = Stimulus.objects.filter(item__study=study).values_list("pk", "text")
    return {str(pk): " ".join(text.split()) for pk, text in found}


def _payload(mind: Mind, shown: Presentation, texts: list[str]) -> dict[str, Any]:
    assert shown.enrolment is not None
    ((name, value),) = mind.answer(shown.protocol.kind, texts, shown.enrolment.pseudonym, str(shown.pk))
    key = name.removeprefix("answer.")
    return {key: int(value) if key == "rating" else value}


class Walker(Judge):
    """A simulated person with a declared mind who goes through the real pages."""

    def __init__(self, name: str) -> None:
        super().__init__(name, SLUG)

    def judge_with(self, mind: Mind) -> int:
        """Answer every screen as ``mind`` has it; return how many."""
        profile, number = draw_profile(tuple(read_census()), self.rng), 0
        while self.hidden().get("stage") == "compare":
            page = parse_page(self.page.content.decode())
            form = find_form(page)
            assert form is not None
            pairs = mind.judge(page, form, fill_form(form, profile, "en", self.rng), self.pid or "")
            self.submit(**dict(pairs))
            number += 1
            assert number < 100
        return number
