"""Generalizable: can answers in one situation be told from answers in others?"""

from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext as _

from elicitation.moral_graph.domain.answers import JUDGED
from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.criteria.cards import Card
from elicitation.moral_graph.report.criteria.measure import DIFFERENCE, measure
from elicitation.moral_graph.report.said import Numbers, refused

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.criteria.prediction import Foretold
    from elicitation.moral_graph.domain.votes import IntArray


def measures(basis: Basis, cards: list[Card]) -> list[Numbers]:
    """Return the measures of this criterion."""
    from elicitation.moral_graph.domain.criteria.intervals import wilson
    from elicitation.moral_graph.domain.criteria.prediction import by_context, by_people, foretell

    votes = basis.ballots.votes
    found: list[Numbers] = []
    if len(votes.contexts) > 1:
        found += _told(
            "situation",
            _("a situation held out"),
            _("answers in situations the model never saw"),
            foretell(votes, by_context(votes)),
        )
    else:
        found.append(
            _refused("situation", _("a situation held out"), _("There is only one situation with votes."))
        )
    questions = _by_question(basis)
    if len(questions) > 1:
        found += _told(
            "question",
            _("a question held out"),
            _("answers under questions the model never saw"),
            foretell(votes, questions),
        )
    else:
        why = _("The situations with votes belong to one question.")
        found.append(_refused("question", _("a question held out"), why))
    found += _told(
        "people",
        _("people held out"),
        _("answers of people the model never saw, in situations it did see"),
        foretell(votes, by_people(votes)),
    )
    asked: dict[str, set[str]] = {}
    behind: dict[str, int] = {}
    for card in cards:
        if card.value:
            asked.setdefault(card.value, set()).add(card.question)
            behind[card.value] = behind.get(card.value, 0) + 1
    several = [value for value, n in behind.items() if n > 1]
    judged = votes.outcome < JUDGED
    seen: dict[int, set[int]] = {}
    for column in (votes.source, votes.target):
        for value, context in zip(column[judged].tolist(), votes.context[judged].tolist(), strict=True):
            seen.setdefault(value, set()).add(context)
    found += [
        measure(
            "reused",
            _("Values that answer more than one question"),
            _("Of the values with two cards or more, the share with cards from two questions or more."),
            wilson(sum(len(asked[value]) > 1 for value in several), len(several)),
            of=_("values"),
        ),
        measure(
            "carried",
            _("Values voted on in more than one situation"),
            _("Only for these can the graph say whether a value carries over."),
            wilson(sum(len(contexts) > 1 for contexts in seen.values()), len(seen)),
            of=_("values"),
        ),
        measure(
            "endorsed",
            _("People who endorse the value applied to a new question"),
            _("The last proof that a value transfers."),
            refused(_("Nobody is asked to judge a value applied to a new question in this study.")),
        ),
    ]
    return found


def _by_question(basis: Basis) -> list["IntArray"]:
    votes = basis.ballots.votes
    question = {
        code: (basis.situations.get(key, (key, ()))[1] or ("",))[0] for code, key in enumerate(votes.contexts)
    }
    names = sorted(set(question.values()))
    own = np.array([names.index(question[code]) for code in range(len(votes.contexts))], dtype=np.int64)
    return [np.flatnonzero(own[votes.context] == number) for number in range(len(names))]


def _told(key: str, held: str, what: str, found: "Foretold | None") -> list[Numbers]:
    title = _("Told better than by the base rate: {held}").format(held=held)
    means = _(
        "How much smaller the squared error is than that of the share of “wiser” elsewhere, for {what}. 0: no better; "
        "below 0: worse."
    ).format(what=what)
    if found is None:
        why = _("Fewer than 30 answers are about two values that were both voted on elsewhere.")
        return [measure(f"told_{key}", title, means, refused(why), unit=DIFFERENCE)]
    beside = _(
        " Right in {right} of 100 answers (base rate: {base}); {votes} answers, {covered} % of those held out."
    )
    means += beside.format(
        right=round(100 * found.right),
        base=round(100 * found.base),
        votes=found.votes,
        covered=round(100 * found.covered),
    )
    return [measure(f"told_{key}", title, means, found.skill, unit=DIFFERENCE, of=_("people"))]


def _refused(key: str, held: str, why: str) -> Numbers:
    title = _("Told better than by the base rate: {held}").format(held=held)
    means = _("How much smaller the squared error is than that of the share of “wiser” elsewhere.")
    return measure(f"told_{key}", title, means, refused(why), unit=DIFFERENCE)
