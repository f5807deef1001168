"""How far a model is, what it has cost, and what the rest will cost."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from annotation.protocols.annotators.asking import PURPOSE, Task, questions_for, request_for
from annotation.protocols.annotators.making import settings_of
from annotation.protocols.annotators.running import due
from annotation.protocols.models import AiAnnotator
from multivocal.llm import budgets
from multivocal.llm.bodies import chat_body
from multivocal.llm.models import Account
from multivocal.studies.models import Study

SAMPLE = 20
_SQL = """
SELECT count(*), count(j.id), count(*) FILTER (WHERE j.state = 'ok' AND j.no_answer = ''),
       count(*) FILTER (WHERE j.no_answer <> ''), count(*) FILTER (WHERE j.state = 'unparsed'),
       count(*) FILTER (WHERE j.state = 'failed')
  FROM protocols_presentation p
  LEFT JOIN protocols_judgement j ON j.presentation_id = p.id AND j.superseded_at IS NULL
 WHERE p.annotator_id = %s AND NOT EXISTS (
   SELECT FROM protocols_presentation t JOIN studies_enrolment e ON e.id = t.enrolment_id
     JOIN protocols_item i ON i.id = t.item_id
    WHERE t.item_id = p.item_id AND i.source = 'live' AND e.withdrawn_at IS NOT NULL)
"""
_COSTS = """
SELECT sum(CASE c.state WHEN 'started' THEN c.reserved ELSE c.cost END)::float8, count(*), avg(c.total_ms)::float8,
       bool_or(c.text <> '')
  FROM protocols_presentation p
  JOIN llm_call c ON c.subject = p.id::text AND c.subject <> '' AND c.purpose = %s AND c.account = %s
 WHERE p.annotator_id = %s
 GROUP BY p.id
"""


@dataclass(frozen=True)
class Counts:
    """Screens of an annotator, in each order and sample, and their current judgements by what became of them."""

    screens: int
    judged: int
    ok: int
    no_answer: int
    unparsed: int
    failed: int


def counts_of(annotator: AiAnnotator) -> Counts:
    """Return how far ``annotator`` is, from its rows."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [annotator.pk])
        return Counts(*cursor.fetchone())


@dataclass(frozen=True)
class Progress(Counts):
    """Counts of screens; money in US dollars, with failed calls. ``forecast_usd`` is for what is left.

    Forecast: the mean cost so far, between ``low_usd`` and ``high_usd`` (95 %, normal, over screens); before the first
    answer the most the requests can cost, from a sample (``basis`` "most"); null where nothing is left to ask of.
    """

    left: int
    cost_usd: float
    calls: int
    forecast_usd: float | None
    low_usd: float | None
    high_usd: float | None
    basis: str
    mean_ms: float | None

    def as_json(self) -> dict[str, Any]:
        """Return the numbers by name."""
        return asdict(self)


def progress_of(annotator: AiAnnotator) -> Progress:
    """Return how far ``annotator`` is, from its rows and the ledger."""
    counts = counts_of(annotator)
    with connection.cursor() as cursor:
        cursor.execute(_COSTS, [PURPOSE, annotator.study_id, annotator.pk])
        rows = cursor.fetchall()
    costs = [row[0] or 0.0 for row in rows]
    times = [row[2] for row in rows if row[3] and row[2] is not None]
    left = counts.screens - counts.judged
    # A screen that brought no words says nothing of what the others will cost.
    answered = [row[0] or 0.0 for row in rows if row[3]]
    forecast, low, high, basis = _forecast(annotator, answered, left)
    return Progress(
        **asdict(counts),
        left=left,
        cost_usd=sum(costs),
        calls=sum(row[1] for row in rows),
        forecast_usd=forecast,
        low_usd=low,
        high_usd=high,
        basis=basis,
        mean_ms=statistics.fmean(times) if times else None,
    )


def _forecast(
    annotator: AiAnnotator, costs: list[float], left: int
) -> tuple[float | None, float | None, float | None, str]:
    if not left:
        return None, None, None, "nothing left"
    if costs:
        mean = statistics.fmean(costs)
        spread = statistics.stdev(costs) if len(costs) > 1 else mean
        # Uncertain both in the mean so far and in the screens to come.
        half = 1.96 * spread * math.sqrt(left * (1 + left / len(costs)))
        return mean * left, max(0.0, mean * left - half), mean * left + half, "mean"
    task = Task(annotator, *settings_of(annotator))
    most = []
    for question in questions_for(due(annotator).select_related("item")[:SAMPLE]):
        request = request_for(task, question)
        most.append(float(budgets.reservation(annotator.model, chat_body(request, stream=False))))
    return statistics.fmean(most) * left, None, None, "most"


def is_short(study: Study, every: Iterable[Progress]) -> bool:
    """Return whether the study's budget may not be enough for what is left to ask of these annotators."""
    account = Account.objects.filter(pk=study.pk).first()
    if account is None or account.limit_usd is None:
        return False
    wanted = sum(Decimal(one.forecast_usd or 0) for one in every)
    return wanted > account.limit_usd - budgets.spent(study.pk)
