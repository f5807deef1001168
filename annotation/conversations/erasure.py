"""Taking conversations back: what was said, shown and judged is deleted; that a call was paid for stays."""

from uuid import UUID

from annotation.conversations.models import Conversation
from annotation.protocols.models import Item, Judgement, Presentation


def erase_conversations(*, enrolment: UUID) -> None:
    """Delete one person's conversations with their items, answers and judgements. Called inside a transaction."""
    items = list(Presentation.objects.filter(enrolment=enrolment).values_list("item_id", flat=True))
    Judgement.objects.filter(enrolment=enrolment).delete()
    Conversation.objects.filter(enrolment=enrolment).delete()
    Presentation.objects.filter(enrolment=enrolment).delete()
    Item.objects.filter(pk__in=items, source=Item.Source.LIVE).delete()
