"""Background work on calls: settling those whose process died."""

from celery import shared_task
from django.utils import timezone

from multivocal.llm.ledger import settle_abandoned


@shared_task(name="llm.sweep_calls", ignore_result=True)  # type: ignore[untyped-decorator]
def sweep_calls() -> None:
    """Settle calls that were left open; the rows say which."""
    settle_abandoned(timezone.now())
