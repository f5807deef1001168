"""How each model did lately, counted from the rows of its calls."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection


@dataclass(frozen=True, slots=True)
class Health:
    """Calls of one model: how many, how many failed, milliseconds of the good ones, US dollars."""

    calls: int
    failed: int
    p50_ms: int | None
    p95_ms: int | None
    spend: Decimal


def health_of_models(minutes: int = 60) -> dict[int, Health]:
    """Return the health of each model that was called in the last ``minutes``, by the model's id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT model_id, count(*), count(*) FILTER (WHERE state = 'failed'),
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY total_ms) FILTER (WHERE state = 'done'),
                   percentile_cont(0.95) WITHIN GROUP (ORDER BY total_ms) FILTER (WHERE state = 'done'),
                   sum(cost)
            FROM llm_call WHERE started_at > now() - make_interval(mins => %s) GROUP BY model_id
            """,
            [minutes],
        )
        return {
            row[0]: Health(
                row[1],
                row[2],
                None if row[3] is None else round(row[3]),
                None if row[4] is None else round(row[4]),
                row[5],
            )
            for row in cursor.fetchall()
        }
