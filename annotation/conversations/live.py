"""The conversation as a live stage: what the socket and its plain twin call."""

from typing import Any

from annotation.conversations import actions
from annotation.conversations.answering import Emit, answer_turn
from annotation.conversations.models import Turn
from annotation.conversations.state import conversation_state
from multivocal.domain.shapes import Shape
from multivocal.llm.gateway import Gateway
from multivocal.studies.stages import Visit


class LiveConversation:
    """See multivocal.studies.stages.LiveStage."""

    def parse(self, action: Any) -> Shape:
        """Return the action as a closed shape, or refuse."""
        return actions.parse_action(action)

    def state(self, visit: Visit) -> dict[str, Any]:
        """Return the whole state as the browser may see it."""
        return conversation_state(visit)

    def act(self, visit: Visit, action: Shape) -> None:
        """Carry out one action in one transaction."""
        actions.act(visit, action)  # type: ignore[arg-type]

    def pending(self, visit: Visit) -> list[str]:
        """Return the turns that wait for answers."""
        rows = Turn.objects.filter(
            conversation__enrolment=visit.enrolment,
            conversation__stage=visit.stage.id,
            state=Turn.State.ANSWERING,
        )
        return [str(pk) for pk in rows.values_list("pk", flat=True)]

    async def work(self, work_id: str, gateway: Gateway, emit: Emit) -> None:
        """Answer a turn."""
        await answer_turn(work_id, gateway, emit)
