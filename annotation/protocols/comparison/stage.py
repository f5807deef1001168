"""The comparison stage: a beginning, screens one after the other, one step back, and what was expected where told."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.protocols.comparison import judging, painting, rows
from annotation.protocols.comparison.drawing import draw_plan
from annotation.protocols.comparison.preflight import check_comparison, note_comparison
from annotation.protocols.comparison.returning import give_up_lost_places
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.comparison.watching import watch_comparison
from annotation.protocols.models import Plan
from multivocal.errors import Conflict
from multivocal.studies.models import Study
from multivocal.studies.stages import Again, Done, More, Outcome, Page, StageKind, Visit, Watched


class ComparisonKind(StageKind):
    """Imported items, judged screen by screen."""

    config = ComparisonConfig

    def page(self, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
        """Return the screen that is open, or the one before it where it is to be corrected (``?page=before``)."""
        config: ComparisonConfig = visit.stage  # type: ignore[assignment]
        wanted = posted.get("step", "") if posted is not None else ""
        if visit.query.get("page") == "before" or wanted.startswith("correct-"):
            before = rows.screen_before(visit.enrolment, config.id)
            if before is not None and painting.may_correct(config, before):
                return painting.screen_page(visit, before, problems, posted, correction=True)
        screen = rows.open_screen(visit.enrolment, config.id)
        if screen is None:
            # Without a plan this is the beginning; with one, its last screens were given to others meanwhile.
            return painting.start_page(visit)
        return painting.screen_page(visit, screen, problems, posted)

    def submit(self, visit: Visit, form: QueryDict, key: UUID) -> Outcome:
        """Take the beginning, an answer, a correction, or read feedback; anything else is stale (Conflict)."""
        config: ComparisonConfig = visit.stage  # type: ignore[assignment]
        step, _dash, named = form.get("step", "").partition("-")
        if step == "start":
            return self._start(visit, form)
        if step == "correct":
            before = rows.screen_before(visit.enrolment, config.id)
            if before is None or str(before.pk) != named or not painting.may_correct(config, before):
                raise _moved()
            problems = judging.take_answer(visit=visit, screen=before, form=form, key=key, correction=True)
            return Again(problems) if problems else More()
        screen = rows.open_screen(visit.enrolment, config.id)
        if screen is None or str(screen.pk) != named or step not in ("screen", "read"):
            raise _moved()
        reading = screen.answer is not None and not judging.asks_again(config, screen)
        if reading != (step == "read"):
            raise _moved()
        left = screen.total - screen.done
        if reading:
            judging.leave_screen(screen, timezone.now())
        elif problems := judging.take_answer(visit=visit, screen=screen, form=form, key=key):
            return Again(problems)
        elif judging.feedback_due(config, screen):
            return More()
        return Done() if left <= 1 else More()

    def came_back(self, visit: Visit) -> None:
        """Take away what others were given meanwhile, before another screen is handed out."""
        give_up_lost_places(visit=visit)

    def steps(self, visit: Visit) -> tuple[int, int]:
        """Return (screens done, all screens)."""
        done, total = rows.count_screens(visit.enrolment, visit.stage.id)
        return done, max(total, 1)

    def check(self, stage: Any, definition: Any) -> Iterator[str]:
        """Yield what keeps the stage from working: items, protocols and numbers that do not fit."""
        return check_comparison(stage, definition)

    def notes(self, stage: Any, definition: Any) -> Iterator[str]:
        """Yield what is good to know: systems that are never compared, places that are too many or too few."""
        return note_comparison(stage, definition)

    def watch(self, stage: Any, study: Study) -> Iterator[Watched]:
        """Yield how far the places are filled, and systems that are not linked so far."""
        return watch_comparison(stage, study)

    def _start(self, visit: Visit, form: QueryDict) -> Outcome:
        config: ComparisonConfig = visit.stage  # type: ignore[assignment]
        fresh = not Plan.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id).exists()
        if not fresh and rows.open_screen(visit.enrolment, visit.stage.id) is not None:
            raise _moved()  # a second window: the screens are drawn already
        plan = draw_plan(visit=visit, wait=form.get("go_on") != "yes" or not painting.may_go_on(config))
        return More() if plan is None or (fresh and plan.promised) else Done()


def _moved() -> Conflict:
    return Conflict(_("This page is not open any more; here is the one that is."), code="moved")
