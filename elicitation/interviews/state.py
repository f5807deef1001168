"""The state of an interview as the browser may see it: words, a card and turns, never a model."""

from typing import Any

from elicitation.interviews.carding import may_write
from elicitation.interviews.cards import card_of, latest_version, was_accepted
from elicitation.interviews.checking import hints_of, warnings_of
from elicitation.interviews.domain.cards import CardText
from elicitation.interviews.domain.course import CARD
from elicitation.interviews.models import Interview, Message
from elicitation.interviews.rows import changes_asked, config_of, said_in, turns_used, under_way
from elicitation.interviews.talking import failed_in
from multivocal.studies.stages import Visit

SLOT = "interviewer"


def interview_state(visit: Visit) -> dict[str, Any]:
    """Return the whole state of the talk; the page and the socket are painted from this alone.

    ``conversation`` is the word of every live stage for what is under way, None between two talks.
    """
    interview = under_way(visit)
    return {
        "stage": visit.stage.id,
        "language": visit.language,
        "conversation": _talk(visit, interview) if interview else None,
    }


def _talk(visit: Visit, interview: Interview) -> dict[str, Any]:
    config = config_of(visit)
    messages = said_in(interview)
    used, failed = turns_used(messages), failed_in(interview, messages)
    question = config.question(interview.question_key)
    free = not interview.waiting
    accepted = was_accepted(interview)
    carded = interview.state == Interview.State.CARDED
    open_talk = interview.state == Interview.State.OPEN and free and interview.stage_no < CARD
    simulated = _simulated(messages)
    return {
        "id": str(interview.pk),
        "question": visit.say(question.title) if question else interview.question_key,
        "phase": "answering"
        if interview.waiting
        else "failed"
        if failed
        else "carded"
        if carded
        else "talking",
        "waiting": interview.waiting or failed,
        "stage_no": interview.stage_no,
        "turns_used": used,
        "turns_all": config.turns,
        "messages": [_message(message, message.model in simulated) for message in messages],
        "may_say": open_talk and not failed,
        "may_propose": open_talk and used >= config.least,
        "may_change": carded and free and not failed and changes_asked(messages) < config.changes,
        "may_write": free and may_write(interview, used, config.least),
        "may_stop": accepted or config.may_skip,
        # An accepted card is looked at once more: leaving keeps it as it was.
        "accepted": accepted,
        "draft": interview.draft,
        "card": _card(interview),
        # What live stages call turns: the answer that streams just now, where there is one.
        "turns": [{"id": str(interview.pk), "answers": [{"slot": SLOT, "state": "waiting", "text": ""}]}]
        if interview.waiting
        else [],
    }


def _message(message: Message, simulated: bool) -> dict[str, Any]:
    return {
        "id": str(message.pk),
        "role": message.role,
        "text": message.text,
        "at": message.created_at.isoformat(),
        # The study's own question is nobody's simulation, whoever asks on.
        "simulated": simulated,
    }


def _card(interview: Interview) -> dict[str, Any] | None:
    card = card_of(interview)
    if card is None:
        return None
    version = latest_version(card)
    text = CardText(version.title, version.description, tuple(version.policies))
    return {
        "version": version.number,
        "title": version.title,
        "description": version.description,
        "policies": list(version.policies),
        "by_hand": version.author == "person",
        "hints": hints_of(text) if version.author == "person" else [],
        **warnings_of(text),
    }


def _simulated(messages: list[Message]) -> set[str]:
    from elicitation.interviews.speaker import simulated_names

    names = {message.model for message in messages if message.model}
    return names & simulated_names() if names else set()
