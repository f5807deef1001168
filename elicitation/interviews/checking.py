"""What is wrong with a card, in sentences for the person who writes it."""

from django.utils.translation import gettext as _

from elicitation.interviews.domain.cards import (
    FEWEST,
    LONGEST_DESCRIPTION,
    LONGEST_POLICY,
    LONGEST_TITLE,
    MOST,
    CardText,
    card_hints,
    card_problems,
)
from elicitation.interviews.domain.personal import personal_in

_LONGEST = {"title": LONGEST_TITLE, "description": LONGEST_DESCRIPTION}


def problems_of(card: CardText) -> dict[str, str]:
    """Return place → sentence of what keeps these words from being a card."""
    return {place: _sentence(place, code) for place, code in card_problems(card).items()}


def _sentence(place: str, code: str) -> str:
    if code == "empty":
        return _("Write a title.") if place == "title" else _("Write one sentence about such a moment.")
    if code == "few":
        return _("Write at least {n} lines.").format(n=FEWEST)
    if code == "many":
        return _("Keep to {n} lines at most.").format(n=MOST)
    if code == "twice":
        return _("This line stands here twice.")
    return _("Shorten this to {n} characters.").format(n=_LONGEST.get(place, LONGEST_POLICY))


def hints_of(card: CardText) -> list[str]:
    """Return advice on how the card could be clearer; it may be ignored."""
    told = {
        "capitals": _("A line is easier to compare when it begins with what you notice, in capitals."),
        "rule": _("A line says what you pay attention to, rather than what people should do."),
        "hollow": _("A line is clearer when it says what makes something matter."),
        "sentences": _("One sentence is enough to show the moment."),
    }
    return [told[code] for code in dict.fromkeys(card_hints(card).values())]


def warnings_of(card: CardText) -> dict[str, list[str]]:
    """Return ``{"must": …, "names": …}``: words that must go before the card is accepted, and words to look at."""
    found = personal_in("\n".join([card.title, card.description, *card.policies]))
    return {
        "must": [one.words for one in found if one.certain],
        "names": [one.words for one in found if not one.certain],
    }
