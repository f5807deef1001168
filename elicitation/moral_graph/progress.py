"""How far a person is in a wisdom stage: the pages that lie behind them, of those it has for them."""

from elicitation.moral_graph.cards import cards_of
from elicitation.moral_graph.models import VoteDraw
from elicitation.moral_graph.shapes import WisdomConfig
from elicitation.moral_graph.walk import Step, stories_of
from multivocal.studies.stages import Visit


def how_far(visit: Visit, step: Step) -> tuple[int, int]:
    """Return (pages before the one of ``step``, all pages), as far as it is known by now.

    Until stories are drawn, as many are expected as the stage asks for. Pages that only some people meet (a wait, a
    card to confirm) are not counted: they stand where the next page stands.
    """
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    drawn = stories_of(visit).count()
    cards = [card.pk for card in cards_of(visit.enrolment)] if config.interview is not None else []
    select = config.select.when if config.select else ""
    pages = [
        "start",
        *(["select"] if select == "before" else []),
        *(["story"] * (drawn or config.stories)),
        *(["propose"] if config.propose else []),
        *(["select"] if select == "after" else []),
        *(["standing"] * len(cards) if config.standing else []),
    ]
    if step.name == "end":
        return len(pages), len(pages)
    if step.name in ("confirm", "wait"):  # after the stories only where words were changed there
        return (pages.index("standing") if "standing" in pages else len(pages)) if drawn else 0, len(pages)
    if step.name not in pages:
        return 0, len(pages)
    first = pages.index(step.name)
    if isinstance(step.subject, VoteDraw):
        first += step.subject.position - 1
    elif step.name == "standing":
        first += cards.index(step.subject.pk)
    return first, len(pages)
