"""What the pages of a wisdom stage show: a story with its two values, the merged value, a step of one's own."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from elicitation.moral_graph.confirming import Due
from elicitation.moral_graph.models import CanonicalValue, Context, VoteDraw, WisdomVote
from elicitation.moral_graph.proposing import seen_by
from elicitation.moral_graph.shapes import LEAST_WORDS, MOST_WORDS, WisdomConfig
from multivocal.domain.shapes import say
from multivocal.studies.stages import Page, Visit


def answers(mirrored: bool) -> list[tuple[str, str]]:
    """Return the answers to a story with their words; ``mirrored`` puts the no before the yes."""
    first = [("wiser", _("Yes, this person became wiser")), ("not_wiser", _("No, not wiser"))]
    return [
        *(first[::-1] if mirrored else first),
        ("both", _("Both are needed, neither replaces the other")),
        ("depends", _("It depends on more than the story says")),
        ("unsure", _("I am not sure")),
        ("bad_story", _("The story does not work")),
    ]


def story_page(
    visit: Visit,
    draw: VoteDraw,
    problems: Mapping[str, str],
    posted: QueryDict | None,
    *,
    again: bool = False,
) -> Page:
    """Return one story; ``again`` where an answer that was given is looked at once more."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    step = draw.upgrade
    drawn = VoteDraw.objects.filter(enrolment=visit.enrolment, stage=config.id)
    total = drawn.count()
    before = WisdomVote.objects.filter(
        enrolment=visit.enrolment, upgrade=step, superseded_at=None
    ).first() if again else None  # fmt: skip
    given = posted.dict() if posted is not None else {}
    if before is not None and not given:
        given = {"answer": before.answer, "why": before.why}
    return Page(
        "moral_graph/vote.html",
        {
            "title": visit.say(config.title) or _("Did this person become wiser?"),
            "number": draw.position,
            "of": total,
            "again": again,
            "back": not again and draw.position > 1,
            "context": say(step.context.text, visit.language),
            "story": step.story,
            "source": _value(step.source),
            "target": _value(step.target),
            "answers": [
                {"key": key, "label": label, "checked": given.get("answer") == key}
                for key, label in answers(draw.mirrored)
            ],
            "why": given.get("why", ""),
            "own_story": given.get("story", ""),
            "propose": config.propose,
            "words": (LEAST_WORDS, MOST_WORDS),
        },
        done=draw.position - 1,
        total=max(total, 1),
        step=f"{'again' if again else 'story'}-{draw.position}",
        has_back=draw.position > 1,
    )


def confirm_page(visit: Visit, due: Due, problems: Mapping[str, str]) -> Page:
    """Return a person's card beside the value it was merged into."""
    version = due.card.accepted_version
    assert version is not None
    return Page(
        "moral_graph/vote_confirm.html",
        {
            "title": _("Does this still speak for you?"),
            "mine": {
                "title": version.title,
                "description": version.description,
                "policies": version.policies,
            },
            "value": _value(due.value),
        },
        step=f"confirm-{due.card.pk}",
    )


def propose_page(visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
    """Return the page on which a person may propose a step between values they have seen."""
    given = posted.dict() if posted is not None else {}
    return Page(
        "moral_graph/vote_propose.html",
        {
            "title": _("A step of your own"),
            "values": [(str(value.number), value.title) for value in seen_by(visit.enrolment)],
            "contexts": [
                (row.key, say(row.text, visit.language))
                for row in Context.objects.filter(study=visit.enrolment.study).order_by("key")
            ],
            "given": given,
            "words": (LEAST_WORDS, MOST_WORDS),
        },
        step="propose",
    )


def plain_page(visit: Visit, step: str) -> Page:
    """Return the beginning, the wait for one's card, or why there is nothing to do here."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    return Page(
        "moral_graph/vote_start.html",
        {
            "title": visit.say(config.title) or _("Growing wiser"),
            "intro": visit.say(config.intro),
            "stories": config.stories,
            "state": step,
        },
        step=step,
    )


def _value(value: CanonicalValue) -> dict[str, Any]:
    return {"title": value.title, "description": value.description, "policies": value.policies}
