"""The course of an interview: five stages, a budget of turns, and who may move on when. Pure."""

STORY, NOTICED, REASON, GUESS, CARD = 1, 2, 3, 4, 5


def least_stage(turns: int, budget: int) -> int:
    """Return the stage an interview has reached at least after ``turns`` of ``budget`` messages of the person.

    The budget alone brings everybody to the card, whatever the model or the person says.
    """
    return CARD if turns >= budget else STORY + (4 * turns) // max(budget, 1)


def next_stage(stage: int, turns: int, budget: int, wants_next: bool) -> int:
    """Return the stage of the interviewer's next message: one step at most where the model wants to move on."""
    return max(min(CARD, stage + wants_next), least_stage(turns, budget), stage)
