"""Who comes first in which situation, with what behind it, and how sure that is."""

from collections import defaultdict
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from elicitation.moral_graph.domain.answers import JUDGED, WISER
from elicitation.moral_graph.report.asked import question_titles
from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.said import FEWEST_PEOPLE, Numbers

SHOWN = 8
CLEAR, LIKELY = 0.95, 0.8


def questions(basis: Basis) -> list[Numbers]:
    """Return every question with its contexts; contexts of no question stand last, under an empty one."""
    found: dict[str, list[Numbers]] = defaultdict(list)
    for one in sorted(basis.graph["contexts"], key=lambda one: one["context"]):
        _text, keys = basis.situations.get(one["context"], (one["context"], ()))
        told = _context(basis, one)
        for key in keys or ("",):
            if not basis.asked.get("question") or key == basis.asked["question"]:
                found[key].append(told)
    titles = question_titles(basis.study)
    return [
        {"question": key, "title": titles.get(key, key), "contexts": found[key]}
        for key in sorted(found, key=lambda key: (not key, key))
    ]


def verdict(first: float) -> str:
    """Return how sure a winner is: clear (first in 95 of 100 resamples), likely (80), else open."""
    return "clear" if first >= CLEAR else "likely" if first >= LIKELY else "open"


def _context(basis: Basis, one: Numbers) -> Numbers:
    votes = basis.ballots.votes
    inside = np.flatnonzero(
        (votes.context == votes.contexts.index(one["context"])) & (votes.outcome < JUDGED)
    )
    people = len(np.unique(votes.participant[inside]))
    told: Numbers = {
        "context": one["context"],
        "text": basis.situations.get(one["context"], (one["context"], ()))[0],
        "people": people,
        "votes": len(inside),
    }
    if people < FEWEST_PEOPLE:
        why = _(
            "Only {n} people voted in this situation; at least {fewest} are needed to name a first value."
        )
        return {**told, "winner": None, "refused": why.format(n=people, fewest=FEWEST_PEOPLE), "values": []}
    values = [_value(basis, row, inside) for row in one["values"][:SHOWN]]
    flip = one["winner"]["votersToFlip"]
    return {
        **told,
        "values_in_all": len(one["values"]),
        "winner": {
            **values[0],
            "verdict": verdict(one["winner"]["first"]),
            "voters_to_flip": flip,
            "share_to_flip": None if flip is None else flip / people,
            "methods_agree": one["winner"]["methodsAgree"],
        },
        "values": values,
    }


def _value(basis: Basis, row: Numbers, inside: Any) -> Numbers:
    votes, code = basis.ballots.votes, basis.codes[row["id"]]
    to, away = (inside[end[inside] == code] for end in (votes.target, votes.source))
    both = np.concatenate([to, away])
    return {
        "value": int(row["id"]),
        "title": basis.titles.get(row["id"], row["id"]),
        "cards": basis.support.get(row["id"], 0),
        "people": len(np.unique(votes.participant[both])),
        "votes": len(both),
        "wiser_to": int((votes.outcome[to] == WISER).sum()),
        "wiser_away": int((votes.outcome[away] == WISER).sum()),
        "share": row["pageRank"],
        "rank": row["rank"],
        "rank_ci95": row["rankCi95"],
        "first": row["first"],
        "bradley_terry_rank": row["bradleyTerryRank"],
        "rank_centrality_rank": row["rankCentralityRank"],
    }
