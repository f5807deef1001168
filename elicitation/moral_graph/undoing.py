"""Taking an act of a designer back: exactly what it did, as far as it still stands, and never out of order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elicitation.moral_graph.acts import record_act
from elicitation.moral_graph.canonical import join_values, put_card
from elicitation.moral_graph.cards import accepted
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, CurationAct, Membership, Upgrade
from multivocal.errors import Conflict, NotFound
from multivocal.studies.models import Study

WHY = "A designer took that back."


@transaction.atomic
def undo(*, study: Study, user: Any, act: object) -> CurationAct:
    """Take an act back and record that; what people did meanwhile (a card that moved on, a withdrawal) stays.

    Refuses (NotFound, Conflict) another study's act, one that was taken back already, one whose values a later act
    touched, one of a sorting that does not count, and the adoption of a sorting, instead of which another is adopted.
    """
    lock_graph(study)
    text = str(act).strip()
    rows = CurationAct.objects.select_for_update(of=("self",)).filter(study=study)
    found = rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 18 else None
    if found is None:
        raise NotFound(_("This study has no such act."))
    if found.verb in (CurationAct.Verb.UNDO, CurationAct.Verb.ADOPT):
        raise Conflict(
            _("This cannot be taken back. Adopt the earlier sorting instead."), code="not_undoable"
        )
    if CurationAct.objects.filter(undoes=found).exists():
        raise Conflict(_("Somebody took that back already."), code="undone_already")
    if (later := _later([found])[found]) is not None:
        raise Conflict(
            _("A later act touched the same values: take number {n} back first.").format(n=later),
            code="later_act",
        )
    _VERBS[found.verb](study, user, found)
    return record_act(
        study=study, user=user, verb=CurationAct.Verb.UNDO, values=found.values, undoes=found,
        detail={"verb": found.verb},
    )  # fmt: skip


def undoable(acts: Sequence[CurationAct]) -> set[int]:
    """Return which acts a page should offer to take back, by their keys; one query, however many they are."""
    given = [act for act in acts if act.verb not in (CurationAct.Verb.UNDO, CurationAct.Verb.ADOPT)]
    return {act.pk for act, later in _later(given).items() if later is None and not hasattr(act, "undone_by")}


def _later(acts: Sequence[CurationAct]) -> dict[CurationAct, int | None]:
    """Return for each act the newest one that stands in its way: a later one, not taken back, on the same things."""
    if not acts:
        return {}
    rows = CurationAct.objects.filter(
        study=acts[0].study_id, pk__gt=min(act.pk for act in acts), undone_by=None
    )
    newer = list(
        rows.exclude(verb=CurationAct.Verb.UNDO)
        .order_by("-pk")
        .values_list("pk", "verb", "values", "detail__step")
    )
    return {
        act: next((pk for pk, *other in newer if pk > act.pk and _touches(act, *other)), None) for act in acts
    }


def _touches(act: CurationAct, verb: str, values: Sequence[int], step: int | None) -> bool:
    stories = (CurationAct.Verb.ARCHIVE, CurationAct.Verb.RESTORE)
    if verb == CurationAct.Verb.ADOPT:
        return True
    if act.verb in stories:
        return verb in stories and step == act.detail["step"]
    return verb not in stories and not set(values).isdisjoint(act.values)


def _unjoin(study: Study, user: Any, act: CurationAct) -> None:
    gone, into = _value(act.detail["gone"]), _value(act.detail["into"])
    joined_at = gone.archived_at or timezone.now()
    # A value whose only words were taken back has nothing to come back with.
    if not gone.policies:
        raise Conflict(_("The people whose value this was took their cards back."), code="value_empty")
    gone.merged_into = gone.archived_at = None
    gone.save(update_fields=["merged_into", "archived_at"])
    there = set(into.memberships.filter(ended_at=None).values_list("card", flat=True))
    for card in map(UUID, act.detail["cards"]):
        if card in there:
            put_card(card=card, into=gone, decided_by=Membership.By.DESIGNER, motivation=WHY)
    into.questions = _questions(study, into, act.detail["questions"])
    into.save(update_fields=["questions"])
    _revive_steps(study, act.detail["steps"], joined_at)


def _unsplit(study: Study, user: Any, act: CurationAct) -> None:
    was, made = _value(act.detail["was"]), _value(act.detail["made"])
    card = UUID(act.detail["card"])
    inside = set(made.memberships.filter(ended_at=None).values_list("card", flat=True))
    if card not in inside:
        raise Conflict(_("This card has moved to another value meanwhile. Look again."), code="card_moved")
    join_values(gone=made, into=was, why=WHY)
    if act.detail["words"]:
        _restore_words(study, was, act.detail["words"])


def _unword(study: Study, user: Any, act: CurationAct) -> None:
    _restore_words(study, _value(act.detail["value"]), act.detail["before"])


def _unstory(study: Study, user: Any, act: CurationAct) -> None:
    back = act.verb == CurationAct.Verb.ARCHIVE
    step = Upgrade.objects.select_related("source", "target").get(study=study, number=act.detail["step"])
    if back and (step.source.archived_at or step.target.archived_at):
        raise Conflict(_("One of its two values left the graph."), code="value_gone")
    step.archived_at = None if back else timezone.now()
    step.save(update_fields=["archived_at"])


_VERBS = {
    CurationAct.Verb.JOIN.value: _unjoin,
    CurationAct.Verb.SPLIT.value: _unsplit,
    CurationAct.Verb.REWORD.value: _unword,
    CurationAct.Verb.ARCHIVE.value: _unstory,
    CurationAct.Verb.RESTORE.value: _unstory,
}


def _value(pk: str) -> CanonicalValue:
    """Return a value of the counting partition, or refuse: what does not count is not changed any more."""
    found = CanonicalValue.objects.select_related("partition").get(pk=pk)
    if not found.partition.current:
        raise Conflict(_("This belongs to a sorting that does not count any more."), code="not_current")
    return found


def _restore_words(study: Study, value: CanonicalValue, words: dict[str, Any]) -> None:
    if "representative" in words:
        card = accepted(study).filter(pk=words["representative"]).first()
        if card is None or card.accepted_version is None:
            raise Conflict(_("The person whose words these were took them back."), code="words_gone")
        version = card.accepted_version
        value.title, value.description, value.policies = version.title, version.description, version.policies
        value.representative = card.pk
    elif not words["policies"]:
        raise Conflict(_("The person whose words these were took them back."), code="words_gone")
    else:
        value.title, value.description, value.policies = (
            words["title"], words["description"], words["policies"],
        )  # fmt: skip
        value.representative = None
    value.vector, value.reworded_at = None, timezone.now()
    value.save()


def _questions(study: Study, value: CanonicalValue, before: list[str]) -> list[str]:
    if not before:
        return []
    cards = value.memberships.filter(ended_at=None).values("card")
    mine = accepted(study).filter(pk__in=cards).values_list("question_key", flat=True)
    return sorted({*before, *mine})


def _revive_steps(study: Study, numbers: list[int], ended_at: datetime) -> None:
    """Put the steps back that ended with a value."""
    rows = Upgrade.objects.filter(study=study, number__in=numbers, archived_at__gte=ended_at)
    rows.filter(source__archived_at=None, target__archived_at=None).update(archived_at=None)
