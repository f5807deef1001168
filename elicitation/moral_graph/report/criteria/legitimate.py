"""Legitimate: do the people whose values these are recognise them, and find their place fair?"""

from collections import Counter
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from elicitation.moral_graph.domain.answers import JUDGED
from elicitation.moral_graph.models import Confirmation, Fairness, Passed
from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.criteria.cards import Card, Words
from elicitation.moral_graph.report.criteria.measure import DIFFERENCE, measure
from elicitation.moral_graph.report.said import FEWEST_PEOPLE, Numbers, refused

LIVED = ("some", "much")


def measures(basis: Basis, cards: list[Card]) -> list[Numbers]:
    """Return the measures of this criterion."""
    return [
        *_fair(basis, cards),
        *_confirmed(basis, cards),
        *_words(cards),
        *_place(basis, cards),
        _lived(basis, cards),
    ]


def _fair(basis: Basis, cards: list[Card]) -> list[Numbers]:
    from elicitation.moral_graph.domain.criteria.intervals import wilson

    mine = {card.id for card in cards}
    # Somebody with two cards is asked of each: people count once, by their first answer.
    answers: dict[str, str] = {}
    nowhere: set[str] = set()
    for row in Fairness.objects.filter(card__in=mine).order_by("created_at", "pk"):
        answers.setdefault(str(row.enrolment_id), row.answer)
        if row.canonical_id is None:
            nowhere.add(str(row.enrolment_id))
    said = Counter(answers.values())
    done = {card.enrolment for card in cards if card.complete}
    # Who was told that there is nothing to tell yet was not asked, and is not silent.
    read = Passed.objects.filter(step__startswith="told-", enrolment__study=basis.study)
    silent = len(done - answers.keys() - {str(pk) for pk in read.values_list("enrolment", flat=True)})
    n = sum(said.values())
    why = _("Nobody was asked yet whether their value stands in a fair place.")
    told = _(
        " Yes {yes}, no {no}, unsure {unsure}; {nowhere} of those asked have a value that stands nowhere yet."
    ).format(yes=said["yes"], no=said["no"], unsure=said["unsure"], nowhere=len(nowhere))
    return [
        measure(
            "fair",
            _("People who find their value's place fair"),
            _("Share of “yes” among all who answered; unsure is no yes.") + told,
            wilson(said["yes"], n),
            of=_("people"),
            why=why,
        ),
        measure(
            "fair_silent",
            _("… who finished and did not answer"),
            _("What they would have said is not known: the share above may move by this much either way."),
            wilson(silent, len(done)) if n else refused(why),
            of=_("people"),
        ),
        measure(
            "survey",
            _("Answers to a closing survey"),
            _("Trust, learning and respect, as the method's authors asked for."),
            refused(
                _("Surveys belong to the study's own questionnaires; their answers are in its datasets.")
            ),
        ),
    ]


def _confirmed(basis: Basis, cards: list[Card]) -> list[Numbers]:
    from elicitation.moral_graph.domain.criteria.intervals import wilson

    mine = {card.id for card in cards}
    rows = Confirmation.objects.filter(card__in=mine, canonical__partition__study=basis.study)
    answered = list(rows.values_list("card", "answer"))
    said = Counter(answer for _card, answer in answered)
    asked = {card for card, _answer in answered}
    waiting = [
        card
        for card in cards
        if card.complete and card.value and not card.in_own_words and card.id not in asked
    ]
    n = sum(said.values())
    why = _("No card was merged into a value of other words, so nobody was asked.")
    return [
        measure(
            "confirmed",
            _("Merged values that still speak for their people"),
            _(
                "Share of “yes” when people saw what their card became; {no} said no and got their own value, "
                "{unsure} were unsure."
            ).format(no=said["no"], unsure=said["unsure"]),
            wilson(said["yes"], n),
            of=_("answers"),
            why=why,
        ),
        measure(
            "unconfirmed",
            _("Cards merged into other words and never confirmed"),
            _("Of the cards of people who finished: merged after they were asked, or passed over."),
            wilson(len(waiting), sum(card.complete and card.value is not None for card in cards)),
            of=_("cards"),
        ),
    ]


