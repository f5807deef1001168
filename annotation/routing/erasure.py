"""Taking labels back: what rests on a withdrawn person's judgements is made again without them."""

from uuid import UUID

from django.db.models import F
from django.utils import timezone

from annotation.protocols.models import Item, Judgement, Presentation
from annotation.routing.models import CanaryAnswer, FinalLabel, ItemTags, Run
from annotation.routing.spending import CANARY, TAGGING
from annotation.routing.tagging import subject_of
from multivocal.llm.models import Call


def erase_labels(*, enrolment: UUID) -> None:
    """Supersede final labels that rest on one person's judgements. Called before these are deleted, in a transaction.

    The labels were paid for: that they were given stays in the run's books as a number.
    """
    given = Judgement.objects.filter(enrolment=enrolment, presentation__role="main")
    own = {str(pk) for pk in given.values_list("pk", flat=True)}
    if not own:
        return
    stages = set(given.values_list("presentation__stage", "presentation__item__study"))
    for stage, study in stages:
        runs = Run.objects.filter(study=study, stage=stage, started_at__isnull=False)
        for run in runs:
            # Each label was paid by the run that had begun last when it was given.
            here = given.filter(presentation__stage=stage, given_at__gte=run.started_at)
            if later := runs.filter(started_at__gt=run.started_at).order_by("started_at").first():
                here = here.filter(given_at__lt=later.started_at)
            paid = here.values("presentation").distinct().count()
            Run.objects.filter(pk=run.pk).update(erased=F("erased") + paid)
            labels = FinalLabel.objects.filter(route__run=run, superseded_at=None)
            gone = [pk for pk, ids in labels.values_list("pk", "judgements") if own & set(ids)]
            FinalLabel.objects.filter(pk__in=gone).update(superseded_at=timezone.now(), judgements=[])


def erase_tags(*, enrolment: UUID) -> None:
    """Empty the calls in which a model described one person's talks, or judged these once more.

    Before the talks are deleted, in a transaction.
    """
    own = Presentation.objects.filter(enrolment=enrolment, item__source=Item.Source.LIVE).values("item")
    rows = ItemTags.objects.filter(item__in=own).select_related("run")
    subjects = {subject_of(row.run, row.mark) for row in rows}
    again = CanaryAnswer.objects.filter(presentation__item__in=own).select_related("check_of")
    subjects |= {one.subject for one in again}
    calls = Call.objects.filter(purpose__in=[TAGGING, CANARY], subject__in=subjects)
    calls.update(request={}, text="", error_detail="")
