"""What is the same for every way of asking: bare slots, non-answers, and the roles of what stood in the slots."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from annotation.protocols.shapes import NoAnswer, Preference, Score, seen

MEANINGS = {
    "unsure": "you cannot tell",
    "skip": "you would rather not judge this one",
    "invalid": "the material is broken, so that it cannot be judged",
}


def guarded(kind: Any) -> dict[str, Callable[..., Any]]:
    """Return the functions of a ``Protocol`` so that they take bare slots and never meet a ``NoAnswer``."""
    check, scores, read, ask = kind.check, kind.scores, kind.read, kind.ask
    preferences, ratings, settle = kind.preferences, kind.ratings, kind.settle

    def guarded_check(config: Any, response: Any, shown: Any) -> Mapping[str, str]:
        if isinstance(response, NoAnswer):
            allowed = response.no_answer in config.allow
            return {} if allowed else {"no_answer": _("this screen asks for a judgement")}
        return check(config, response, seen(shown))

    def guarded_scores(config: Any, response: Any, shown: Any) -> Mapping[str, float | None]:
        shown = seen(shown)
        if isinstance(response, NoAnswer):
            return dict.fromkeys(shown.slots)
        return scores(config, response, shown)

    def guarded_preferences(config: Any, response: Any, shown: Any) -> tuple[Preference, ...]:
        shown = seen(shown)
        if isinstance(response, NoAnswer):
            return ()
        pairs = preferences(config, response, shown)
        return tuple(replace(pair, roles=(shown.role(pair.a), shown.role(pair.b))) for pair in pairs)

    def guarded_ratings(config: Any, response: Any, shown: Any) -> tuple[Score, ...]:
        shown = seen(shown)
        if isinstance(response, NoAnswer):
            return ()
        return tuple(replace(row, role=shown.role(row.slot)) for row in ratings(config, response, shown))

    def guarded_read(config: Any, form: Any, shown: Any) -> Any:
        # A radio button cannot be taken back without JavaScript, so a ticked non-answer wins over what stands above.
        if config.allow and (given := form.get("answer.no_answer")):
            return {"no_answer": given, "why": (form.get("answer.why") or "").strip()}
        return read(config, form, seen(shown))

    def guarded_ask(config: Any, shown: Any, say: Any) -> str:
        told = ask(config, seen(shown), say)
        for kind in config.allow:
            told += (
                f'\nIf {MEANINGS[kind]}, answer {{"no_answer": "{kind}", "why": "<your reason>"}} instead.'
            )
        return told

    def guarded_settle(config: Any, payload: Any, shown: Any) -> Any:
        if not isinstance(payload, Mapping) or "no_answer" in payload:
            return payload
        return settle(config, payload, seen(shown))

    return {
        "check": guarded_check,
        "scores": guarded_scores,
        "preferences": guarded_preferences,
        "ratings": guarded_ratings,
        "read": guarded_read,
        "ask": guarded_ask,
        "settle": guarded_settle,
    }
