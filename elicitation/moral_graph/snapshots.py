"""Snapshots: a graph made from a study's votes and kept, with what is needed to make it again byte for byte."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from elicitation.moral_graph.canonical import digest
from elicitation.moral_graph.domain.answers import JUDGED, OUTCOMES
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, Context, Snapshot
from elicitation.moral_graph.voting import Filters, votes_of
from multivocal.errors import Invalid
from multivocal.studies.models import Study

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.votes import Votes

ESTIMATORS = ("posterior", "published")
DOMAIN = Path(__file__).with_name("domain")


@cache
def code_version() -> str:
    """Return the sha256 of the arithmetic's own files: the same code, the same graph."""
    found = hashlib.sha256()
    for path in sorted(DOMAIN.glob("*.py")):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def take_snapshot(
    *,
    study: Study,
    estimator: str = "posterior",
    filters: Filters | None = None,
    seed: int = 0,
    rounds: int = 200,
    until: datetime | None = None,
) -> Snapshot:
    """Make a graph from the votes as they stand (or stood at ``until``) and keep it; the same again is kept once.

    Where the very graph is kept, nothing is resampled anew. Refuses (Invalid) an unknown estimator.
    """
    while True:
        wanted, votes = _wanted(study, estimator, filters or Filters(), seed, rounds, until or timezone.now())
        kept = _kept_already(wanted) or _keep(_worked_out(wanted, votes))
        if kept is not None:
            return kept


def _kept_already(wanted: Snapshot) -> Snapshot | None:
    """Return the kept graph of these votes under these parameters, if its values and situations have the same words."""
    kept = Snapshot.objects.filter(**_alike(wanted)).order_by("-created_at").first()
    if kept is None or kept.result["situations"] != _situations(wanted.study, kept.result["situations"]):
        return None
    names = kept.result["names"]
    return kept if _names(wanted.study, set(names)) == names else None


def _alike(snapshot: Snapshot) -> dict[str, Any]:
    same = ("study", "estimator", "inputs_sha256", "seed", "parameters", "code_version")
    return {name: getattr(snapshot, name) for name in same}


@transaction.atomic
def _keep(snapshot: Snapshot) -> Snapshot | None:
    """Keep a graph, or return the same one that is kept; None where its values have other words by now.

    While a graph is made somebody may take their words back: those must not be kept after they are gone.
    """
    lock_graph(snapshot.study)
    names = snapshot.result["names"]
    if _names(snapshot.study, set(names)) != names:
        return None
    same = Snapshot.objects.filter(**_alike(snapshot), result_sha256=snapshot.result_sha256).first()
    if same is None:
        snapshot.save()
    return same or snapshot


def make_snapshot(
    *,
    study: Study,
    estimator: str = "posterior",
    filters: Filters | None = None,
    seed: int = 0,
    rounds: int = 200,
    until: datetime | None = None,
    votes: "Votes | None" = None,
) -> Snapshot:
    """Make a graph without keeping it; ``votes``: those of ``votes_of``, where they were read already.

    Refuses (Invalid) an unknown estimator.
    """
    return _worked_out(
        *_wanted(study, estimator, filters or Filters(), seed, rounds, until or timezone.now(), votes)
    )


def rebuild(snapshot: Snapshot) -> Snapshot:
    """Make the same graph again from the rows, without keeping it; compare ``result_sha256`` and ``inputs_sha256``."""
    parameters = dict(snapshot.parameters)
    rounds = parameters.pop("rounds", 200)
    filters = Filters(**parameters)
    return _worked_out(
        *_wanted(snapshot.study, snapshot.estimator, filters, snapshot.seed, rounds, snapshot.until)
    )


def latest(
    study: Study, question: str | None = None, context: str | None = None, estimator: str = "posterior"
) -> Snapshot | None:
    """Return the newest snapshot of a study, of one question or one context; None where none was made."""
    return (
        Snapshot.objects.filter(
            study=study, estimator=estimator, question=question or "", context=context or ""
        )
        .order_by("-created_at")
        .first()
    )


def document(snapshot: Snapshot) -> str:
    """Return the graph as JSON text, the same bytes for the same graph."""
    return as_text(snapshot.result)


def as_text(data: Any) -> str:
    """Return plain data as JSON text, keys in order."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def _wanted(
    study: Study,
    estimator: str,
    filters: Filters,
    seed: int,
    rounds: int,
    until: datetime,
    votes: "Votes | None" = None,
) -> tuple[Snapshot, "Votes"]:
    """Return a graph that is not worked out yet, and the votes it is made of."""
    if estimator not in ESTIMATORS:
        raise Invalid(f"There is no estimator “{estimator}”.", fields={"estimator": ", ".join(ESTIMATORS)})
    votes = votes_of(study, filters, until=until) if votes is None else votes
    return Snapshot(
        study=study, estimator=estimator, question=filters.question, context=filters.context, seed=seed,
        parameters={**filters.told(), "rounds": rounds}, until=until, inputs_sha256=inputs_sha256(votes),
        code_version=code_version(),
    ), votes  # fmt: skip


def _worked_out(snapshot: Snapshot, votes: "Votes") -> Snapshot:
    # Loaded here: servers start without the libraries of statistics.
    from elicitation.moral_graph.domain.posterior import posterior_graph
    from elicitation.moral_graph.domain.published import Thresholds, published_graph

    study, parameters = snapshot.study, dict(snapshot.parameters)
    rounds = parameters.pop("rounds")
    if snapshot.estimator == "published":
        graph = published_graph(votes, Thresholds())
    else:
        graph = posterior_graph(votes, seed=snapshot.seed, rounds=rounds, all_edges=True)
    snapshot.result = {
        "study": study.slug,
        "estimator": snapshot.estimator,
        "filters": parameters,
        "seed": snapshot.seed,
        "rows": {
            "votes": len(votes),
            "used": int((votes.outcome < JUDGED).sum()),
            "people": len(votes.participants),
        },
        "answers": {name: int((votes.outcome == n).sum()) for n, name in enumerate(OUTCOMES)},
        "names": _names(study, {value["id"] for value in graph["values"]} | set(votes.values)),
        "situations": _situations(study, votes.contexts),
        "graph": graph,
    }
    snapshot.result_sha256 = digest(snapshot.result)
    return snapshot


def _situations(study: Study, keys: Iterable[str]) -> dict[str, Any]:
    return {row.key: row.text for row in Context.objects.filter(study=study, key__in=list(keys))}


def inputs_sha256(votes: "Votes") -> str:
    """Return the hash of the votes that went in, whoever gave them."""
    columns = (votes.participant, votes.source, votes.target, votes.context, votes.outcome)
    labels = [list(votes.participants), list(votes.values), list(votes.contexts)]
    return digest([labels, [column.tolist() for column in columns]])


def _names(study: Study, numbers: set[str]) -> dict[str, dict[str, Any]]:
    rows = CanonicalValue.objects.filter(study=study, number__in=[int(number) for number in numbers])
    return {
        str(row.number): {
            "title": row.title, "description": row.description, "policies": row.policies,
            "origin": row.origin, "questions": row.questions,
        }
        for row in rows
    }  # fmt: skip
