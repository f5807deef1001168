"""The stage kind ``wisdom``: is this value still yours, stories one by one, a step of one's own, where one stands."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from elicitation.moral_graph import confirming, fairness, painting, proposing, rewording, selecting
from elicitation.moral_graph.domain.answers import OUTCOMES
from elicitation.moral_graph.models import VoteDraw
from elicitation.moral_graph.preparing import ask_for_preparation
from elicitation.moral_graph.progress import how_far
from elicitation.moral_graph.shapes import WisdomConfig
from elicitation.moral_graph.voting import take_vote
from elicitation.moral_graph.walk import Step, answered_by, go_on, pass_step, step_of, stories_of
from multivocal.domain.shapes import clean_text
from multivocal.errors import Conflict
from multivocal.studies.stages import Again, Done, More, Outcome, Page, StageKind, Visit

MAY_CHANGE = ("confirm", "start", "propose", "standing")
"""Steps from which somebody may go to their card and change it; between two stories nobody is led away."""


class WisdomKind(StageKind):
    """Others' values are seen after one's own, stories after that, and where one's value stands after voting."""

    config = WisdomConfig

    def page(self, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
        """Return the page of the step a person is at.

        ``?page=before`` goes back one story to correct it, ``?page=card&card=…`` to one's own card to change it.
        """
        step = step_of(visit)
        done, total = how_far(visit, step)
        return replace(_page(visit, step, problems, posted), done=done, total=total)

    def submit(self, visit: Visit, form: QueryDict, key: UUID) -> Outcome:
        """Take one page; one that is not open any more is stale (Conflict)."""
        step = step_of(visit)
        name, _dash, place = form.get("step", "").partition("-")
        if name == "wait":
            # Whoever waited did not miss anything: what they waited for is there now, or it goes on being made.
            if step.name == "wait":
                ask_for_preparation(study=visit.enrolment.study, waits=True)
            return More()
        if name == "again":
            before = _before(visit, step)
            if before is None or str(before.position) != place:
                raise _moved()
            return self._vote(visit, before, form, key) or More()
        if name == "card":
            card = rewording.card_asked_for(visit, place) if step.name in MAY_CHANGE else None
            if card is None:
                raise _moved()
            return rewording.take_words(visit=visit, card=card, form=form, key=key) or More()
        if name != step.name or place != _place(step):
            raise _moved()
        if problem := self._take(visit, step, form, key):
            return problem
        if step.name in ("none", "end"):
            return Done()
        if step.name == "confirm":
            return More()
        return Done() if go_on(visit=visit).name == "end" else More()

    def steps(self, visit: Visit) -> tuple[int, int]:
        """Return (stories answered, all stories)."""
        return answered_by(visit).count(), max(stories_of(visit).count(), 1)

    def afterwards(self, visit: Visit) -> Page | None:
        """Return where a person's cards stand today: what became of them is theirs to see, also after the study."""
        return painting.after_page(visit)

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

    def _take(self, visit: Visit, step: Step, form: QueryDict, key: UUID) -> Again | None:
        """Store what the page of a step was sent with; return what has to be looked at again."""
        if step.name == "confirm":
            return confirming.take_answer(visit=visit, due=step.subject, form=form, key=key)
        if step.name == "story":
            return self._vote(visit, step.subject, form, key)
        if step.name == "select":
            selecting.take_picks(visit=visit, form=form, key=key)
        if step.name == "standing":
            return fairness.take_fairness(visit=visit, card=step.subject, form=form, key=key)
        if step.name == "propose" and (problem := proposing.take_proposal(visit=visit, form=form, key=key)):
            return problem
        if step.name in ("start", "propose"):
            pass_step(visit=visit, step=step.name)
        return None

    def _vote(self, visit: Visit, draw: VoteDraw, form: QueryDict, key: UUID) -> Again | None:
        answer = form.get("answer", "")
        if answer not in OUTCOMES:
            return Again({"answer": _("Choose one of the answers.")})
        if problem := proposing.take_story(visit=visit, draw=draw, form=form):
            return Again(problem)
        take_vote(draw=draw, answer=answer, why=clean_text(form.get("why", "")).strip(), key=key)
        return None


_PAGES: dict[str, Callable[..., Page]] = {
    "story": painting.story_page,
    "confirm": painting.confirm_page,
    "propose": painting.propose_page,
    "select": painting.select_page,
    "standing": painting.standing_page,
}


def _page(visit: Visit, step: Step, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
    wanted = posted.get("step", "") if posted is not None else ""
    if visit.query.get("page") == "before" or wanted.startswith("again-"):
        before = _before(visit, step)
        if before is not None:
            return painting.story_page(visit, before, problems, posted, again=True)
    asked = wanted.removeprefix("card-") if wanted.startswith("card-") else ""
    if not asked and visit.query.get("page") == "card":
        asked = visit.query.get("card", "")
    if asked and step.name in MAY_CHANGE and (card := rewording.card_asked_for(visit, asked)):
        return painting.card_page(visit, card, problems, posted)
    paint = _PAGES.get(step.name)
    return paint(visit, step.subject, problems, posted) if paint else painting.plain_page(visit, step.name)


def _place(step: Step) -> str:
    """Return what stands behind the dash of a step's name in its page."""
    if step.name == "story":
        return str(step.subject.position)
    if step.name == "confirm":
        return str(step.subject.card.pk)
    return str(step.subject.pk) if step.name == "standing" else ""


def _before(visit: Visit, step: Step) -> VoteDraw | None:
    """Return the story answered last; None at the beginning, and once others' answers were shown."""
    if step.name not in ("story", "propose"):
        return None
    rows = stories_of(visit)
    if step.name == "story":
        rows = rows.filter(position__lt=step.subject.position)
    found: VoteDraw | None = rows.order_by("-position").first()
    return found


def _moved() -> Conflict:
    return Conflict(_("This page is not open any more; here is the one that is."), code="moved")
