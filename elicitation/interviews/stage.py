"""The interview stage: an explanation with an example, the talk with its card, and the values a person accepted."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from elicitation.interviews import shapes
from elicitation.interviews.actions import carry_out
from elicitation.interviews.domain.cards import MOST
from elicitation.interviews.live import LiveInterview
from elicitation.interviews.models import Interview, ValuesCard
from elicitation.interviews.plain import MOST_LINES, parse_plain
from elicitation.interviews.rows import config_of, drawn_question, under_way
from elicitation.interviews.shapes import InterviewConfig
from elicitation.interviews.speaker import speaker_of
from elicitation.interviews.state import interview_state
from multivocal import bell
from multivocal.errors import Conflict, TooLarge, Unprocessable
from multivocal.studies.definition import StudyDefinition
from multivocal.studies.stages import Again, Done, More, Outcome, Page, StageKind, Visit

_DUE = (shapes.Say, shapes.Propose, shapes.Change, shapes.Retry)


class InterviewKind(StageKind):
    """Talks with an interviewer; each ends in a card its person accepts, or is skipped."""

    config = InterviewConfig
    live = LiveInterview()

    def page(self, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
        """Paint what comes before a talk, the talk, or what comes after it, as the rows say."""
        config = config_of(visit)
        done, total = self.steps(visit)
        interview = under_way(visit)
        if interview is None:
            return self._between(visit, done, total)
        state = interview_state(visit)
        card = state["conversation"]["card"]
        context = {
            "state": state,
            "talk": state["conversation"],
            "longest": config.max_chars,
            "written": _written(posted, card),
            "names_asked": "names_are_fine" in problems,
        }
        return Page("interviews/talk.html", context, done, total, step=f"talk-{interview.pk}")

    def submit(self, visit: Visit, form: QueryDict, key: UUID) -> Outcome:
        """Take a plain form: begin, go on, or — without JavaScript — any action of the talk."""
        if form.get("do") == "finish" and under_way(visit) is None:
            return (
                Done(_told_traits(visit))
                if self._may_finish(visit)
                else Again({"do": _("There is a talk to have first.")})
            )
        action = parse_plain(form, key)
        try:
            carry_out(visit, action)
        except (Unprocessable, TooLarge, Conflict) as refusal:
            if isinstance(refusal, Conflict) and refusal.code not in _TOLD:
                raise
            return Again(refusal.fields or {"text": refusal.message})
        if isinstance(action, _DUE):
            _serve_after_commit(visit)
        return More()

    def steps(self, visit: Visit) -> tuple[int, int]:
        """Return how many of the wanted values are given or were skipped."""
        wanted = config_of(visit).cards
        return min(_ended(visit).count(), wanted), wanted

    def check(self, stage: InterviewConfig, definition: StudyDefinition) -> Iterator[str]:
        """Yield what keeps the stage from working: no model, no help text, a language without a question."""
        model = speaker_of(stage, definition)
        if model is None:
            yield "model: no language model is active, so people would have to write their cards by hand"
        elif stage.model and model.name != stage.model:
            yield f"model: there is no active model “{stage.model}”; {model.name} would speak instead"
        if not stage.crisis:
            yield "crisis: name a helpline people of your study can call; a general sentence is shown otherwise"
        for n, question in enumerate(stage.questions):
            for language in definition.languages:
                if isinstance(question.prompt, dict) and language not in question.prompt:
                    yield f"questions.{n}.prompt: is missing in the language “{language}”"

    def notes(self, stage: InterviewConfig, definition: StudyDefinition) -> Iterator[str]:
        """Yield that transcripts leave only with a consent of their own."""
        purposes = [p.key for s in definition.stages for p in getattr(s, "purposes", ())]
        if "transcripts" not in purposes:
            yield (
                "Nobody is asked for the purpose “transcripts” in the consent, so the datasets hold cards and no talks."
            )

    def _between(self, visit: Visit, done: int, total: int) -> Page:
        config = config_of(visit)
        rows = list(_all(visit))
        accepted = [row.pk for row in rows if row.state == Interview.State.ACCEPTED]
        cards = ValuesCard.objects.filter(interview__in=accepted).select_related("accepted_version")
        chosen = config.ask == "chosen" and len(config.questions) > 1
        questions = (
            config.questions if chosen else [drawn_question(visit, [row.question_key for row in rows])]
        )
        example = config.example
        context: dict[str, Any] = {
            "title": visit.say(config.title),
            "intro": visit.say(config.intro),
            "cards": [
                {"version": card.accepted_version, "interview": card.interview_id}
                for card in cards.order_by("created_at")
            ],
            "experience": experiences() if config.experience else (),
            "skipped": len(rows) - len(accepted),
            "may_finish": self._may_finish(visit),
            "may_begin": len(accepted) < config.most,
            "turns": config.turns,
            "choose": chosen,
            "questions": [
                {"key": q.key, "title": visit.say(q.title), "prompt": visit.say(q.prompt)} for q in questions
            ],
            "example": {
                "title": visit.say(example.title),
                "description": visit.say(example.description),
                "policies": [visit.say(line) for line in example.policies],
            }
            if example
            else None,
        }
        return Page("interviews/between.html", context, done, total, step=f"between-{len(rows)}")

    def _may_finish(self, visit: Visit) -> bool:
        return _ended(visit).count() >= config_of(visit).cards


_TOLD = frozenset({"carded", "writing", "too_early", "no_changes_left", "card_changed", "not_to_skip"})


def _all(visit: Visit) -> Any:
    return Interview.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id).order_by("ordinal")


def _ended(visit: Visit) -> Any:
    return _all(visit).filter(state__in=[Interview.State.ACCEPTED, Interview.State.ENDED])


def experiences() -> tuple[tuple[str, str], ...]:
    """Return the answers to how much somebody has lived through of what the question is about."""
    return (("never", _("Nothing of it")), ("some", _("Some of it")), ("much", _("A lot of it")))


def _told_traits(visit: Visit) -> dict[str, str]:
    """Return the last experience told, so that graphs can be narrowed by it."""
    told = _all(visit).exclude(experience="").values_list("experience", flat=True).last()
    return {"experience": told} if told else {}


def _written(posted: QueryDict | None, card: dict[str, Any] | None) -> dict[str, Any]:
    """Return what the form for writing by hand holds: what was just sent back, else the card, else nothing."""
    if posted is not None and posted.get("do") == "write":
        lines = [posted.get(f"policy-{n}", "") for n in range(MOST_LINES)]
        return {
            "title": posted.get("title", ""),
            "description": posted.get("description", ""),
            "policies": lines[:MOST],
        }
    shown = card or {"title": "", "description": "", "policies": []}
    lines = [*shown["policies"], *[""] * MOST][:MOST]
    return {"title": shown["title"], "description": shown["description"], "policies": lines}


def _serve_after_commit(visit: Visit) -> None:
    from elicitation.interviews.tasks import serve_waiting_interview

    interview = under_way(visit)
    if interview is not None and interview.waiting:
        transaction.on_commit(partial(bell.ring, serve_waiting_interview, str(interview.pk)))
