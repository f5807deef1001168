"""Graphs that were just looked at, remembered by the process; the rows alone decide whether they still hold."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from django.db.models import Count, Max

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.models import CanonicalValue, Membership, WisdomVote
from multivocal.studies.models import Enrolment, Study

MOST = 3
"""A graph of 100,000 votes takes some 60 MB."""

T = TypeVar("T")
_there: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """Return what ``make`` returns, made once as long as it is among the last few that were asked for."""
    with _lock:
        if key in _there:
            _there.move_to_end(key)
            found: T = _there[key]
            return found
    made = make()
    with _lock:
        _there[key] = made
        while len(_there) > MOST:
            _there.popitem(last=False)
    return made


def stamp(study: Study) -> str:
    """Return a hash that changes when anything changes that a study's graph is made of."""
    values = CanonicalValue.objects.filter(study=study)
    parts: list[Any] = [
        WisdomVote.objects.filter(study=study).aggregate(Count("pk"), Max("pk"), Max("superseded_at")),
        Enrolment.objects.filter(study=study, status=Enrolment.Status.WITHDRAWN).count(),
        Membership.objects.filter(partition__study=study).aggregate(Count("pk"), Max("pk"), Max("ended_at")),
        ValuesCard.objects.filter(study=study).aggregate(Count("pk"), Max("accepted_at"), Max("withdrawn_at")),
        list(
            values.order_by("number").values_list(
                "number", "title", "description", "policies", "questions", "archived_at", "merged_into",
                "partition__current",
            )
        ),
    ]  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()
