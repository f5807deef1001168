"""Fine-grained: does the graph say something about particular situations, in particular words?"""

from collections import Counter
from itertools import combinations

import numpy as np
from django.utils.translation import gettext as _

from elicitation.moral_graph.domain.answers import JUDGED
from elicitation.moral_graph.models import CanonicalValue
from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.criteria.cards import Card
from elicitation.moral_graph.report.criteria.measure import NUMBER, measure
from elicitation.moral_graph.report.said import FEWEST_PEOPLE, Numbers, refused
from elicitation.moral_graph.report.winners import CLEAR

FEWEST_CONTEXTS = 2


def measures(basis: Basis, cards: list[Card]) -> list[Numbers]:
    """Return the measures of this criterion."""
    from elicitation.moral_graph.domain.criteria.intervals import average, share_by_person, wilson

    lines = [card.words[2] for card in cards]
    found = [
        measure(
            "policies",
            _("Policies per card"),
            _("How many things a card says one pays attention to; 3 to 7 are asked for."),
            average([len(policies) for policies in lines]),
            unit=NUMBER,
            of=_("cards"),
        ),
        measure(
            "well_formed",
            _("Policies that begin with what is attended to"),
            _("Share of policies that start with a noun in capitals and the plural, as MOMENTS when …"),
            share_by_person(
                [sum(map(begins_well, policies)) for policies in lines], [len(policies) for policies in lines]
            ),
            of=_("cards"),
        ),
        _distance(basis),
    ]
    contexts = len(basis.situations)
    voted = _people_per_context(basis)
    enough = sum(n >= FEWEST_PEOPLE for n in voted.values())
    clear = sum(
        one["winner"]["first"] >= CLEAR
        for one in basis.graph["contexts"]
        if voted[one["context"]] >= FEWEST_PEOPLE
    )
    found += [
        measure(
            "covered",
            _("Situations with enough voters"),
            _("Share of the study's situations in which at least {n} people voted.").format(n=FEWEST_PEOPLE),
            wilson(enough, contexts),
            of=_("situations"),
            fewest=1,
        ),
        measure(
            "clear",
            _("Situations with a clear first value"),
            _(
                "Share of the situations with enough voters whose first value stays first in 95 of 100 resamples."
            ),
            wilson(clear, enough),
            of=_("situations"),
            fewest=FEWEST_CONTEXTS,
        ),
        _differ(basis),
        measure(
            "held_out",
            _("New questions that match a situation"),
            _("Whether the graph speaks to questions nobody planned."),
            refused(_("This platform collects no questions from outside the study.")),
        ),
    ]
    return found


def begins_well(policy: str) -> bool:
    """Return whether a policy starts with a noun phrase in capitals that ends in the plural."""
    words = []
    for word in policy.split():
        if len(word) > 1 and word.isupper():
            words.append(word.strip(",.;:"))
        else:
            break
    return bool(words) and (words[-1].endswith("S") or words[-1] in ("PEOPLE", "CHILDREN", "MEN", "WOMEN"))


def _people_per_context(basis: Basis) -> Counter[str]:
    votes = basis.ballots.votes
    judged = votes.outcome < JUDGED
    pairs = set(zip(votes.context[judged].tolist(), votes.participant[judged].tolist(), strict=True))
    return Counter(votes.contexts[context] for context, _who in pairs)


def _distance(basis: Basis) -> Numbers:
    from elicitation.moral_graph.domain.criteria.intervals import spread_of

    title = _("Distance between values")
    means = _(
        "Mean cosine distance of two values' embeddings: near 0 they say the same. Values are resampled."
    )
    rows = CanonicalValue.objects.filter(
        study=basis.study,
        partition__current=True,
        archived_at=None,
        vector__isnull=False,
        number__in=map(int, basis.support),
    )
    vectors = np.array(list(rows.order_by("number").values_list("vector", flat=True)), dtype=float)
    n = len(vectors)
    if n < FEWEST_PEOPLE:
        why = _("Only {n} values with cards behind them have an embedding.").format(n=n)
        return measure("distance", title, means, refused(why, n), unit=NUMBER)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near = vectors @ vectors.T
    mean = (n * n - near.sum()) / (n * (n - 1))
    weights = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), size=500).astype(float)
    # A value drawn twice is no pair with itself: only pairs of different values weigh.
    pairs = np.einsum("ri,ij,rj->r", weights, 1 - near, weights)
    different = weights.sum(axis=1) ** 2 - (weights**2).sum(axis=1)
    return measure(
        "distance",
        title,
        means,
        spread_of(float(mean), pairs / np.maximum(different, 1), n),
        unit=NUMBER,
        of=_("values"),
    )


def _differ(basis: Basis) -> Numbers:
    from elicitation.moral_graph.domain.criteria.intervals import spread_of

    title = _("Situations that differ in their first value")
    means = _(
        "Share of pairs of situations with different first values: 0 would mean that situations change nothing."
    )
    resampled = basis.resampled
    blocks = resampled.views[0].blocks
    codes = np.unique(blocks.block)
    if len(codes) < FEWEST_CONTEXTS:
        return measure(
            "differ", title, means, refused(_("There is only one situation with votes."), len(codes))
        )
    first = [blocks.value[(resampled.ranks[0] == 1) & (blocks.block == code)][0] for code in codes]
    places = resampled.places[0]
    drawn = np.column_stack(
        [
            blocks.value[blocks.block == code][np.argmax(places[:, blocks.block == code] == 1, axis=1)]
            for code in codes
        ]
    )
    pairs = list(combinations(range(len(codes)), 2))
    share = float(np.mean([first[a] != first[b] for a, b in pairs]))
    again = np.mean([drawn[:, a] != drawn[:, b] for a, b in pairs], axis=0)
    return measure("differ", title, means, spread_of(share, again, len(pairs)), of=_("pairs"), fewest=1)
