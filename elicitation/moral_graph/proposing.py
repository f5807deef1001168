"""Participants' own steps and stories: kept as drafts until they pass the same check as a model's."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Max
from django.http import QueryDict
from django.utils.translation import gettext as _

from elicitation.interviews.domain.personal import personal_in
from elicitation.moral_graph.canonical import next_number, value_of
from elicitation.moral_graph.cards import cards_of
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, Context, Upgrade, VoteDraw
from elicitation.moral_graph.shapes import LEAST_WORDS, MOST_WORDS, WisdomConfig
from multivocal.domain.shapes import clean_text
from multivocal.studies.models import Enrolment
from multivocal.studies.stages import Again, Visit

MOST_STORIES = 20
"""Of one person in one study."""
LONGEST_STORY = 3000
"""Characters; a story is counted in words, and a word may be as long as a book."""


def take_story(*, visit: Visit, draw: VoteDraw, form: QueryDict) -> Mapping[str, str]:
    """Keep a person's better story for a step, where they wrote one; return what is wrong with it."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    story = _told(form, "story")
    if not config.propose or not story or story == draw.upgrade.story:
        return {}
    if wrong := _wrong(story):
        return {"story": wrong}
    step = draw.upgrade
    full = _keep(visit.enrolment, step.source, step.target, step.context, story)
    return {"story": full} if full else {}


def take_proposal(*, visit: Visit, form: QueryDict, key: UUID) -> Again | None:
    """Keep a step that a person proposes between two values they have seen; leaving it empty is fine."""
    story = _told(form, "story")
    if not story:
        return None
    seen = {str(value.number): value for value in seen_by(visit.enrolment)}
    source, target = seen.get(form.get("source", "")), seen.get(form.get("target", ""))
    context = Context.objects.filter(study=visit.enrolment.study, key=form.get("context", "")).first()
    wrong: dict[str, str] = {}
    if source is None:
        wrong["source"] = _("Choose the value somebody had before.")
    if target is None or (source is not None and target.pk == source.pk):
        wrong["target"] = _("Choose another value that is wiser.")
    if context is None:
        wrong["context"] = _("Choose the situation.")
    if told := _wrong(story):
        wrong["story"] = told
    if wrong or source is None or target is None or context is None:
        return Again(wrong)
    full = _keep(visit.enrolment, source, target, context, story)
    return Again({"story": full}) if full else None


def seen_by(enrolment: Enrolment) -> list[CanonicalValue]:
    """Return the values a person may speak about: their own, and those of the stories they were told."""
    found = [value for card in cards_of(enrolment) if (value := value_of(card.pk)) is not None]
    for draw in VoteDraw.objects.filter(enrolment=enrolment).select_related(
        "upgrade__source", "upgrade__target"
    ):
        found += [draw.upgrade.source, draw.upgrade.target]
    return list({value.pk: value for value in found if value.archived_at is None}.values())


def _told(form: QueryDict, name: str) -> str:
    return clean_text(form.get(name, "")).strip()


def _wrong(story: str) -> str:
    """Return what keeps a story from being kept: its length, or words that tell who somebody is."""
    if len(story) > LONGEST_STORY:
        return _("This message is too long.")
    words = len(story.split())
    if not LEAST_WORDS <= words <= MOST_WORDS:
        return _("A story has {low} to {high} words; this one has {n}.").format(
            low=LEAST_WORDS, high=MOST_WORDS, n=words
        )
    if must := [found.words for found in personal_in(story) if found.certain]:
        return _("This could tell who somebody is. Please change it: {words}").format(words=", ".join(must))
    return ""


def _keep(
    enrolment: Enrolment, source: CanonicalValue, target: CanonicalValue, context: Context, story: str
) -> str:
    """Keep a story, once; return why it cannot be kept: each is checked by a model, which somebody pays."""
    lock_graph(enrolment.study)
    same = Upgrade.objects.filter(source=source, target=target, context=context)
    if same.filter(proposed_by=enrolment, story=story).exists():
        return ""
    if Upgrade.objects.filter(study=enrolment.study, proposed_by=enrolment).count() >= MOST_STORIES:
        return _("You have told as many stories as one person may. Thank you.")
    newest = same.aggregate(newest=Max("story_version"))["newest"] or 0
    Upgrade.objects.create(
        study=enrolment.study, number=next_number(enrolment.study, Upgrade), source=source, target=target,
        context=context, origin=Upgrade.Origin.PERSON, story=story, story_version=newest + 1,
        proposed_by=enrolment,
    )  # fmt: skip
    return ""
