"""What the pages of a wisdom stage show: a story, the merged value, a step of one's own, where one stands."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.cards import cards_of
from elicitation.moral_graph.confirming import Due
from elicitation.moral_graph.models import CanonicalValue, Context, Pick, VoteDraw, WisdomVote
from elicitation.moral_graph.proposing import seen_by
from elicitation.moral_graph.rewording import words_in
from elicitation.moral_graph.shapes import LEAST_WORDS, MOST_WORDS, WisdomConfig
from elicitation.moral_graph.standing import facts_of, has_told, read_facts, sign_facts
from elicitation.moral_graph.wording import story_for, value_for
from multivocal.domain.shapes import say
from multivocal.studies.drafts import draft_of
from multivocal.studies.stages import Page, Visit


def answers(mirrored: bool) -> list[tuple[str, str]]:
    """Return the answers to a story with their words; ``mirrored`` puts the no before the yes."""
    first = [("wiser", _("Yes, this person became wiser")), ("not_wiser", _("No, not wiser"))]
    return [
        *(first[::-1] if mirrored else first),
        ("both", _("Both are needed, neither replaces the other")),
        ("depends", _("It depends on more than the story says")),
        ("unsure", _("I am not sure")),
        ("bad_story", _("The story does not work")),
    ]


def story_page(
    visit: Visit,
    draw: VoteDraw,
    problems: Mapping[str, str],
    posted: QueryDict | None,
    *,
    again: bool = False,
) -> Page:
    """Return one story; ``again`` where an answer that was given is looked at once more."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    step = draw.upgrade
    drawn = VoteDraw.objects.filter(enrolment=visit.enrolment, stage=config.id)
    total = drawn.count()
    before = WisdomVote.objects.filter(
        enrolment=visit.enrolment, upgrade=step, superseded_at=None
    ).first() if again else None  # fmt: skip
    given = _given(visit, posted, f"{'again' if again else 'story'}-{draw.position}")
    if before is not None and not given:
        given = {"answer": before.answer, "why": before.why}
    return Page(
        "moral_graph/vote.html",
        {
            "title": visit.say(config.title) or _("Did this person become wiser?"),
            "number": draw.position,
            "of": total,
            "again": again,
            "back": not again and draw.position > 1,
            "context": say(step.context.text, visit.language),
            "story": story_for(visit, step),
            "source": _beside(visit, step.source, step.target),
            "target": _beside(visit, step.target, step.source),
            "answers": [
                {"key": key, "label": label, "checked": given.get("answer") == key}
                for key, label in answers(draw.mirrored)
            ],
            "why": given.get("why", ""),
            "own_story": given.get("story", ""),
            "propose": config.propose,
            "words": (LEAST_WORDS, MOST_WORDS),
        },
        step=f"{'again' if again else 'story'}-{draw.position}",
        has_back=draw.position > 1,
    )


