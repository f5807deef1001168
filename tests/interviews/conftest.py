"""An open study with an interview, the simulator that speaks in it, and Noor, who is interviewed."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import orjson
import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from multivocal.live.hub import hub
from multivocal.llm.models import Account, LanguageModel
from multivocal.llm.threads import close_pool
from multivocal.participants.models import Participant
from multivocal.studies.models import Enrolment
from multivocal.studies.sessions import cookie_name, open_session
from multivocal.studies.stages import Visit
from tests.live.tab import Tab
from tests.llm.conftest import rows, simulator
from tests.studies.studies import make_study

__all__ = ["rows", "simulator"]

STAGE: dict[str, Any] = {
    "id": "interview",
    "kind": "interview",
    "title": "What you look for",
    "questions": [
        {
            "key": "care",
            "title": "Asked for help",
            "prompt": {
                "en": "Somebody asks you for help when you are tired. What matters to you then?",
                "ar": "يطلب منك أحدهم المساعدة وأنت متعب. ما الذي يهمك حينها؟",
            },
            "contexts": ["being-asked"],
        }
    ],
    "contexts": {"being-asked": {"en": "When somebody asks for help", "ar": "حين يطلب أحد المساعدة"}},
    "turns": 6,
    "crisis": {"en": "Please call the helpline 116 123.", "ar": "اتصل من فضلك بخط المساعدة 116123."},
}
STORY = "My sister came to me at night, she was afraid, and I just sat beside her and listened to her."


@pytest.fixture
def model(rows: None, simulator: str) -> LanguageModel:
    """The simulated interviewer."""
    return LanguageModel.objects.create(
        name="sim-plain", model_id="sim-plain", base_url=f"{simulator}/v1", simulated=True, timeout_s=5.0
    )


MakeVisit = Callable[..., Visit]


@pytest.fixture
def make_visit(rows: None) -> MakeVisit:
    """Enrol a person in a study whose interview has these settings, and stand them at it."""

    def make(language: str = "en", simulated: bool = False, **stage: Any) -> Visit:
        slug = f"values-{uuid4().hex[:8]}"
        study = make_study(
            slug, stages=[STAGE | stage, {"id": "debrief", "kind": "debrief", "text": "Thanks"}]
        )
        Account.objects.create(id=study.pk, limit_usd=5)
        return enrol(study, language, simulated)

    return make


def enrol(study: Any, language: str = "en", simulated: bool = False) -> Visit:
    """Return one more person of a study, at its first stage."""
    version = study.versions.get()
    enrolment = Enrolment.objects.create(
        study=study,
        version=version,
        participant=Participant.objects.create(),
        pseudonym=f"noor-{uuid4().hex[:6]}",
        arm="all",
        language=language,
        simulated=simulated,
    )
    return Visit(enrolment, version.shape, version.shape.stages[0], language, {})


@pytest.fixture
async def close_up() -> AsyncIterator[None]:
    """Stop what still runs, and close the async thread's connection."""
    yield
    await hub().close()
    await sync_to_async(connections.close_all)()
    close_pool()  # work that was cancelled just now gave back what it held


class Chat:
    """Noor's tab on the interview."""

    def __init__(self, visit: Visit, token: str) -> None:
        slug = visit.definition.slug
        self.tab = Tab(f"/ws/live/{slug}/interview/", f"{cookie_name(slug)}={token}")
        self.talk: Any = None
        self.streamed = ""

    async def open(self) -> Any:
        """Connect and read the first state."""
        assert await self.tab.connect()
        return self._keep(await self.tab.event("state"))

    async def do(self, what: str, **more: Any) -> Any:
        """Send an action and return the talk once nothing is being written; a refusal is returned as it is."""
        return await self.send({"do": what, "key": str(uuid4()), **more})

    async def send(self, action: dict[str, Any]) -> Any:
        """Send an action as it is."""
        await self.tab.send(action)
        self.streamed, answered = "", False
        while True:
            # The first call of a process loads the client's library, which takes its time on a busy machine.
            event = orjson.loads((await self.tab.wire.receive_output(60))["text"])
            if event["type"] == "text":
                self.streamed = self.streamed[: event["at"]] + event["text"]
            if event["type"] == "refused":
                return event
            if event["type"] == "state":
                answered = answered or event.get("key") == action["key"]
                talk = self._keep(event)
                if answered and (talk is None or talk["phase"] != "answering"):
                    return talk

    async def leave(self) -> None:
        """Close the tab."""
        await self.tab.leave()

    def _keep(self, event: dict[str, Any]) -> Any:
        self.talk = event["state"]["conversation"]
        return self.talk


async def a_chat(visit: Visit) -> Chat:
    """Open Noor's chat; her interview begins where there is none."""
    token = await sync_to_async(open_session)(enrolment=visit.enrolment)
    chat = Chat(visit, token)
    if await chat.open() is None:
        await chat.do("begin")
    return chat
