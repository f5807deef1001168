"""The card on the table: asked to be changed, written by hand, accepted. Nothing counts before the last."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from elicitation.interviews import shapes
from elicitation.interviews.cards import accept_version, add_version, card_of, latest_version
from elicitation.interviews.checking import problems_of, warnings_of
from elicitation.interviews.domain.cards import CardText, tidy_card
from elicitation.interviews.domain.course import CARD
from elicitation.interviews.models import CardVersion, Interview, Message, ValuesCard
from elicitation.interviews.rows import changes_asked, config_of, said_in, turns_used
from elicitation.interviews.talking import checked_text, hear, say_next, wait_for
from multivocal.errors import Conflict, NotFound, Unprocessable
from multivocal.studies.stages import Visit

FAILURES_BEFORE_HAND = 2


def may_write(interview: Interview, used: int, least: int) -> bool:
    """Return whether the person may write the card by hand: there is one, the model failed, or enough was said."""
    carded = interview.state == Interview.State.CARDED
    return carded or interview.failures >= FAILURES_BEFORE_HAND or used >= least


def ask_change(*, visit: Visit, interview: Interview, action: shapes.Change) -> None:
    """Take a wish to change the card, and have the card written anew."""
    config = config_of(visit)
    if interview.state != Interview.State.CARDED:
        raise NotFound(_("There is no card yet."), code="no_card")
    if changes_asked(said_in(interview)) >= config.changes:
        raise Conflict(
            _("The card was changed often enough by the program. You can change it by hand."),
            code="no_changes_left",
        )
    text = checked_text(action.text, config.max_chars)
    if not hear(visit=visit, interview=interview, text=text, key=action.key):
        wait_for(interview=interview, what="card")


def write_card(*, visit: Visit, interview: Interview, action: shapes.Write) -> None:
    """Store a card as the person wrote it; refuses what is no card, with a sentence per field."""
    config = config_of(visit)
    if not may_write(interview, turns_used(said_in(interview)), config.least):
        raise Conflict(_("Talk a little first; then you can write the card yourself."), code="too_early")
    text = tidy_card(action.title, action.description, action.policies)
    if wrong := problems_of(text):
        raise Unprocessable(_("The card needs another look."), code="card", fields=wrong)
    question = config.question(interview.question_key)
    add_version(
        interview=interview,
        contexts=question.contexts if question else (),
        text=text,
        author=CardVersion.Author.PERSON,
        key=action.key,
    )
    table_card(interview=interview)


def table_card(*, interview: Interview, words: str = "") -> None:
    """Put the newest card on the table of a locked interview; ``words`` go with it."""
    interview.stage_no, interview.state = CARD, Interview.State.CARDED
    interview.waiting, interview.holder, interview.failures = "", None, 0
    interview.save(update_fields=["stage_no", "state", "waiting", "holder", "failures"])
    if words:
        say_next(interview=interview, role=Message.Role.INTERVIEWER, text=words)


def accept_card(*, interview: Interview, action: shapes.Accept) -> None:
    """Accept the version the person saw; refuses an old one, and one that could tell who somebody is."""
    card = card_of(interview)
    if card is None:
        raise NotFound(_("There is no card yet."), code="no_card")
    version = latest_version(card)
    if version.number != action.version:
        raise Conflict(_("The card has changed meanwhile. Read it once more."), code="card_changed")
    check_personal(
        CardText(version.title, version.description, tuple(version.policies)), action.names_are_fine
    )
    accept_version(card=card, version=version)
    Interview.objects.filter(pk=interview.pk).update(
        state=Interview.State.ACCEPTED, ended_because="accepted", ended_at=timezone.now(), draft=""
    )


def reword_card(*, card: ValuesCard, text: CardText, names_are_fine: bool, key: UUID) -> None:
    """Give an accepted card other words, written by its person and accepted at once; the earlier ones stay on record.

    Called inside a transaction; refuses (Unprocessable) what is no card or tells who somebody is.
    """
    if wrong := problems_of(text):
        raise Unprocessable(_("The card needs another look."), code="card", fields=wrong)
    check_personal(text, names_are_fine)
    interview = card.interview
    now = card.accepted_version
    if interview is None or now is None or text == CardText(now.title, now.description, tuple(now.policies)):
        return
    version = add_version(
        interview=interview,
        contexts=tuple(card.contexts),
        text=text,
        author=CardVersion.Author.PERSON,
        key=key,
    )
    accept_version(card=card, version=version)


def check_personal(text: CardText, names_are_fine: bool) -> None:
    """Refuse (Unprocessable) a card that could tell who somebody is; names may stay where the person says so."""
    found = warnings_of(text)
    if found["must"]:
        raise Unprocessable(
            _("This could tell who somebody is. Please change the card: {words}").format(
                words=", ".join(found["must"])
            ),
            code="personal",
            fields={"card": ", ".join(found["must"])},
        )
    if found["names"] and not names_are_fine:
        raise Unprocessable(
            _("Is this a name? Change it, or say that it may stay: {words}").format(
                words=", ".join(found["names"])
            ),
            code="names",
            fields={"names_are_fine": ", ".join(found["names"])},
        )
