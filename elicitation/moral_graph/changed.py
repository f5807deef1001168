"""Cards whose words were changed after they were merged: what was decided about the earlier words ends."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.canonical import archive_steps
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, Membership, Partition


def outdated() -> QuerySet[ValuesCard]:
    """Return the cards that are still in a value which was found for words they had before."""
    older = Membership.objects.filter(
        card=OuterRef("pk"), ended_at=None, partition__current=True, created_at__lt=OuterRef("changed_at")
    )
    return ValuesCard.objects.filter(changed_at__isnull=False).filter(Exists(older))


@transaction.atomic
def free_changed(partition: Partition) -> int:
    """End what was decided for earlier words, so that those cards are merged anew; return how many there were.

    A value that nobody else's card is in goes with them: its words are nobody's any more. Votes on it stay.
    """
    cards = list(outdated().filter(study=partition.study_id).values_list("pk", flat=True))
    if not cards:
        return 0
    lock_graph(partition.study)
    left = Membership.objects.filter(partition=partition, card__in=cards, ended_at=None)
    values = list(left.values_list("canonical", flat=True))
    left.update(ended_at=timezone.now())
    for value in CanonicalValue.objects.filter(pk__in=values, origin=CanonicalValue.Origin.CARDS):
        if not value.memberships.filter(ended_at=None).exists():
            value.archived_at = timezone.now()
            value.save(update_fields=["archived_at"])
            archive_steps(of=value)
    return len(cards)
