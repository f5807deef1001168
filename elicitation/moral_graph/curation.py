"""What designers do to values: join, split, reword; each act is exact under the graph's lock, on record, and named."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elicitation.interviews.domain.cards import FEWEST, MOST
from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.acts import record_act
from elicitation.moral_graph.canonical import digest, join_values, split_card
from elicitation.moral_graph.cards import accepted
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, CurationAct, Membership, Upgrade
from multivocal.domain.shapes import clean_text
from multivocal.errors import Conflict, Invalid, NotFound
from multivocal.studies.models import Study

LONGEST_WHY = 1000
LONGEST_TITLE, LONGEST_TEXT = 120, 600


def value_numbered(study: Study, number: object, *, lock: bool = False) -> CanonicalValue:
    """Return the value of the counting partition with this number, or refuse (NotFound): another study's is none."""
    text = str(number).strip()
    rows = CanonicalValue.objects.filter(study=study, partition__current=True).select_related("study")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(number=int(text)).first() if text.isdecimal() and len(text) < 10 else None
    if found is None:
        raise NotFound(_("This study has no value {number}.").format(number=text[:20]))
    return found


@transaction.atomic
def join(*, study: Study, user: Any, gone: object, into: object, why: str) -> CurationAct:
    """Join one value to another: its cards move, its steps end, its votes are read as the other's.

    Refuses (NotFound, Conflict) values that are not in the graph, by now or at all, and a value joined to itself.
    """
    lock_graph(study)
    lost, kept = value_numbered(study, gone), value_numbered(study, into)
    questions = kept.questions
    done = join_values(gone=lost, into=kept, why=_why(why) or "A designer joined the two values.")
    detail = {
        "gone": str(lost.pk), "into": str(kept.pk), "cards": done.cards, "steps": done.steps,
        "questions": questions,
    }  # fmt: skip
    return record_act(
        study=study, user=user, verb=CurationAct.Verb.JOIN, values=[lost.number, kept.number], detail=detail,
        why=_why(why),
    )  # fmt: skip


@transaction.atomic
def split(*, study: Study, user: Any, card: object, value: object, why: str) -> CurationAct:
    """Give a card a value of its own, in the words its person accepted.

    Refuses a card of another study (NotFound), one that has moved on from ``value``, and one that is alone in it
    (Conflict).
    """
    lock_graph(study)
    was = value_numbered(study, value)
    row = _card(study, card)
    members = was.memberships.filter(ended_at=None)
    alone = list(members.values_list("card", flat=True)[:2]) == [row.pk]
    if alone and was.origin == CanonicalValue.Origin.CARDS:
        raise Conflict(_("This card is alone in its value already."), code="alone")
    version = row.accepted_version
    assert version is not None
    made = split_card(
        card=row.pk, title=version.title, description=version.description, policies=version.policies,
        decided_by=Membership.By.DESIGNER, why=_why(why) or "A designer gave the card a value of its own.",
        expected=was,
    )  # fmt: skip
    words: dict[str, Any] = {}
    if was.representative == row.pk:
        # Its words went with it: another of the cards speaks for those that stay.
        words = _words(was)
        left = members.exclude(card=row.pk).values("card")
        if (speaker := accepted(study).filter(pk__in=left).order_by("accepted_at", "pk").first()) is not None:
            _put_words(was, speaker)
    return record_act(
        study=study, user=user, verb=CurationAct.Verb.SPLIT, values=[was.number, made.number],
        detail={"card": str(row.pk), "was": str(was.pk), "made": str(made.pk), "words": words}, why=_why(why),
    )  # fmt: skip


@transaction.atomic
def reword(
    *, study: Study, user: Any, value: object, seen: str, why: str, representative: object = None,
    title: str = "", description: str = "", policies: Sequence[str] = (),
) -> CurationAct:  # fmt: skip
    """Let another of its cards speak for a value (``representative``), or word it anew.

    ``seen``: ``words_hash`` of the words that were looked at; refuses (Conflict) where they are others by now, a card
    that is not in the value, and (Invalid, by field) words that make no value.
    """
    lock_graph(study)
    row = value_numbered(study, value, lock=True)
    if row.archived_at is not None:
        raise Conflict(_("This value left the graph meanwhile. Look again."), code="value_gone")
    if words_hash(row) != seen:
        raise Conflict(_("Somebody changed these words meanwhile. Look again."), code="reworded_meanwhile")
    before = _words(row)
    if representative:
        card = _card(study, representative)
        if not row.memberships.filter(card=card.pk, ended_at=None).exists():
            raise Conflict(
                _("This card has moved to another value meanwhile. Look again."), code="card_moved"
            )
        _put_words(row, card)
    else:
        row.title, row.description, row.policies = checked_words(title, description, policies)
        row.representative, row.vector, row.reworded_at = None, None, timezone.now()
        row.save()
    if _words(row) == before:
        raise Conflict(_("These are the words it has."), code="same_words")
    return record_act(
        study=study, user=user, verb=CurationAct.Verb.REWORD, values=[row.number],
        detail={"value": str(row.pk), "before": before, "after": _words(row)}, why=_why(why),
    )  # fmt: skip


