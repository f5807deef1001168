"""The stage kind ``wisdom``: is this value still yours, stories one by one, and a step of one's own."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from elicitation.moral_graph import confirming, painting, proposing
from elicitation.moral_graph.cards import cards_of
from elicitation.moral_graph.domain.answers import OUTCOMES
from elicitation.moral_graph.drawing import draw_for
from elicitation.moral_graph.models import VoteDraw, WisdomVote
from elicitation.moral_graph.planting import plant
from elicitation.moral_graph.preparing import ask_for_preparation, must_wait
from elicitation.moral_graph.shapes import WisdomConfig
from elicitation.moral_graph.voting import take_vote
from multivocal.domain.shapes import clean_text
from multivocal.errors import Conflict
from multivocal.studies.stages import Again, Done, More, Outcome, Page, StageKind, Visit


class WisdomKind(StageKind):
    """Others' values are seen after one's own, stories after that, and the graph after voting."""

    config = WisdomConfig

    def page(self, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
        """Return the page of the step a person is at; ``?page=before`` goes back one story to correct it."""
        step, subject = self._step(visit)
        wanted = posted.get("step", "") if posted is not None else ""
        if visit.query.get("page") == "before" or wanted.startswith("again-"):
            before = _before(visit, subject)
            if before is not None:
                return painting.story_page(visit, before, problems, posted, again=True)
        if step == "story":
            return painting.story_page(visit, subject, problems, posted)
        if step == "confirm":
            return painting.confirm_page(visit, subject, problems)
        if step == "propose":
            return painting.propose_page(visit, problems, posted)
        return painting.plain_page(visit, step)

    def submit(self, visit: Visit, form: QueryDict, key: UUID) -> Outcome:
        """Take one page; one that is not open any more is stale (Conflict)."""
        step, subject = self._step(visit)
        name, _dash, place = form.get("step", "").partition("-")
        if name == "again":
            before = _before(visit, subject)
            if before is None or str(before.position) != place:
                raise _moved()
            return self._vote(visit, before, form, key) or More()
        if name != step or (step == "story" and place != str(subject.position)):
            raise _moved()
        if step == "none":
            return Done()
        if step == "wait":
            ask_for_preparation(study=visit.enrolment.study)
            return More()
        if step == "confirm":
            if place != str(subject.card.pk):
                raise _moved()
            return confirming.take_answer(visit=visit, due=subject, form=form, key=key) or More()
        if step == "start":
            config: WisdomConfig = visit.stage  # type: ignore[assignment]
            plant(study=visit.enrolment.study, definition=visit.definition, config=config)
            return More() if draw_for(visit=visit) else Done()
        if step == "propose":
            return proposing.take_proposal(visit=visit, form=form, key=key) or Done()
        return self._vote(visit, subject, form, key) or self._after(visit, subject)

    def steps(self, visit: Visit) -> tuple[int, int]:
        """Return (stories answered, all stories)."""
        drawn = VoteDraw.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id).count()
        return _answered(visit).count(), max(drawn, 1)

    def check(self, stage: Any, definition: Any) -> Iterator[str]:
        """Yield what keeps people from voting, or would show them others' values before their own."""
        ids = [one.id for one in definition.stages]
        if stage.interview is not None:
            found = next((one for one in definition.stages if one.id == stage.interview), None)
            if found is None or found.kind != "interview":
                yield f"there is no interview “{stage.interview}”"
            elif ids.index(stage.interview) > ids.index(stage.id):
                yield f"“{stage.interview}” comes after it, so people would see others' values before their own"
        situations = stage.situations(definition)
        if not situations:
            yield "there are no contexts, so no story could be told"
        for step in stage.steps:
            if step.context not in situations:
                yield f"the step from “{step.source}” to “{step.target}” names no known context: “{step.context}”"
        if stage.interview is None and not stage.steps:
            yield "there is no interview and no step, so there would be nothing to vote on"

    def _step(self, visit: Visit) -> tuple[str, Any]:
        """Return the step a person is at, by the rows, and what it is about."""
        config: WisdomConfig = visit.stage  # type: ignore[assignment]
        drawn = VoteDraw.objects.filter(enrolment=visit.enrolment, stage=config.id).select_related(
            "upgrade__source", "upgrade__target", "upgrade__context", "enrolment"
        )
        if rows := list(drawn.order_by("position")):
            answered = set(_answered(visit).values_list("upgrade", flat=True))
            todo = [row for row in rows if row.upgrade_id not in answered]
            return ("story", todo[0]) if todo else ("propose", None)
        if config.interview is not None and not cards_of(visit.enrolment):
            return "none", None
        if must_wait(visit):
            return "wait", None
        if config.confirm and (due := confirming.due(visit.enrolment)):
            return "confirm", due
        return "start", None

    def _vote(self, visit: Visit, draw: VoteDraw, form: QueryDict, key: UUID) -> Again | None:
        answer = form.get("answer", "")
        if answer not in OUTCOMES:
            return Again({"answer": _("Choose one of the answers.")})
        if problem := proposing.take_story(visit=visit, draw=draw, form=form):
            return Again(problem)
        take_vote(draw=draw, answer=answer, why=clean_text(form.get("why", "")).strip(), key=key)
        return None

    def _after(self, visit: Visit, draw: VoteDraw) -> Outcome:
        config: WisdomConfig = visit.stage  # type: ignore[assignment]
        answered = _answered(visit).values("upgrade")
        following = (
            VoteDraw.objects.filter(enrolment=visit.enrolment, stage=config.id)
            .exclude(upgrade__in=answered)
            .order_by("position")
            .first()
        )
        if following is not None:
            following.shown_at = following.shown_at or timezone.now()
            following.save(update_fields=["shown_at"])
            return More()
        return More() if config.propose else Done()


def _answered(visit: Visit) -> Any:
    return WisdomVote.objects.filter(
        enrolment=visit.enrolment, superseded_at=None, upgrade__draws__stage=visit.stage.id,
        upgrade__draws__enrolment=visit.enrolment,
    )  # fmt: skip


def _before(visit: Visit, at: Any) -> VoteDraw | None:
    """Return the story answered last; None at the beginning."""
    rows = VoteDraw.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id)
    if isinstance(at, VoteDraw):
        rows = rows.filter(position__lt=at.position)
    return (
        rows.select_related("upgrade__source", "upgrade__target", "upgrade__context", "enrolment")
        .order_by("-position")
        .first()
    )


def _moved() -> Conflict:
    return Conflict(_("This page is not open any more; here is the one that is."), code="moved")
