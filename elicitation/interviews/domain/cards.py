"""What a values card must be (refused otherwise) and what it should be (asked of the model, hinted to people). Pure."""

import re
from collections.abc import Sequence
from typing import NamedTuple

FEWEST, MOST = 3, 7
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_POLICY = 80, 400, 200
_RULE = re.compile(r"\b(?:should|must|ought|never|don'?t|do not|always)\b", re.IGNORECASE)
_HOLLOW = re.compile(r"\b(?:meaningful\w*|deep(?:ly|er)?)\b", re.IGNORECASE)
_CAPITALS = re.compile(r"^\W*[^\W\d_]{2,}")


class CardText(NamedTuple):
    """The words of a card."""

    title: str
    description: str
    policies: tuple[str, ...]


def tidy_card(title: str, description: str, policies: Sequence[str]) -> CardText:
    """Return the words with single spaces, without bullets and without empty lines."""

    def one(text: str) -> str:
        return re.sub(r"^[\s\-•*·]+", "", " ".join(text.split()))

    return CardText(one(title), one(description), tuple(line for line in map(one, policies) if line))


def card_problems(card: CardText) -> dict[str, str]:
    """Return place → code of what makes a card impossible; places: title, description, policies, policies.N.

    Codes: empty, long, few, many, twice.
    """
    found: dict[str, str] = {}
    if not card.title or len(card.title) > LONGEST_TITLE:
        found["title"] = "long" if card.title else "empty"
    if not card.description or len(card.description) > LONGEST_DESCRIPTION:
        found["description"] = "long" if card.description else "empty"
    if not FEWEST <= len(card.policies) <= MOST:
        found["policies"] = "few" if len(card.policies) < FEWEST else "many"
    seen: set[str] = set()
    for n, policy in enumerate(card.policies):
        if len(policy) > LONGEST_POLICY:
            found[f"policies.{n}"] = "long"
        if policy.casefold() in seen:
            found[f"policies.{n}"] = "twice"
        seen.add(policy.casefold())
    return found


def card_hints(card: CardText) -> dict[str, str]:
    """Return place → code of what would make a card better: capitals, rule, hollow, sentences."""
    found: dict[str, str] = {}
    for n, policy in enumerate(card.policies):
        if not _starts_in_capitals(policy):
            found[f"policies.{n}"] = "capitals"
        elif _RULE.search(policy):
            found[f"policies.{n}"] = "rule"
        elif _HOLLOW.search(policy):
            found[f"policies.{n}"] = "hollow"
    if len(re.findall(r"[.!?؟](?:\s|$)", card.description)) > 1:
        found["description"] = "sentences"
    return found


def _starts_in_capitals(policy: str) -> bool:
    word = _CAPITALS.match(policy)
    # Scripts without capitals (Arabic, Chinese) have nothing to show here.
    return word is not None and (word[0].upper() == word[0] or word[0].lower() == word[0].upper())
