"""A designer's word on a suggestion: accepted, as it is or changed, into the draft, or rejected; once, on record."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoInvalid
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from elicitation.moral_graph.curation import checked_words
from elicitation.moral_graph.models import Suggestion
from elicitation.moral_graph.shapes import SeedStep
from elicitation.moral_graph.suggestions_draft import put_context, put_seed, put_step
from multivocal.domain.shapes import clean_text, problems
from multivocal.errors import Conflict, Invalid, NotFound
from multivocal.studies.audit import record_event
from multivocal.studies.models import Study

LONGEST_SITUATION = 200


@transaction.atomic
def accept_suggestion(
    *, study: Study, user: Any, suggestion: object, changed: dict[str, Any]
) -> tuple[str, dict[str, str]]:
    """Put a suggestion into the draft, in the words of ``changed``; return its key there and the draft's mistakes.

    A live version stays as it is: over an open study the draft is the next version. Refuses (NotFound, Conflict)
    another study's suggestion and one that was decided already, and (Invalid, by field) words that cannot stand.
    """
    # First the study's row, which every edit of the draft queues at: two designers cannot lose each other's part.
    Study.objects.select_for_update().get(pk=study.pk)
    row = _open(study, suggestion)
    if row.kind == Suggestion.Kind.CONTEXT:
        text = " ".join(clean_text(str(changed.get("text", ""))).split())
        if not 3 <= len(text) <= LONGEST_SITUATION:
            raise Invalid(
                _("A situation has 3 to {n} characters.").format(n=LONGEST_SITUATION),
                fields={"text": text[:40]},
            )
        taken: dict[str, Any] = {"text": text}
        key, saved = put_context(study=study, user=user, question=row.question, text=text)
    elif row.kind == Suggestion.Kind.SEED:
        title, description, policies = checked_words(
            str(changed.get("title", "")), str(changed.get("description", "")), changed.get("policies", ())
        )
        taken = {"title": title, "description": description, "policies": policies}
        key, saved = put_seed(study=study, user=user, question=row.question, seed=taken)
    else:
        taken = {**row.content, "story": " ".join(clean_text(str(changed.get("story", ""))).split())}
        try:
            SeedStep.model_validate(taken)
        except ValidationError as error:
            raise Invalid(_("This story cannot be used."), fields=problems(error)) from None
        key, saved = put_step(study=study, user=user, step=taken)
    _decide(row, user, Suggestion.State.ACCEPTED, {**taken, "key": key})
    return key, saved.problems


@transaction.atomic
def reject_suggestion(*, study: Study, user: Any, suggestion: object) -> None:
    """Turn a suggestion down; it stays on record, so that it is not suggested again."""
    Study.objects.select_for_update().get(pk=study.pk)
    _decide(_open(study, suggestion), user, Suggestion.State.REJECTED, None)


def _open(study: Study, suggestion: object) -> Suggestion:
    rows = Suggestion.objects.select_for_update(of=("self",)).filter(study=study)
    try:
        row = rows.filter(pk=str(suggestion)).first()
    except (ValueError, TypeError, DjangoInvalid):
        row = None
    if row is None:
        raise NotFound(_("This study has no such suggestion."))
    if row.state != Suggestion.State.OPEN:
        raise Conflict(_("Somebody decided about this suggestion already."), code="decided_already")
    return row


def _decide(row: Suggestion, user: Any, state: Suggestion.State, taken: dict[str, Any] | None) -> None:
    row.state, row.taken, row.decided_by, row.decided_at = state, taken, user, timezone.now()
    row.save(update_fields=["state", "taken", "decided_by", "decided_at"])
    record_event(
        study=row.study,
        user=user,
        verb=f"suggestion {state.value}",
        detail={"kind": row.kind, "id": str(row.pk)},
    )
