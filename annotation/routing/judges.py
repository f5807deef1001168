"""A run's judges: who they are, what they are to be asked, when one rests, is given up, or is another than before."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from annotation.protocols.annotators.making import make_annotator
from annotation.protocols.annotators.models import Asking
from annotation.protocols.annotators.progress import counts_of
from annotation.protocols.annotators.running import call_worker, due, resume_asking
from annotation.protocols.annotators.shapes import AskParams
from annotation.protocols.annotators.work import OWN, plan_work
from annotation.protocols.models import Judgement
from annotation.routing.models import Run, RunJudge
from annotation.routing.policies import config_of
from annotation.routing.screens import Ground, Pair
from annotation.routing.shapes import Judge, Patience
from multivocal.errors import Conflict
from multivocal.llm.models import Call, LanguageModel

UNSEEN = timedelta(seconds=15)


@dataclass(frozen=True)
class Standing:
    """How a judge stands: ``state`` is working, resting, done, given_up, budget, changed or paused."""

    judge: RunJudge
    state: str

    @property
    def busy(self) -> bool:
        """Whether more of its labels are to be waited for."""
        return self.state in ("working", "resting")


def make_judges(*, run: Run, ground: Ground, user: Any = None) -> list[RunJudge]:
    """Make the annotators of a run. One with the same content as another run's is the same: nothing is asked twice."""
    config = config_of(run.policy)
    found = []
    for number, judge in enumerate(config.judges):
        model = LanguageModel.objects.filter(name=judge.model, active=True).first()
        if model is None:
            raise Conflict(f"The model “{judge.model}” is not there any more.", code="no_model")
        for paraphrase, rubric in enumerate(_rubrics(judge)):
            params = AskParams(
                stage=run.stage, protocol_key=ground.key, responses=ground.stage.responses,
                temperature=judge.temperature, max_tokens=judge.max_tokens, structured=judge.structured,
                at_once=judge.at_once,
            )  # fmt: skip
            content = [
                model.pk, model.model_id, model.base_url, rubric.model_dump(mode="json"),
                params.model_dump(mode="json"),
                ground.protocol.sha256, judge.samples, judge.both_orders,
            ]  # fmt: skip
            mark = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
            annotator = make_annotator(
                study=run.study, name=f"{judge.name}-{mark}", model=model, config=ground.config, rubric=rubric,
                params=params, samples=judge.samples, both_orders=judge.both_orders, user=user,
            )  # fmt: skip
            one, _made = RunJudge.objects.get_or_create(
                run=run,
                number=number,
                paraphrase=paraphrase,
                defaults={"annotator": annotator, "judge": judge.name},
            )
            found.append(one)
    return found


def _rubrics(judge: Judge) -> list[Any]:
    return [judge.rubric, *(judge.rubric.model_copy(update={"task": task}) for task in judge.paraphrases)]


def plan_judging(*, run: Run, pairs: Iterable[Pair]) -> int:
    """Write what every judge is to be asked about ``pairs``, in their order; return how many screens are new."""
    items = list(dict.fromkeys(pair.item for pair in pairs))
    new = 0
    for one in judges_of(run):
        new += plan_work(annotator=one.annotator, items=OWN, only=items).new
    return new


def judges_of(run: Run) -> list[RunJudge]:
    """Return a run's annotators, in the order of its policy."""
    return list(RunJudge.objects.filter(run=run).select_related("annotator__model", "annotator__study"))


def set_to_work(*, run: Run, user: Any = None) -> None:
    """Have every judge with something to do go on."""
    for one in judges_of(run):
        if due(one.annotator).exists():
            resume_asking(annotator=one.annotator, user=user)


def let_rest(*, run: Run) -> None:
    """Have no judge begin another question; those on their way are finished and stored."""
    annotators = [one.annotator_id for one in judges_of(run)]
    Asking.objects.filter(annotator__in=annotators, state=Asking.State.RUNNING).update(
        state=Asking.State.PAUSED
    )


