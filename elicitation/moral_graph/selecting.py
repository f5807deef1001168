"""Does this value speak for you too? Others' values, drawn so that all are shown alike, chosen or not."""

import random
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils import timezone

from elicitation.moral_graph.canonical import value_of
from elicitation.moral_graph.cards import cards_of, with_cards
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, Pick
from elicitation.moral_graph.shapes import Selecting
from elicitation.moral_graph.tongues import base, languages_of
from multivocal.domain.randomisation import seeded
from multivocal.studies.stages import Visit


def draw_picks(*, visit: Visit, selecting: Selecting) -> list[Pick]:
    """Draw and store the values a person is asked about; a second time returns what was drawn first.

    Values of people's cards only, never the person's own, those of their own questions first, then the least shown.
    Called inside the submit's transaction.
    """
    enrolment, stage = visit.enrolment, visit.stage.id
    found = list(Pick.objects.filter(enrolment=enrolment, stage=stage).order_by("position"))
    if found:
        return found
    lock_graph(enrolment.study)
    rng = seeded(str(enrolment.seed), "select", stage)
    cards = cards_of(enrolment)
    own = {value.pk for card in cards if (value := value_of(card.pk)) is not None}
    asked = {card.question_key for card in cards}
    alike = Q(picks__enrolment__simulated=enrolment.simulated, picks__enrolment__preview=False)
    rows = list(
        CanonicalValue.objects.filter(
            pk__in=with_cards(enrolment.study, simulated=enrolment.simulated),
            archived_at=None,
            partition__current=True,
        )
        .exclude(pk__in=own)
        .annotate(times=Count("picks", filter=alike))
        .order_by("number")
    )
    if len(enrolment.version.shape.languages) > 1:
        tongues, mine = languages_of(enrolment.study), base(enrolment.language)
        rows = [row for row in rows if tongues.get(row.pk, mine) == mine]
    rng.shuffle(rows)
    rows.sort(key=lambda row: (not asked & set(row.questions), row.times))  # type: ignore[attr-defined]
    return Pick.objects.bulk_create(
        Pick(enrolment=enrolment, stage=stage, canonical=value, position=place, seed=enrolment.seed)
        for place, value in enumerate(_shuffled(rows[: selecting.show], rng), 1)
    )


def _shuffled(rows: Sequence[CanonicalValue], rng: random.Random) -> list[CanonicalValue]:
    return rng.sample(rows, len(rows))


def picks_due(visit: Visit) -> list[Pick]:
    """Return the values that were drawn for a person and not answered yet."""
    rows = Pick.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id, chosen=None)
    return list(rows.select_related("canonical").order_by("position"))


def take_picks(*, visit: Visit, form: QueryDict, key: UUID) -> None:
    """Store which of the values that were shown speak for the person too; none is an answer as well."""
    chosen = set(form.getlist("value"))
    for row in picks_due(visit):
        row.chosen, row.key, row.answered_at = str(row.canonical.number) in chosen, key, timezone.now()
        row.save(update_fields=["chosen", "key", "answered_at"])
