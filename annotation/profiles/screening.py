"""The screening stage: one page of questions, and who may go on. Nobody is told why not."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict

from annotation.profiles import questionnaires
from annotation.profiles.checks import check_profile
from annotation.profiles.shapes import ScreeningConfig
from annotation.profiles.traits import traits_from
from multivocal.studies import stages
from multivocal.studies.stages import Again, Done, Exit, Outcome, StageKind, Visit

DECLINE = "decline"


class ScreeningKind(StageKind):
    """Asks, stores, and lets on those who fit."""

    config = ScreeningConfig

    def page(self, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> stages.Page:
        """Return the one page of the stage."""
        config = _config(visit)
        page = config.all_pages[0]
        context = questionnaires.page_context(visit, page, "", problems, posted)
        return stages.Page(
            template="profiles/page.html",
            context=context | {"decline": visit.say(config.decline), "back": ""},
            step=page.id,
        )

    def submit(self, visit: Visit, form: QueryDict, key: UUID) -> Outcome:
        """Store the answers, then let the person on or out; what they answered is kept either way."""
        config = _config(visit)
        if config.decline and form.get("go") == DECLINE:
            return Exit("screened_out")
        page = config.all_pages[0]
        if problems := questionnaires.save_page(visit, page, "", form, key):
            return Again(problems)
        given = questionnaires.answers(visit.enrolment, visit.stage.id, "")
        if all(condition.holds(given) for condition in config.eligible):
            return Done(traits_from(config, given))
        return Exit("screened_out")

    def check(self, stage: Any, definition: Any) -> Iterator[str]:
        """Yield what would go wrong: conditions on things nobody asked, languages left out."""
        return check_profile(stage, definition)


def _config(visit: Visit) -> ScreeningConfig:
    assert isinstance(visit.stage, ScreeningConfig)
    return visit.stage
