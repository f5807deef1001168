"""Asking a model for suggestions without keeping a page waiting: a row says what is asked for, a worker asks."""

import logging
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import SuggestionRequest
from elicitation.moral_graph.suggestions import checked, suggest
from elicitation.moral_graph.work import LEASE
from multivocal.errors import Conflict, Refused
from multivocal.studies.models import Study

logger = logging.getLogger("multivocal.moral_graph")


@transaction.atomic
def ask_for_suggestions(
    *, study: Study, user: Any, kind: str, question: str = "", model: str | None = None,
    ends: tuple[str, str, str] = ("", "", ""),
) -> SuggestionRequest:  # fmt: skip
    """Keep what is asked for and ring for a worker. Refuses what ``checked`` does, and (Conflict) a second one."""
    from elicitation.moral_graph.tasks import ring_suggestions

    checked(study=study, kind=kind, question=question, model=model, ends=ends)
    lock_graph(study)
    if SuggestionRequest.objects.filter(study=study, done_at=None).exists():
        raise Conflict(_("A model is being asked already. Wait for its answer."), code="one_at_a_time")
    made = SuggestionRequest.objects.create(
        study=study, kind=kind, question=question, model=model or "", ends=list(ends), asked_by=user
    )
    transaction.on_commit(lambda: ring_suggestions(made.pk))
    return made


def answer_request(*, request_id: int) -> None:
    """Ask the model; leaves quietly where that is done, or another worker is at it. Why it failed stays on the row."""
    mine = SuggestionRequest.objects.filter(pk=request_id)
    if mine.filter(_free(), done_at=None).update(begun_at=timezone.now()) != 1:
        return
    row = mine.select_related("study", "asked_by").get()
    problem, made = "", 0
    try:
        made = len(
            suggest(
                study=row.study, user=row.asked_by, kind=row.kind, question=row.question, model=row.model or None,
                ends=(row.ends[0], row.ends[1], row.ends[2]),
            )
        )  # fmt: skip
    except Refused as refusal:
        problem = refusal.message
    except Exception as error:
        logger.exception("no suggestions for study %s", row.study.slug)
        problem = f"{type(error).__name__}: {error}"[:500]
    mine.update(done_at=timezone.now(), made=made, problem=problem)


def due_requests() -> QuerySet[SuggestionRequest, int]:
    """Return the keys of what was asked for and no worker has."""
    return SuggestionRequest.objects.filter(_free(), done_at=None).values_list("pk", flat=True)


def _free() -> Q:
    return Q(begun_at=None) | Q(begun_at__lt=timezone.now() - LEASE)
