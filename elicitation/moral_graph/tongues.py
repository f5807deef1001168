"""Which language a value and a story are in: in a study of several languages nobody reads what they cannot."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.models import CanonicalValue, Membership, Upgrade
from multivocal.studies.models import Enrolment, Study


def base(language: str) -> str:
    """Return a language without its region."""
    return language.split("-")[0].lower()


def languages_of(study: Study) -> dict[UUID, str]:
    """Return value → language of its words, those of its first card; a seed has every language."""
    cards = dict(ValuesCard.objects.filter(study=study).values_list("pk", "language"))
    there = Membership.objects.filter(
        canonical__study=study,
        canonical__origin=CanonicalValue.Origin.CARDS,
        partition__current=True,
        ended_at=None,
    )
    newest_first = there.order_by("-created_at", "-pk").values_list("canonical", "card")
    return {value: base(cards[card]) for value, card in newest_first if card in cards}


def language_between(ends: Iterable[UUID], tongues: Mapping[UUID, str], first: str) -> str | None:
    """Return the language of a story between two values; None where they are in two."""
    found = {tongues[end] for end in ends if end in tongues} or {base(first)}
    return found.pop() if len(found) == 1 else None


def can_read(enrolment: Enrolment, steps: Iterable[Upgrade]) -> list[Upgrade]:
    """Return the steps whose values and story are in a person's language; all where a study has one language."""
    offered = enrolment.version.shape.languages
    if len(offered) < 2:
        return list(steps)
    tongues, mine = languages_of(enrolment.study), base(enrolment.language)

    def fits(step: Upgrade) -> bool:
        ends = (step.source_id, step.target_id)
        if step.origin == Upgrade.Origin.SEED:
            told: str | None = mine
        elif step.proposed_by is not None:
            told = base(step.proposed_by.language)
        else:
            told = language_between(ends, tongues, offered[0])
        return told == mine and all(tongues.get(end, mine) == mine for end in ends)

    return [step for step in steps if fits(step)]
