"""One person's live stage, whatever carries it: the socket and the plain twin both act through this."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from multivocal import pace
from multivocal.errors import Busy, Conflict
from multivocal.live.hub import hub
from multivocal.llm.threads import in_db
from multivocal.studies.flow import check_open, touch_enrolment
from multivocal.studies.sessions import cookie_name, require_enrolment
from multivocal.studies.stages import LiveStage, Visit, kind_of
from multivocal.studies.visits import visit_for

MOST_TABS = 20  # listeners of one person's stage in this process


@dataclass(frozen=True)
class LiveSession:
    """Who is connected: the cookie decides anew on every action, so that a withdrawal takes effect."""

    cookies: Mapping[str, str]
    slug: str
    stage: str

    async def open(self) -> str:
        """Return the topic to listen to, or refuse people who are not here."""
        visit, _live = await in_db(self._visit)
        topic = f"{visit.enrolment.pk}:{self.stage}"
        if len(hub().listeners.get(topic, ())) >= MOST_TABS:
            with translation.override(visit.language):
                raise Busy(
                    _("This study is open in too many windows. Close the others and load this page again."),
                    code="too_many_windows",
                )
        return topic

    async def state(self) -> dict[str, Any]:
        """Return the whole state, with the text that has streamed so far, and see that due work runs."""
        topic, stage, state, pending = await in_db(self._state)
        return self._resume(topic, stage, state, pending)

    async def act(self, data: Any) -> dict[str, Any]:
        """Carry out one action and return the whole state after it."""
        pace.actions.take((self.slug, self.cookies.get(cookie_name(self.slug), "")))
        topic, stage, state, pending = await in_db(self._act, data)
        return self._resume(topic, stage, state, pending)

    def _resume(
        self, topic: str, stage: LiveStage, state: dict[str, Any], pending: list[str]
    ) -> dict[str, Any]:
        # No await between reading the partial texts and returning: later text events follow on exactly.
        for work_id in pending:
            hub().start(topic, stage, work_id)
        for turn in (state.get("conversation") or {}).get("turns", ()):
            texts = hub().partials.get(turn["id"], {})
            for answer in turn["answers"]:
                if answer["state"] == "waiting" and answer["slot"] in texts:
                    answer |= {"state": "streaming", "text": texts[answer["slot"]]}
        return state

    def _visit(self) -> tuple[Visit, LiveStage]:
        enrolment = require_enrolment(self.cookies, self.slug)
        with translation.override(enrolment.language):
            check_open(enrolment)
            visit = visit_for(enrolment)
            live = kind_of(visit.stage).live if visit else None
            if visit is None or live is None or visit.stage.id != self.stage:
                raise Conflict(_("This part is finished. Reload the page to go on."), code="moved_on")
        return visit, live

    def _state(self) -> tuple[str, LiveStage, dict[str, Any], list[str]]:
        visit, live = self._visit()
        return self._told(visit, live)

    def _act(self, data: Any) -> tuple[str, LiveStage, dict[str, Any], list[str]]:
        visit, live = self._visit()
        with translation.override(visit.language):
            action = live.parse(data)
            with transaction.atomic():
                # The enrolment's row first, as in a posted page: two orders of locks would meet head on.
                touch_enrolment(enrolment=visit.enrolment)
                live.act(visit, action)
            return self._told(visit, live)

    def _told(self, visit: Visit, live: LiveStage) -> tuple[str, LiveStage, dict[str, Any], list[str]]:
        state = live.state(visit)
        return f"{visit.enrolment.pk}:{self.stage}", live, state, live.pending(state)
