"""Background work: a bell after the commit, a worker that hands on, and a sweep for whoever was forgotten."""

from datetime import timedelta
from queue import Empty

from django.utils import timezone

from annotation.protocols.annotators.models import Asking
from annotation.protocols.annotators.running import pause_asking, resume_asking, run_asking
from annotation.protocols.annotators.shapes import AskParams
from annotation.protocols.annotators.tasks import ask_model, sweep_asking
from annotation.protocols.models import Judgement
from multivocal.celery import app
from multivocal.studies.models import Study
from tests.annotators.kit import annotator, start_asking, steady
from tests.llm.conftest import MakeModel


def rung() -> list[str]:
    """Return for whom a bell was rung since the last look."""
    found: list[str] = []
    with app.connection_for_write() as connection, connection.SimpleQueue("celery") as queue:
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                return found
            message.ack()
            assert message.headers["task"] == "annotators.ask"
            found.append(message.payload[0][0])


def test_starting_rings_and_a_worker_leaves_quietly_what_is_not_to_be_asked(
    study: Study, make_model: MakeModel
) -> None:
    judge = annotator(study, steady(make_model))
    start_asking(judge, limit=2, ring=True)
    assert rung() == [str(judge.pk)]
    pause_asking(annotator=judge)
    ask_model(str(judge.pk))
    assert not Judgement.objects.exists()
    resume_asking(annotator=judge)
    assert rung() == [str(judge.pk)]
    ask_model(str(judge.pk))
    assert Judgement.objects.count() == 4 and Asking.objects.get().state == "done"
    assert rung() == []
    study.ai_annotators.all().delete()
    ask_model(str(judge.pk))


def test_the_sweep_rings_for_whoever_nobody_is_at(study: Study, make_model: MakeModel) -> None:
    judge = annotator(study, steady(make_model), params=AskParams(at_once=2))
    start_asking(judge)
    sweep_asking()
    assert rung() == [str(judge.pk)]
    ran = run_asking(annotator=judge, seconds=0)
    assert (ran.state, ran.counts.total()) == ("running", 2)
    sweep_asking()
    assert rung() == []
    Asking.objects.update(seen_at=timezone.now() - timedelta(minutes=6))
    sweep_asking()
    assert rung() == [str(judge.pk)]
