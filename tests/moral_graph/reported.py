"""A study whose people have cards, values and votes, made of rows: three values, one situation, known answers."""

from typing import Any

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.models import CanonicalValue, Upgrade
from multivocal.studies.models import Enrolment, Study
from tests.moral_graph.cards import accepted_card, interviewed_study, step, value_with, vote

TITLES = ("advice", "listening", "standing by")


def voted_study(people: int = 12, *, simulated: int = 0, slug: str = "own", **changes: Any) -> Study:
    """Return a study in which everybody holds that listening is wiser than advice, and most that standing by is wiser
    than listening; ``simulated`` people say the opposite."""
    study = interviewed_study(slug, **changes)
    # Of one value, no two of the first twelve cards have the same words.
    cards = [accepted_card(study, TITLES[n % 3], lines=3 + n // 3 % 4) for n in range(people)]
    values = [value_with(study, *cards[n::3]) for n in range(3)]
    steps = [step(values[0], values[1]), step(values[1], values[2]), step(values[1], values[0])]
    for number, card in enumerate(cards):
        vote(steps[0], card, "wiser")
        vote(steps[1], card, "wiser" if number % 4 else "not_wiser")
    for _ in range(simulated):
        vote(steps[2], accepted_card(study, "advice", simulated=True), "wiser")
    return study


def in_arms(study: Study, *sizes: int) -> None:
    """Put the study's people into arms a, b, c … of these sizes, in the order in which they came."""
    people = iter(Enrolment.objects.filter(study=study, simulated=False).order_by("started_at", "pk"))
    for arm, size in zip("abcdefgh", sizes, strict=False):
        for _ in range(size):
            person = next(people)
            person.arm = arm
            person.save(update_fields=["arm"])


def parts(study: Study) -> tuple[list[CanonicalValue], list[Upgrade], list[ValuesCard]]:
    """Return the study's values, steps and cards in the order in which they were made."""
    return (
        list(CanonicalValue.objects.filter(study=study).order_by("number")),
        list(Upgrade.objects.filter(study=study).order_by("number")),
        list(ValuesCard.objects.filter(study=study).order_by("created_at", "pk")),
    )