def look_after(*, run: Run) -> list[Standing]:
    """Return how each judge stands, after waking those that have rested and asking again about what failed.

    Called with the run's step held. A judge whose questions failed one after the other rests, then is tried again;
    after ``patience.give_up_s`` of silence nobody waits for it, and it is tried all the same.
    """
    config = config_of(run.policy)
    return [_look_after(run, one, config.patience) for one in judges_of(run)]


def _look_after(run: Run, one: RunJudge, patience: Patience) -> Standing:
    now = timezone.now()
    if sentence := _changed(run, one):
        let_one_rest(one)
        return Standing(one, sentence)
    asking = Asking.objects.filter(annotator=one.annotator).first()
    if asking is None:
        return Standing(one, "done")
    if asking.state == Asking.State.STOPPED and asking.reason == "budget":
        return Standing(one, "budget")
    if asking.state == Asking.State.STOPPED:
        return _silent(one, patience, now)
    if asking.state == Asking.State.PAUSED:
        return Standing(one, "paused")
    if one.silent_since is not None and _answers(one):
        one.silent_since, one.rests_until = None, None
        one.save(update_fields=["silent_since", "rests_until"])
    if asking.state == Asking.State.RUNNING:
        if asking.seen_at is None or now - asking.seen_at > UNSEEN:
            # Its worker is dead, its bell lost, or its model slow; a second worker takes only what is free.
            call_worker(one.annotator)
        gave_up = one.silent_since and now - one.silent_since > timedelta(seconds=patience.give_up_s)
        return Standing(one, "given_up" if gave_up else "working")
    if one.rounds < patience.rounds and counts_of(one.annotator).failed:
        one.rounds += 1
        one.save(update_fields=["rounds"])
        resume_asking(annotator=one.annotator, again=True)
        return Standing(one, "working")
    return Standing(one, "done")


def _silent(one: RunJudge, patience: Patience, now: datetime) -> Standing:
    if one.rests_until is None:
        one.silent_since = one.silent_since or now
        one.rests_until = now + timedelta(seconds=patience.rest_s(one.failures))
        one.failures += 1
        one.save(update_fields=["silent_since", "rests_until", "failures"])
    if now >= one.rests_until:
        one.rests_until = None
        one.save(update_fields=["rests_until"])
        resume_asking(annotator=one.annotator, again=True)
    gave_up = one.silent_since is not None and now - one.silent_since > timedelta(seconds=patience.give_up_s)
    return Standing(one, "given_up" if gave_up else "resting")


def _answers(one: RunJudge) -> bool:
    newest = Judgement.objects.filter(annotator=one.annotator, given_at__gte=one.silent_since)
    return newest.exclude(state=Judgement.State.FAILED).exists()


def let_one_rest(one: RunJudge) -> None:
    """Have one judge begin no other question."""
    Asking.objects.filter(annotator=one.annotator, state=Asking.State.RUNNING).update(
        state=Asking.State.PAUSED
    )


_VERSIONS = """
    SELECT c.version, count(*), min(c.id) FROM llm_call c JOIN protocols_presentation p
        ON p.id = CASE WHEN c.purpose = 'annotate' THEN c.subject::uuid END
     WHERE p.annotator_id = %s AND c.account = %s AND c.id > %s AND c.version <> '' AND c.purpose = 'annotate'
     GROUP BY 1 ORDER BY 3"""


def _changed(run: Run, one: RunJudge) -> str:
    """Return what another model's name than at first is answering now; empty where it is the same."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [one.annotator_id, run.study_id, max(one.checked_call, run.first_call)])
        rows = cursor.fetchall()
    if rows and not one.version:
        one.version = rows[0][0]
        one.save(update_fields=["version"])
    other = next((version for version, _n, _id in rows if version != one.version), "")
    return f"changed:{other}" if other else ""


def accept_versions(*, run: Run) -> None:
    """Take the version that answers now for the judge's own from here on: somebody has looked at it."""
    newest = Call.objects.filter(account=run.study_id).order_by("-id").values_list("id", flat=True).first()
    for one in judges_of(run):
        if _changed(run, one):
            RunJudge.objects.filter(pk=one.pk).update(version="", checked_call=newest or 0)
