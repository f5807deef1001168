"""Scalable: what do more people bring, and what does one of them cost in time, calls and money?"""

from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.criteria.cards import Card
from elicitation.moral_graph.report.criteria.measure import CORRELATION, NUMBER, counted, measure
from elicitation.moral_graph.report.said import Numbers, refused
from multivocal.llm.models import Call
from multivocal.studies.models import Enrolment

FEWEST = 10


def measures(basis: Basis, cards: list[Card]) -> tuple[list[Numbers], Numbers]:
    """Return the measures of this criterion, and the curves of growth."""
    from elicitation.moral_graph.domain.criteria.growth import first_come, grow, novelty

    votes, views = basis.ballots.votes, basis.resampled.views
    order = first_come(votes.participant, basis.ballots.moment)
    batches = grow(votes, *views, order) if len(order) >= FEWEST else []
    people: dict[str, list[str]] = {}
    for card in cards:
        if card.value:
            people.setdefault(card.enrolment, []).append(card.value)
    new = novelty(list(people.values()))
    few = _("Only {n} people voted; a curve needs {fewest}.").format(n=len(order), fewest=FEWEST)
    half = next((one for one in batches if one.people >= len(order) / 2), None)
    found = [
        measure(
            "half",
            _("Order after half of the people"),
            _(
                "Spearman's rho between the order of all values after the first half of the people and after all."
            ),
            refused(few, len(order))
            if half is None or half.spearman is None
            else {"estimate": half.spearman, "low": None, "high": None, "n": half.people, "counted": True},
            unit=CORRELATION,
            of=_("people"),
        ),
        measure(
            "winners_at_half",
            _("First values there after half of the people"),
            _("Share of the situations whose first value was first already after half of the people."),
            refused(few, len(order))
            if half is None
            else {
                "estimate": half.winners / half.contexts,
                "low": None,
                "high": None,
                "n": half.contexts,
                "counted": True,
            },
            of=_("situations"),
        ),
        measure(
            "new_first",
            _("New values per 50 people, first half"),
            _("How many values people brought that nobody before them had; exact Poisson interval."),
            new.first,
            unit=NUMBER,
            of=_("people"),
        ),
        measure(
            "new_second",
            _("New values per 50 people, second half"),
            _("The same for the second half. Where it is far lower, more people confirm more than they add."),
            new.second,
            unit=NUMBER,
            of=_("people"),
        ),
        *_spent(basis),
    ]
    curves = {
        "batches": [
            {
                "people": one.people,
                "votes": one.votes,
                "values": one.values,
                "supported": one.supported,
                "winners": one.winners,
                "contexts": one.contexts,
                "spearman": one.spearman,
            }
            for one in batches
        ],
        "values": list(new.curve),
    }
    return found, curves


def _spent(basis: Basis) -> list[Numbers]:
    from elicitation.moral_graph.domain.criteria.intervals import average, middle

    enrolments = Enrolment.objects.filter(study=basis.study, preview=False, status=Enrolment.Status.COMPLETE)
    if basis.asked.get("simulated") != "with":
        enrolments = enrolments.filter(simulated=False)
    rows = list(enrolments.order_by("pk").values_list("pk", "started_at", "finished_at"))
    minutes = [(end - start).total_seconds() / 60 for _who, start, end in rows if end]
    calls = Call.objects.filter(account=basis.study.pk).exclude(state="started")
    per: dict[Any, tuple[int, float]] = {
        row["person"]: (row["n"], float(row["cost"] or 0))
        for row in calls.filter(person__in=[row[0] for row in rows])
        .values("person")
        .annotate(n=Count("pk"), cost=Sum("cost"))
    }
    own = [per.get(row[0], (0, 0.0)) for row in rows]
    shared = calls.filter(person=None).aggregate(n=Count("pk"), cost=Sum("cost"))
    return [
        measure(
            "minutes",
            _("Minutes per person"),
            _("Median from start to end, pauses included; people who finished."),
            middle(minutes),
            unit=NUMBER,
            of=_("people"),
        ),
        measure(
            "calls",
            _("Calls of models per person"),
            _("Mean of the calls made for one person's talk and card, failed ones too."),
            average([n for n, _cost in own]),
            unit=NUMBER,
            of=_("people"),
        ),
        measure(
            "cost",
            _("Cost per person, USD"),
            _("Mean of what these calls cost, as the ledger has it."),
            average([cost for _n, cost in own]),
            unit=NUMBER,
            of=_("people"),
        ),
        _shared(shared, len(rows)),
    ]


def _shared(calls: dict[str, Any], people: int) -> Numbers:
    title = _("Calls for all, per person who finished")
    means = _(
        "Merging cards and writing stories: {n} calls, {cost:.4f} USD in all. It should fall as people come."
    )
    means = means.format(n=calls["n"], cost=float(calls["cost"] or 0))
    if not people:
        return measure("shared_calls", title, means, refused(_("Nobody has finished yet.")), unit=NUMBER)
    return counted("shared_calls", title, means, calls["n"] / people, people, of=_("people"))