def confirm_page(visit: Visit, due: Due, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
    """Return a person's card beside the value it was merged into."""
    return Page(
        "moral_graph/vote_confirm.html",
        {
            "title": _("Does this still speak for you?"),
            "mine": _card(due.card),
            "value": value_for(visit, due.value),
            "card": due.card.pk,
            "given": _given(visit, posted, f"confirm-{due.card.pk}"),
            "anew": due.card.changed_at is not None,
        },
        step=f"confirm-{due.card.pk}",
    )


def propose_page(visit: Visit, _subject: None, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
    """Return the page on which a person may propose a step between values they have seen."""
    given = _given(visit, posted, "propose")
    return Page(
        "moral_graph/vote_propose.html",
        {
            "title": _("A step of your own"),
            "values": [
                (str(value.number), value_for(visit, value)["title"]) for value in seen_by(visit.enrolment)
            ],
            "contexts": [
                (row.key, say(row.text, visit.language))
                for row in Context.objects.filter(study=visit.enrolment.study).order_by("key")
            ],
            "given": given,
            "words": (LEAST_WORDS, MOST_WORDS),
        },
        step="propose",
    )


def select_page(
    visit: Visit, picks: list[Pick], problems: Mapping[str, str], posted: QueryDict | None
) -> Page:
    """Return the values of others of which a person says whether they speak for them too."""
    kept = draft_of(visit.enrolment, visit.stage.id, "select").get("value", [])
    return Page(
        "moral_graph/vote_select.html",
        {
            "title": _("Do these speak for you too?"),
            "values": [
                {
                    "number": row.canonical.number,
                    "chosen": str(row.canonical.number) in ([kept] if isinstance(kept, str) else kept),
                    **value_for(visit, row.canonical),
                }
                for row in picks
            ],
        },
        step="select",
    )


def standing_page(
    visit: Visit, card: ValuesCard, problems: Mapping[str, str], posted: QueryDict | None
) -> Page:
    """Return where a person's card stands, with the question whether that is fair."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    facts = read_facts(visit, card, posted.get("shown", "")) if posted is not None else None
    facts = facts or facts_of(visit.enrolment, card, config.small_cell)
    return Page(
        "moral_graph/vote_standing.html",
        {
            "title": _("Where your value stands"),
            **_place(visit, card, facts),
            "signed": sign_facts(visit, card, facts),
            "answers": [
                ("yes", _("Yes, it is fair")), ("no", _("No, it is not fair")), ("unsure", _("I am not sure")),
            ],
            "given": _given(visit, posted, f"standing-{card.pk}"),
            "card": card.pk,
        },
        step=f"standing-{card.pk}",
    )  # fmt: skip


def after_page(visit: Visit) -> Page | None:
    """Return where the cards of somebody who finished stand today; None where they are told nothing of it."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    cards = cards_of(visit.enrolment) if config.standing and config.interview is not None else []
    places = [_place(visit, card, facts_of(visit.enrolment, card, config.small_cell)) for card in cards]
    context = {"title": _("Where your value stands"), "places": places}
    return Page("moral_graph/vote_after.html", context) if places else None


def _place(visit: Visit, card: ValuesCard, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a page says of the place of one card."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    value = CanonicalValue.objects.filter(
        study=visit.enrolment.study, number=facts["value"] or 0
    ).first()  # a value's number is never given twice
    contexts = Context.objects.filter(study=visit.enrolment.study)
    told = {row.key: say(row.text, visit.language) for row in contexts}
    numbers = [row["value"] for row in (*facts["towards"], *facts["onward"])]
    others = CanonicalValue.objects.filter(study=visit.enrolment.study, number__in=numbers)
    titles = {other.number: value_for(visit, other)["title"] for other in others}
    mine = _card(card)
    shown = value_for(visit, value) if value is not None else None
    return {
        "mine": mine,
        "value": shown,
        "same": shown == mine,
        "facts": facts,
        "asked": has_told(facts),
        "fewest": config.small_cell,
        "steps": [
            {
                **row,
                "way": way,
                "title": titles.get(row["value"], row["title"]),
                "context": told.get(row["context"], ""),
            }
            for way in ("towards", "onward")
            for row in facts[way]
        ],
    }


def card_page(visit: Visit, card: ValuesCard, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
    """Return a person's own card as a form."""
    return Page(
        "moral_graph/vote_card.html",
        {
            "title": _("Change your card"),
            "written": words_in(card, _given(visit, posted, f"card-{card.pk}")),
            "names_asked": "names_are_fine" in problems,
            "card": card.pk,
        },
        step=f"card-{card.pk}",
    )


def plain_page(visit: Visit, step: str) -> Page:
    """Return the beginning, the wait for one's card, or why there is nothing to do here."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    return Page(
        "moral_graph/vote_start.html",
        {
            "title": visit.say(config.title) or _("Growing wiser"),
            "intro": visit.say(config.intro),
            "stories": config.stories,
            "state": step,
            "cards": [(card.pk, card.accepted_version) for card in cards_of(visit.enrolment)],
        },
        step=step,
    )


def _given(visit: Visit, posted: QueryDict | None, step: str) -> dict[str, str]:
    """Return what was just sent back, else what was typed on this page and not sent."""
    if posted is not None:
        return posted.dict()  # type: ignore[return-value]
    kept = draft_of(visit.enrolment, visit.stage.id, step)
    return {name: text if isinstance(text, str) else " ".join(text[:1]) for name, text in kept.items()}


def _card(card: ValuesCard) -> dict[str, Any]:
    version = card.accepted_version
    assert version is not None
    return {"title": version.title, "description": version.description, "policies": version.policies}


def _beside(visit: Visit, value: CanonicalValue, other: CanonicalValue) -> dict[str, Any]:
    """Return a value with what the other one of the story has too: where two look alike, the difference stands out."""
    mine, theirs = value_for(visit, value), {line.casefold() for line in value_for(visit, other)["policies"]}
    return {**mine, "shared": [line for line in mine["policies"] if line.casefold() in theirs]}
