"""What a model is given of an interview: its instructions, and everything that was said, fenced as material."""

from collections.abc import Sequence

from elicitation.interviews import prompts
from elicitation.interviews.domain.fences import fenced
from elicitation.interviews.models import CardVersion, Message
from multivocal.llm.requests import Message as Told


def language_name(tag: str) -> str:
    """Return how a language is called in instructions; its tag where we do not know it."""
    names = {"en": "English", "ar": "Arabic", "de": "German", "es": "Spanish", "fr": "French"}
    base = tag.split("-")[0]
    return f"{names[base]} ({tag})" if base in names else f"the language {tag}"


def record_of(messages: Sequence[Message], question: str, code: str) -> str:
    """Return the talk as fenced parts; what brought the help text stays between the person and the study."""
    parts = [fenced("question", question, code)]
    for n, message in enumerate(messages[1:], 1):
        helped = n + 1 < len(messages) and messages[n + 1].role == Message.Role.HELP
        if message.role != Message.Role.HELP and not helped:
            parts.append(fenced(message.role, message.text, code, n))
    return "\n".join(parts)


def reply_messages(
    messages: Sequence[Message], question: str, code: str, language: str, stage: int, turns: int, budget: int
) -> tuple[Told, ...]:
    """Return the chat messages that ask for the interviewer's next words."""
    name = language_name(language)
    system = prompts.INTERVIEWER.fill(language=name, code=code)
    last = prompts.STAGE.fill(
        stage=stage, goal=prompts.goal_of(stage), turns=turns, budget=budget, language=name
    )
    return Told("system", system), Told("user", f"{record_of(messages, question, code)}\n\n{last}")


def card_messages(
    messages: Sequence[Message], question: str, code: str, language: str, card: CardVersion | None
) -> tuple[Told, ...]:
    """Return the chat messages that ask for a card, or for a changed one."""
    system = prompts.WRITER.fill(language=language_name(language), code=code)
    parts = [record_of(messages, question, code)]
    if card is not None:
        lines = "\n".join([card.title, card.description, *(f"- {policy}" for policy in card.policies)])
        parts.append(fenced("card", lines, code))
        parts.append(fenced("change", messages[-1].text, code))
    parts.append("\nWrite the card now.")
    return Told("system", system), Told("user", "\n".join(parts))