@transaction.atomic
def archive_story(*, study: Study, user: Any, step: object, put_back: bool, why: str = "") -> CurationAct:
    """Take a story out, so that nobody new is asked about it, or put it back; its votes stay either way.

    Refuses (NotFound, Conflict) another study's story, one that is out or back already, and putting one back between
    values that left the graph.
    """
    lock_graph(study)
    text = str(step).strip()
    rows = Upgrade.objects.select_for_update(of=("self",)).select_related("source", "target")
    found = (
        rows.filter(study=study, number=int(text)).first() if text.isdecimal() and len(text) < 10 else None
    )
    if found is None:
        raise NotFound(_("This study has no story {number}.").format(number=text[:20]))
    if (found.archived_at is None) == put_back:
        raise Conflict(_("Somebody did that already."), code="done_already")
    if put_back and (found.source.archived_at or found.target.archived_at):
        raise Conflict(_("One of its two values left the graph."), code="value_gone")
    found.archived_at = None if put_back else timezone.now()
    found.save(update_fields=["archived_at"])
    verb = CurationAct.Verb.RESTORE if put_back else CurationAct.Verb.ARCHIVE
    ends = [found.source.number, found.target.number]
    return record_act(
        study=study, user=user, verb=verb, values=ends, detail={"step": found.number}, why=_why(why)
    )


def words_hash(value: CanonicalValue) -> str:
    """Return a mark of a value's words, by which a form says what it was made from."""
    return digest(_words(value))[:16]


def checked_words(title: str, description: str, policies: Sequence[str]) -> tuple[str, str, list[str]]:
    """Return words that can stand for a value, or refuse (Invalid) with what is wrong in which field."""
    title, description = " ".join(clean_text(title).split()), clean_text(description).strip()
    lines = [line for one in policies if (line := " ".join(clean_text(one).split()))]
    wrong: dict[str, str] = {}
    if not 1 <= len(title) <= LONGEST_TITLE:
        wrong["title"] = _("a title has 1 to {n} characters").format(n=LONGEST_TITLE)
    if not 1 <= len(description) <= LONGEST_TEXT:
        wrong["description"] = _("a description has 1 to {n} characters").format(n=LONGEST_TEXT)
    if not FEWEST <= len(lines) <= MOST or len(set(lines)) != len(lines):
        wrong["policies"] = _("{low} to {high} different lines are wanted").format(low=FEWEST, high=MOST)
    elif any(len(line) > 300 for line in lines):
        wrong["policies"] = _("a line has at most 300 characters")
    if wrong:
        raise Invalid(_("A value cannot have these words."), fields=wrong)
    return title, description, lines


def _words(value: CanonicalValue) -> dict[str, Any]:
    """Return what is kept of a value's words: the card they come from, else the words themselves, nobody's own."""
    if value.representative is not None:
        return {"representative": str(value.representative)}
    return {"title": value.title, "description": value.description, "policies": value.policies}


def _put_words(value: CanonicalValue, card: ValuesCard) -> None:
    version = card.accepted_version
    assert version is not None
    value.title, value.description, value.policies = version.title, version.description, version.policies
    value.representative, value.vector, value.reworded_at = card.pk, None, timezone.now()
    value.save()


def _card(study: Study, card: object) -> ValuesCard:
    try:
        pk = UUID(str(card))
    except ValueError:
        raise NotFound(_("This study has no such card.")) from None
    rows = ValuesCard.objects.filter(study=study, withdrawn_at=None, accepted_version__isnull=False)
    found = rows.filter(pk=pk).select_related("accepted_version").first()
    if found is None:
        raise NotFound(_("This study has no such card."))
    return found


def _why(text: str) -> str:
    return clean_text(text).strip()[:LONGEST_WHY]
