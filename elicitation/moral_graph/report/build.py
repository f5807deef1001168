"""The report on a study's graph, question by question, from the rows."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from elicitation.moral_graph import snapshots
from elicitation.moral_graph.domain.answers import JUDGED, OUTCOMES, PRIOR
from elicitation.moral_graph.models import WisdomVote
from elicitation.moral_graph.report import as_published, groups, methods, steps, winners
from elicitation.moral_graph.report.asked import cards_asked
from elicitation.moral_graph.report.basis import SEED, Basis, read_basis
from elicitation.moral_graph.report.said import Numbers
from multivocal.studies.models import Study


def build(study: Study, asked: Mapping[str, str]) -> Numbers:
    """Return all numbers of the report; where nobody voted, only what is counted and how."""
    basis = read_basis(study, asked)
    found = begun(basis)
    if not basis.judged:
        return {**found, "questions": []}
    return {
        **found,
        "questions": winners.questions(basis),
        "methods": methods.compared(basis),
        "groups": groups.grouped(basis),
        "cycles": steps.cycles(basis),
        "transitivity": steps.transitivity(basis),
        "published": as_published.published(basis),
    }


def begun(basis: Basis) -> Numbers:
    """Return what every report on a graph begins with: what was asked, when, who is counted and how."""
    return {
        "study": basis.study.slug,
        "asked": dict(basis.asked),
        "at": timezone.now().isoformat(),
        "counted": counted(basis),
        "how": how(basis),
    }


def counted(basis: Basis) -> Numbers:
    """Return who and what is counted, and what is left out by what was asked."""
    votes = basis.ballots.votes
    every = WisdomVote.objects.filter(study=basis.study, superseded_at=None, enrolment__preview=False)
    every = every.exclude(enrolment__status="withdrawn")
    simulated = every.filter(enrolment__simulated=True)
    return {
        "people": len(votes.participants),
        "votes": len(votes),
        "judged": int((votes.outcome < JUDGED).sum()),
        "answers": {name: int((votes.outcome == n).sum()) for n, name in enumerate(OUTCOMES)},
        "reasons": basis.ballots.reasons,
        "values": len(votes.values),
        "contexts": len(votes.contexts),
        "cards": cards_asked(basis.study, basis.asked).count(),
        "supported": len(basis.graph["edges"]),
        "simulated_votes": simulated.count(),
        "simulated_counted": basis.asked.get("simulated") == "with",
        "seeds_counted": basis.asked.get("seeds") == "with",
    }


def how(basis: Basis) -> dict[str, Any]:
    """Return what somebody needs to make the same numbers again."""
    made, kept = basis.graph_made, basis.kept
    return {
        "estimator": made.estimator,
        "filters": {key: value for key, value in made.parameters.items() if key != "rounds"},
        "rounds": basis.rounds,
        "seed": SEED,
        "prior": PRIOR,
        "damping": _damping(),
        "small_cell": basis.small_cell,
        "inputs_sha256": made.inputs_sha256,
        "result_sha256": made.result_sha256,
        "code_version": snapshots.code_version(),
        "snapshot": None if kept is None else {"id": str(kept.pk), "at": kept.created_at.isoformat()},
    }


def _damping() -> float:
    from elicitation.moral_graph.domain.ranks import DAMPING

    return DAMPING
