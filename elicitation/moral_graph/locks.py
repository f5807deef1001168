"""One at a time: what hands out numbers, draws or claims work in a study queues here until its transaction ends."""

from multivocal.studies.locks import lock_study
from multivocal.studies.models import Study


def lock_graph(study: Study) -> None:
    """Wait for, and hold until the transaction ends, the lock of one study's graph."""
    lock_study(study.pk, "moral_graph")
