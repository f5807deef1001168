"""What a reader of the reports may ask for, and whose votes and cards that counts."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.cards import accepted
from elicitation.moral_graph.models import Context
from elicitation.moral_graph.voting import Filters
from multivocal.domain.shapes import say
from multivocal.studies.models import Study
from multivocal.studies.reports import Filter
from multivocal.studies.versions import newest_version


def filters(study: Study, asked: Mapping[str, str]) -> Sequence[Filter]:
    """Return the choices: a question, and whether simulated people and seeds count; by default they do not."""
    keys = Context.objects.filter(study=study).values_list("questions", flat=True)
    titles = question_titles(study)
    questions = sorted({key for found in keys for key in found})
    return [
        Filter(
            "question", _("Question"), [("", _("all")), *((key, titles.get(key, key)) for key in questions)]
        ),
        Filter("simulated", _("Who"), [("", _("people")), ("with", _("also simulated people"))]),
        Filter("seeds", _("Values"), [("", _("of people")), ("with", _("also seeds"))]),
    ]


def question_titles(study: Study) -> dict[str, str]:
    """Return question → its title, as the study's newest version words it."""
    version = newest_version(study)
    stages = (version.definition if version else {}).get("stages") or ()
    return {
        one["key"]: say(one["title"], "en") or one["key"]
        for stage in stages
        if stage.get("kind") == "interview"
        for one in stage.get("questions") or ()
    }


def filters_of(asked: Mapping[str, str]) -> Filters:
    """Return whose votes on what were asked for."""
    return Filters(
        question=asked.get("question", ""),
        simulated=asked.get("simulated") == "with",
        seeds=asked.get("seeds") == "with",
    )


def cards_asked(study: Study, asked: Mapping[str, str]) -> QuerySet[ValuesCard]:
    """Return the accepted cards of those who count."""
    found = accepted(study).exclude(origin=ValuesCard.Origin.SEED)
    if asked.get("simulated") != "with":
        found = found.exclude(enrolment__simulated=True)
    if question := asked.get("question"):
        found = found.filter(question_key=question)
    return found
