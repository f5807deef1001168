"""Where a person is in a wisdom stage, as the rows say: each step leaves some, and the first without is due."""

from typing import Any, Literal, NamedTuple

from django.utils import timezone

from elicitation.moral_graph import confirming
from elicitation.moral_graph.cards import cards_of
from elicitation.moral_graph.changed import outdated
from elicitation.moral_graph.drawing import draw_for
from elicitation.moral_graph.fairness import card_to_judge
from elicitation.moral_graph.models import Passed, VoteDraw, WisdomVote
from elicitation.moral_graph.planting import plant
from elicitation.moral_graph.preparing import must_wait
from elicitation.moral_graph.selecting import draw_picks, picks_due
from elicitation.moral_graph.shapes import WisdomConfig
from multivocal.studies.stages import Visit

Name = Literal["none", "wait", "confirm", "start", "select", "story", "propose", "standing", "end"]


class Step(NamedTuple):
    """A step by its name, and what it is about: a story, a card, values to pick from."""

    name: Name
    subject: Any = None


def step_of(visit: Visit) -> Step:
    """Return the step a person is at. Nothing is written: what a step needs is drawn when the one before it is left."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    passed = set(
        Passed.objects.filter(enrolment=visit.enrolment, stage=config.id).values_list("step", flat=True)
    )
    drawn = list(stories_of(visit))
    if not drawn and "start" not in passed:
        return _before(visit, config)
    picks = picks_due(visit) if config.select else []
    if picks and config.select and config.select.when == "before":
        return Step("select", picks)
    answered = set(answered_by(visit).values_list("upgrade", flat=True))
    for row in drawn:
        if row.upgrade_id not in answered:
            return Step("story", row)
    if config.propose and drawn and "propose" not in passed:
        return Step("propose")
    if picks:
        return Step("select", picks)
    return _after(visit, config) if config.interview is not None else Step("end")


def _after(visit: Visit, config: WisdomConfig) -> Step:
    # Words that were changed a moment ago: it is told where those stand, and nothing older.
    if outdated().filter(enrolment=visit.enrolment).exists() and must_wait(visit):
        return Step("wait")
    if config.confirm and (due := confirming.due(visit.enrolment, changed=True)):
        return Step("confirm", due)
    if config.standing and (card := card_to_judge(visit)):
        return Step("standing", card)
    return Step("end")


def _before(visit: Visit, config: WisdomConfig) -> Step:
    if config.interview is not None and not cards_of(visit.enrolment):
        return Step("none")
    if must_wait(visit):
        return Step("wait")
    if config.confirm and (due := confirming.due(visit.enrolment)):
        return Step("confirm", due)
    return Step("start")


def pass_step(*, visit: Visit, step: str) -> None:
    """Note that a person has left a step that leaves no other row."""
    Passed.objects.get_or_create(enrolment=visit.enrolment, stage=visit.stage.id, step=step)


def go_on(*, visit: Visit) -> Step:
    """Draw what the next step needs, once the one before it is left, and return that step. Inside a transaction."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    passed = Passed.objects.filter(enrolment=visit.enrolment, stage=config.id)
    if config.select and config.select.when == "before":
        draw_picks(visit=visit, selecting=config.select)
        if picks_due(visit):
            return step_of(visit)
    if not passed.filter(step="drawn").exists():
        plant(study=visit.enrolment.study, definition=visit.definition, config=config)
        draw_for(visit=visit)
        pass_step(visit=visit, step="drawn")
    step = step_of(visit)
    if step.name == "story" and step.subject.shown_at is None:
        step.subject.shown_at = timezone.now()
        step.subject.save(update_fields=["shown_at"])
    if config.select and config.select.when == "after" and step.name in ("standing", "end"):
        draw_picks(visit=visit, selecting=config.select)
        step = step_of(visit)
    return step


def stories_of(visit: Visit) -> Any:
    """Return the stories that were drawn for a person here, in order."""
    rows = VoteDraw.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id)
    return rows.select_related(
        "upgrade__source", "upgrade__target", "upgrade__context", "enrolment"
    ).order_by("position")


def answered_by(visit: Visit) -> Any:
    """Return a person's current answers to the stories of this stage."""
    return WisdomVote.objects.filter(
        enrolment=visit.enrolment, superseded_at=None, upgrade__draws__stage=visit.stage.id,
        upgrade__draws__enrolment=visit.enrolment,
    )  # fmt: skip
