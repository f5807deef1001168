"""“Is that fair?”: asked of everybody about each of their cards, also where the card stands in no graph.

Only where nobody's value stands anywhere yet there is nothing to ask: that is told, and noted as told.
"""

from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.cards import cards_of
from elicitation.moral_graph.models import CanonicalValue, Fairness, Passed
from elicitation.moral_graph.shapes import WisdomConfig
from elicitation.moral_graph.standing import facts_of, has_told, read_facts
from multivocal.domain.shapes import clean_text
from multivocal.studies.stages import Again, Visit

LONGEST_WHY = 2000


def card_to_judge(visit: Visit) -> ValuesCard | None:
    """Return the next card of whose place the person has not said whether it is fair."""
    told = set(
        Fairness.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id).values_list(
            "card", flat=True
        )
    )
    read = set(
        Passed.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id).values_list("step", flat=True)
    )
    left = (card for card in cards_of(visit.enrolment) if card.pk not in told and _read(card) not in read)
    return next(left, None)


def _read(card: ValuesCard) -> str:
    return f"told-{card.pk.hex[:11]}"


def take_fairness(*, visit: Visit, card: ValuesCard, form: QueryDict, key: UUID) -> Again | None:
    """Store the answer once, with what the page had said. Called inside the submit's transaction."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    shown = read_facts(visit, card, form.get("shown", ""))
    if shown is None:
        shown = facts_of(visit.enrolment, card, config.small_cell)
    if not has_told(shown):
        Passed.objects.get_or_create(enrolment=visit.enrolment, stage=visit.stage.id, step=_read(card))
        return None
    answer = form.get("answer", "")
    if answer not in Fairness.Answer.values:
        return Again({"answer": _("Choose one of the answers.")})
    value = CanonicalValue.objects.filter(study=visit.enrolment.study, number=shown["value"] or 0).first()
    version = card.accepted_version
    Fairness.objects.create(
        enrolment=visit.enrolment, stage=visit.stage.id, card=card.pk, card_version=version.number if version else 0,
        canonical=value, answer=answer, why=clean_text(form.get("why", "")).strip()[:LONGEST_WHY], shown=shown, key=key,
    )  # fmt: skip
    return None
