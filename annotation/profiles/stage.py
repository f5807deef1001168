"""The survey stage: pages of questions one after the other, with a way back inside the stage."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from annotation.profiles import questionnaires
from annotation.profiles.checks import check_profile
from annotation.profiles.shapes import Page, SurveyConfig
from annotation.profiles.traits import traits_from
from annotation.profiles.visibility import page_shows
from multivocal.errors import Conflict
from multivocal.studies import stages
from multivocal.studies.stages import Again, Done, More, Outcome, StageKind, Visit


class SurveyKind(StageKind):
    """Asks, stores, remembers."""

    config = SurveyConfig

    def page(self, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> stages.Page:
        """Return the page asked for with ``?page=``, if it was answered; else the first one that is still open."""
        config, rows = _config(visit), questionnaires.current_rows(visit.enrolment, visit.stage.id)
        shown = self._wanted(visit, rows, posted)
        path = _path(config, rows, visit, shown)
        here = path.index(shown)
        context = questionnaires.page_context(
            visit, shown, "", problems, posted, pages=config.pages, rows=rows
        )
        return stages.Page(
            template="profiles/page.html",
            context=context | {"back": path[here - 1].id if here else ""},
            done=here,
            total=max(len(path), 1),
            step=shown.id,
            has_back=here > 0,
        )

    def submit(self, visit: Visit, form: QueryDict, key: UUID) -> Outcome:
        """Store the page named by ``step``; one that is not open (any more) is refused (Conflict)."""
        config, rows = _config(visit), questionnaires.current_rows(visit.enrolment, visit.stage.id)
        page = next((page for page in config.pages if page.id == form.get("step")), None)
        upcoming = questionnaires.next_page(config.pages, rows, visit.enrolment.traits)
        if page is None or not (page.id in rows or page == upcoming):
            raise Conflict(_("This page is not open any more; here is the one that is."), code="moved")
        problems = questionnaires.save_page(visit, page, "", form, key, pages=config.pages, rows=rows)
        if problems:
            return Again(problems)
        rows = questionnaires.current_rows(visit.enrolment, visit.stage.id)
        if questionnaires.next_page(config.pages, rows, visit.enrolment.traits):
            return More()
        given: dict[str, Any] = {}
        for row in rows.values():
            given |= row.answers
        return Done(traits_from(config, given))

    def steps(self, visit: Visit) -> tuple[int, int]:
        """Return (pages answered, pages to answer as far as can be said)."""
        config, rows = _config(visit), questionnaires.current_rows(visit.enrolment, visit.stage.id)
        path = _path(config, rows, visit, None)
        return sum(page.id in rows for page in path), max(len(path), 1)

    def check(self, stage: Any, definition: Any) -> Iterator[str]:
        """Yield what would go wrong: conditions on things nobody asked, languages left out."""
        return check_profile(stage, definition)

    def _wanted(self, visit: Visit, rows: Mapping[str, Any], posted: QueryDict | None) -> Page:
        pages = _config(visit).pages
        wanted = posted.get("step") if posted is not None else visit.query.get("page")
        upcoming = questionnaires.next_page(pages, rows, visit.enrolment.traits)
        for page in pages:
            if page.id == wanted and (page == upcoming or (page.id in rows and rows[page.id].shown)):
                return page
        return upcoming or next((p for p in reversed(pages) if p.id in rows and rows[p.id].shown), pages[-1])


def _config(visit: Visit) -> SurveyConfig:
    assert isinstance(visit.stage, SurveyConfig)
    return visit.stage


def _path(config: SurveyConfig, rows: Mapping[str, Any], visit: Visit, shown: Page | None) -> list[Page]:
    """Return the pages this person sees: those that show given what is known so far."""
    known: dict[str, Any] = dict(visit.enrolment.traits)
    path = []
    for page in config.pages:
        if page == shown or page_shows(page, known):
            path.append(page)
        if page.id in rows:
            known |= rows[page.id].answers
    return path
