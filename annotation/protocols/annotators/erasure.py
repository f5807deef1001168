"""Taking words back: what a model was asked about somebody's talk goes with the talk."""

from uuid import UUID

from annotation.protocols.annotators.asking import PURPOSE
from annotation.protocols.models import Item, Presentation
from multivocal.llm.models import Call


def erase_asked(*, enrolment: UUID) -> None:
    """Empty the calls in which models judged one person's talks. Before the talks are deleted, in a transaction."""
    own = Presentation.objects.filter(enrolment=enrolment, item__source=Item.Source.LIVE).values("item")
    shown = Presentation.objects.filter(item__in=own, annotator__isnull=False).values_list("pk", flat=True)
    calls = Call.objects.filter(purpose=PURPOSE, subject__in=[str(pk) for pk in shown])
    calls.update(request={}, text="", error_detail="")
