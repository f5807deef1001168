"""The interview as a live stage: what the socket and its plain twin call."""

from collections.abc import Callable
from typing import Any

from elicitation.interviews import actions
from elicitation.interviews.answering import serve_interview
from elicitation.interviews.state import interview_state
from multivocal.domain.shapes import Shape
from multivocal.llm.gateway import Gateway
from multivocal.studies.stages import Visit


class LiveInterview:
    """See multivocal.studies.stages.LiveStage."""

    def parse(self, action: Any) -> Shape:
        """Return the action as a closed shape, or refuse."""
        return actions.parse_action(action)

    def state(self, visit: Visit) -> dict[str, Any]:
        """Return the whole state as the browser may see it."""
        return interview_state(visit)

    def act(self, visit: Visit, action: Shape) -> None:
        """Carry out one action inside the session's transaction."""
        actions.carry_out(visit, action)  # type: ignore[arg-type]

    def pending(self, state: dict[str, Any]) -> list[str]:
        """Return the interview that waits for a reply or a card."""
        talk = state["conversation"]
        return [talk["id"]] if talk and talk["phase"] == "answering" else []

    async def work(self, work_id: str, gateway: Gateway, emit: Callable[[dict[str, Any]], None]) -> None:
        """Write what is due."""
        await serve_interview(work_id, gateway, emit)
