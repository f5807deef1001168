"""The record of what designers did to values: in the graph's own rows, and in the study's chained record."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from elicitation.moral_graph.models import CurationAct
from multivocal.studies.audit import record_event
from multivocal.studies.models import Study


def record_act(
    *, study: Study, user: Any, verb: str, values: Iterable[int] = (), detail: dict[str, Any] | None = None,
    why: str = "", undoes: CurationAct | None = None,
) -> CurationAct:  # fmt: skip
    """Add one act. The chained record gets numbers alone: words that somebody may take back are not in it.

    Called inside the transaction of the act, under the graph's lock.
    """
    numbers = sorted(set(values))
    act = CurationAct.objects.create(
        study=study, user=user, verb=verb, values=numbers, detail=detail or {}, why=why, at=timezone.now(),
        undoes=undoes,
    )  # fmt: skip
    told = {"act": act.pk, "values": numbers} | ({"undoes": undoes.pk} if undoes else {})
    record_event(study=study, user=user, verb=f"values: {verb}", detail=told)
    return act