def _words(cards: list[Card]) -> list[Numbers]:
    from elicitation.moral_graph.domain.criteria.intervals import average, wilson

    changed = [changed_share(card.draft, card.words) for card in cards if card.draft]
    people: dict[str, bool] = {}
    for card in cards:
        if card.value:
            people[card.enrolment] = people.get(card.enrolment, False) or card.in_own_words
    return [
        measure(
            "edited",
            _("How far people changed the model's draft"),
            _("Mean share of words that differ between the first draft and the accepted card."),
            average(changed),
            of=_("cards"),
            why=_("No accepted card began as a model's draft."),
        ),
        measure(
            "untouched",
            _("Cards accepted as the model drafted them"),
            _("Either the draft was right, or nobody looked: a high share is not good in itself."),
            wilson(sum(share == 0 for share in changed), len(changed)),
            of=_("cards"),
            why=_("No accepted card began as a model's draft."),
        ),
        measure(
            "own_words",
            _("People whose own words stand in the graph"),
            _("Share with at least one card whose value has exactly its words."),
            wilson(sum(people.values()), len(people)),
            of=_("people"),
        ),
    ]


def _place(basis: Basis, cards: list[Card]) -> list[Numbers]:
    from elicitation.moral_graph.domain.criteria.intervals import wilson

    votes = basis.ballots.votes
    judged = votes.outcome < JUDGED
    codes = {*votes.source[judged].tolist(), *votes.target[judged].tolist()}
    linked = {votes.values[code] for code in codes}
    people: dict[str, bool] = {}
    for card in cards:
        people[card.enrolment] = people.get(card.enrolment, False) or card.value in linked
    return [
        measure(
            "unlinked",
            _("People whose values nobody voted on"),
            _("They have cards and no place in the graph; a graph that hides them looks fairer than it is."),
            wilson(sum(not there for there in people.values()), len(people)),
            of=_("people"),
        )
    ]


def _lived(basis: Basis, cards: list[Card]) -> Numbers:
    """Return whether values that come first are those of people who have lived through what the question is about."""
    from elicitation.moral_graph.domain.criteria.intervals import difference

    firsts = {one["winner"]["id"] for one in basis.graph["contexts"]}
    people: dict[str, tuple[bool, bool]] = {}
    for card in cards:
        if card.experience:
            first = people.get(card.enrolment, (False, False))[0] or card.value in firsts
            people[card.enrolment] = (first, card.experience in LIVED)
    title = _("Lived experience behind first values")
    means = _(
        "Share of people with experience of what the question is about among those with a card in a first value, less "
        "that share among the others. Above 0: experience rises without anybody naming experts."
    )
    inside, outside = ([float(first is side) for first, _lived in people.values()] for side in (True, False))
    if min(sum(inside), sum(outside)) < FEWEST_PEOPLE:
        why = _("At least {n} people on either side must have said how much they have lived through.")
        return measure(
            "lived", title, means, refused(why.format(n=FEWEST_PEOPLE), len(people)), unit=DIFFERENCE
        )
    lived = [lived for _first, lived in people.values()]
    parts = ([one * has for one, has in zip(side, lived, strict=True)] for side in (inside, outside))
    return measure(
        "lived",
        title,
        means,
        difference((next(parts), inside), (next(parts), outside)),
        unit=DIFFERENCE,
        of=_("people"),
    )


def changed_share(before: Words, after: Words) -> float:
    """Return the share of words that differ, 0 to 1: one less the matched words over those of the longer text."""
    a, b = (
        [word for part in (words[0], words[1], *words[2]) for word in part.split()]
        for words in (before, after)
    )
    matched = sum(block.size for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return 1 - matched / max(len(a), len(b), 1)
