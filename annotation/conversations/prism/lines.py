"""The rows of conversations, utterances and metadata, in PRISM's key order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotation.conversations.prism.flags import flags_of
from annotation.conversations.prism.shape import ATTRIBUTES
from annotation.conversations.prism.talks import EMPTY, Talk, Turn

Models = Mapping[int, tuple[str, str]]


def conversation_row(
    talk: Talk, turns: Sequence[Turn], feedback: Mapping[str, Any], models: Models
) -> dict[str, Any]:
    """Return one row of conversations.jsonl."""
    seconds = (talk.completed_at - talk.started_at).total_seconds()
    return {
        "conversation_id": talk.conversation_id,
        "user_id": talk.person.user_id,
        "included_in_balanced_subset": talk.balanced,
        "generated_datetime": f"{talk.completed_at:%Y-%m-%d %H:%M:%S}",
        "timing_duration_s": round(seconds, 3),
        "timing_duration_mins": round(seconds / 60, 2),
        "conversation_type": talk.type,
        "opening_prompt": turns[0].prompt.strip() or EMPTY,
        "conversation_turns": len(turns),
        "conversation_history": list(_history(turns, models)),
        "performance_attributes": _attributes(feedback.get("performance_attributes")),
        "choice_attributes": _attributes(feedback.get("choice_attributes")),
        "open_feedback": (feedback.get("open_feedback") or "").strip() or EMPTY,
    }


def utterance_rows(talk: Talk, turns: Sequence[Turn], models: Models) -> Iterator[dict[str, Any]]:
    """Yield the rows of utterances.jsonl of one conversation, with their numbers."""
    utterance = talk.first_utterance
    for number, turn in enumerate(turns):
        for place, (chosen, text, model, score) in enumerate(turn.answers):
            yield {
                "utterance_id": f"ut{utterance}",
                "interaction_id": f"int{talk.first_interaction + number}",
                "conversation_id": talk.conversation_id,
                "user_id": talk.person.user_id,
                "turn": number,
                "within_turn_id": place,
                "included_in_balanced_subset": talk.balanced,
                "conversation_type": talk.type,
                "user_prompt": turn.prompt.strip() or EMPTY,
                "model_response": text,
                "model_name": models[model][0],
                "model_provider": models[model][1],
                "score": score,
                "if_chosen": chosen,
            }
            utterance += 1


def metadata_row(
    column: str,
    text: str,
    user: str,
    conversation: str | None = None,
    interaction: str | None = None,
    utterance: str | None = None,
) -> dict[str, Any]:
    """Return one row of metadata.jsonl."""
    return {
        "column_id": column,
        "user_id": user,
        "conversation_id": conversation,
        "interaction_id": interaction,
        "utterance_id": utterance,
        **flags_of(text),
    }


def _history(turns: Sequence[Turn], models: Models) -> Iterator[dict[str, Any]]:
    for number, turn in enumerate(turns):
        yield {"turn": number, "role": "user", "content": turn.prompt.strip() or EMPTY}
        for place, (chosen, text, model, score) in enumerate(turn.answers):
            yield {
                "turn": number,
                "role": "model",
                "content": text,
                "model_provider": models[model][1],
                "model_name": models[model][0],
                "score": score,
                "if_chosen": chosen,
                "within_turn_id": place,
            }


def _attributes(given: Any) -> dict[str, int | None]:
    scores = given if isinstance(given, dict) else {}
    return {name: scores.get(name) for name in ATTRIBUTES}
