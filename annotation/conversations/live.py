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
        """Carry out one action inside the session's transaction."""
        actions.carry_out(visit, action)  # type: ignore[arg-type]

    def pending(self, state: dict[str, Any]) -> list[str]:
        """Return the turns that wait for answers."""
        turns = (state["conversation"] or {}).get("turns", ())
        return [turn["id"] for turn in turns if turn["state"] == Turn.State.ANSWERING]

    async def work(self, work_id: str, gateway: Gateway, emit: Emit) -> None:
        """Answer a turn."""
        await answer_turn(work_id, gateway, emit)
