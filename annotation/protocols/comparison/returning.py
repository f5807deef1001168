"""Somebody comes back after a long silence: what was given to others meanwhile is theirs no longer."""

from django.utils import timezone

from annotation.protocols.comparison.places import lock_places, served_places, silent_since
from annotation.protocols.comparison.pools import people_wanted, pool_for
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.models import Item, Presentation
from multivocal.studies.stages import Visit


def give_up_lost_places(*, visit: Visit) -> int:
    """Take the screens out of a person's plan that others were given while they were silent; return how many.

    Called in the transaction of everything that moves ``last_seen_at``, before it does: each submit and each autosave.
    It costs queries only after half the silence that releases places (who is later than that by a moment must queue
    with the draw that takes them). Screens handed out already stay: nothing a person looks at is taken away.
    """
    config: ComparisonConfig = visit.stage  # type: ignore[assignment]
    now = timezone.now()
    if now - visit.enrolment.last_seen_at < (now - silent_since(config, now)) / 2:
        return 0
    lock_places(visit)
    pool = pool_for(visit, drawing=False)
    if config.surplus == "more" and pool is None:
        return 0
    mine = list(
        Presentation.objects.filter(
            enrolment=visit.enrolment, stage=config.id, role="main", position__isnull=False, shown_at=None
        )
    )
    if not mine:
        return 0
    item_set = Item.objects.values_list("item_set_id", flat=True).get(pk=mine[0].item_id)
    protocols = {row.protocol_key: row.protocol_id for row in mine}
    served = served_places(visit, item_set, protocols, but=visit.enrolment.pk)
    lost = []
    for row in mine:
        screen = (row.protocol_key, row.item_id, row.unit)
        wanted = people_wanted(config, pool, screen)
        if wanted is not None and sum(served.get(screen, {}).values()) >= wanted:
            lost.append(row.pk)
    # A repeat goes with its original.
    gone = Presentation.objects.filter(pk__in=lost) | Presentation.objects.filter(repeat_of__in=lost)
    number = gone.count()
    Presentation.objects.filter(repeat_of__in=lost).delete()
    Presentation.objects.filter(pk__in=lost).delete()
    return number
