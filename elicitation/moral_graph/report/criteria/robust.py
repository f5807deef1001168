"""Robust: would other people, other words, another order or a few of one mind have given another graph?"""

import math
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext as _

from elicitation.moral_graph.domain.answers import JUDGED, WISER
from elicitation.moral_graph.report.basis import ROUNDS, Basis
from elicitation.moral_graph.report.criteria.measure import DIFFERENCE, NUMBER, counted, measure
from elicitation.moral_graph.report.criteria.partitions import measures_of_partitions
from elicitation.moral_graph.report.said import FEWEST_PEOPLE, Numbers, refused

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.criteria.ordering import Mask
    from elicitation.moral_graph.domain.steps import FloatArray

ALL_YES = 3


def measures(basis: Basis) -> list[Numbers]:
    """Return the measures of this criterion."""
    return [
        *_resampled(basis),
        *_left_out(basis),
        *_flipped(basis),
        *_swayed(basis),
        *measures_of_partitions(basis),
    ]


def _resampled(basis: Basis) -> list[Numbers]:
    from elicitation.moral_graph.domain.criteria.intervals import spread_of

    resampled, people = basis.resampled, len(basis.ballots.votes.participants)
    found = []
    for top, fewest in ((10, 11), (3, 4)):
        share, drawn = resampled.top_kept(1, top)
        title = _("The first {n} values stay the first {n}").format(n=top)
        means = _(
            "Share of them that are still among the first {n} of all situations when people are resampled."
        ).format(n=top)
        values = len(resampled.views[1].blocks)
        why = _("There are {n} values; more than {top} are needed.").format(n=values, top=fewest - 1)
        found.append(
            measure(
                f"top_{top}",
                title,
                means,
                refused(why, values) if math.isnan(share) else spread_of(share, drawn, people),
                of=_("people"),
            )
        )
    pooled = float(resampled.first_kept(1)[0])
    each = resampled.first_kept(0)
    each = each[np.isfinite(each)]
    rounds = basis.rounds
    found += [
        measure(
            "first_kept",
            _("The first value of all situations stays first"),
            _("Share of {n} resamples of people.").format(n=rounds),
            refused(_("There is only one value.")) if math.isnan(pooled) else _share_of(pooled, people),
            of=_("people"),
        ),
        measure(
            "firsts_kept",
            _("Each situation's first value stays first"),
            _("Mean over situations, with the least and the most stable one as its ends."),
            refused(_("No situation has two values."))
            if not len(each)
            else {
                "estimate": float(each.mean()),
                "low": float(each.min()),
                "high": float(each.max()),
                "n": len(each),
                "range": True,
            },
            of=_("situations"),
        ),
    ]
    return found


def _share_of(share: float, people: int) -> Numbers:
    # A share of resamples is no estimate of something outside them: it says itself how sure something is.
    return {"estimate": share, "low": None, "high": None, "n": people, "counted": True}


def _left_out(basis: Basis) -> list[Numbers]:
    from elicitation.moral_graph.domain.criteria.intervals import wilson
    from elicitation.moral_graph.domain.criteria.leaving_out import without_each

    view, people = basis.resampled.views[0], len(basis.ballots.votes.participants)
    # Of many people a part is left out, spread evenly: a thousand graphs would say hardly more.
    most = 400 if basis.rounds == ROUNDS else 50
    chosen = np.unique(np.linspace(0, people - 1, min(people, most)).astype(int))
    alone = without_each(view, [np.array([who]) for who in chosen])
    title = _("People who alone decide a first value")
    means = _("Share of people without whom at least one situation would have another first value.")
    found = [
        measure(
            "decisive", title, means, wilson(sum(n > 0 for n in alone.changed), len(chosen)), of=_("people")
        )
    ]
    arms = sorted(set(basis.ballots.arms) - {""})
    title = _("First values that hang on one arm")
    means = _("The most first values, of {n}, that change when the people of one arm are left out.").format(
        n=alone.winners
    )
    if len(arms) < 2:
        found.append(
            measure("arms", title, means, refused(_("The study has no two arms with votes.")), unit=NUMBER)
        )
    else:
        given = np.array(basis.ballots.arms)
        changed = without_each(view, [np.flatnonzero(given == arm) for arm in arms]).changed
        found.append(counted("arms", title, means, max(changed), len(arms), of=_("arms")))
    return found


def _flipped(basis: Basis) -> list[Numbers]:
    flips = [one["winner"]["votersToFlip"] for one in basis.graph["contexts"]]
    known = sorted(n for n in flips if n is not None)
    title = _("Voters of one mind who change a first value")
    means = _(
        "The fewest new voters who change the first value of some situation, "
        "each answering every question there is about one other value in its favour."
    )
    if not known:
        return [
            measure(
                "flip", title, means, refused(_("No situation has a second value to put first.")), unit=NUMBER
            )
        ]
    middle = _("The same for the situation in the middle.")
    return [
        counted("flip", title, means, known[0], len(flips), of=_("situations")),
        counted(
            "flip_middle",
            _("… in a typical situation"),
            middle,
            float(np.median(known)),
            len(flips),
            of=_("situations"),
        ),
    ]


def _swayed(basis: Basis) -> list[Numbers]:
    from elicitation.moral_graph.domain.criteria.intervals import difference, share_by_person, wilson

    ballots, votes = basis.ballots, basis.ballots.votes
    judged = votes.outcome < JUDGED
    yes = (votes.outcome == WISER) & judged
    n = len(votes.participants)

    def per(rows: "Mask") -> "FloatArray":
        return np.bincount(votes.participant[rows], minlength=n).astype(float)

    mirrored = np.array([one is True for one in ballots.mirrored])
    straight = np.array([one is False for one in ballots.mirrored])
    latest = np.zeros(n, dtype=np.int64)
    np.maximum.at(latest, votes.participant, ballots.position)
    drawn = ballots.position > 0
    first = drawn & (ballots.position == 1)
    last = drawn & (ballots.position == latest[votes.participant]) & ~first
    many = per(judged) >= ALL_YES
    everything = many & (per(yes) == per(judged))
    few = _("The answers of at least {n} people on both sides are needed.").format(n=FEWEST_PEOPLE)

    def apart(a: "Mask", b: "Mask") -> Numbers | None:
        sides = [per(judged & side) for side in (a, b)]
        if min(int((side > 0).sum()) for side in sides) < FEWEST_PEOPLE:
            return refused(few)
        found = difference((per(yes & a), sides[0]), (per(yes & b), sides[1]))
        return found.as_json() if found else refused(few)

    return [
        measure(
            "answer_order",
            _("Pull of the order of the answers"),
            _(
                "Share of “wiser” among those who saw the answers in the other order, less that of the rest; 0 is none."
            ),
            apart(mirrored, straight),
            unit=DIFFERENCE,
            of=_("people"),
        ),
        measure(
            "story_place",
            _("Pull of a story's place"),
            _(
                "Share of “wiser” to the last story, less that to the first; places are drawn at random. 0 is none."
            ),
            apart(last, first),
            unit=DIFFERENCE,
            of=_("people"),
        ),
        measure(
            "says_wiser",
            _("Answers that say “wiser”"),
            _(
                "Stories are told in either direction at random: far above one half, people say yes to anything."
            ),
            share_by_person(per(yes), per(judged)),
            of=_("people"),
        ),
        measure(
            "all_yes",
            _("People who say “wiser” to everything"),
            _("Of those who judged {n} stories or more.").format(n=ALL_YES),
            wilson(int(everything.sum()), int(many.sum())),
            of=_("people"),
        ),
    ]
