"""From candidates whose metric is known to the routing that should do best, or to a refusal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from annotation.routing.domain.bins import apply, fix_edges
from annotation.routing.domain.cases import Case
from annotation.routing.domain.gathering import feature_table
from annotation.routing.domain.ppm.files import Candidates
from annotation.routing.domain.ppm.models import Kind, fit_ppm
from annotation.routing.domain.ppm.strategies import simulated, top_k
from annotation.routing.domain.ppm.validation import validate
from annotation.routing.domain.table import Table

Strategy = Literal["top_k", "simulated"]
STRATEGIES: tuple[Strategy, ...] = ("top_k", "simulated")


def tags_of(cases: Sequence[Case], judges: Sequence[str]) -> tuple[Table, str]:
    """Return a column of 0 and 1 for every bin of every feature, and the version of the bins' edges."""
    table = feature_table(cases, judges=judges)
    edges = fix_edges(table)
    return apply(edges, table), edges.version


def choose(
    cases: Sequence[Case],
    judges: Sequence[str],
    found: Candidates,
    *,
    budgets: Sequence[float],
    kind: Kind = "ridge",
    strategy: Strategy = "top_k",
    folds: int = 10,
    seed: int = 0,
) -> dict[str, Any]:
    """Return the validation and, where the declared kind may route, who is asked at every budget (a share of items).

    No metric is promised for a routing: the best of many predictions flatters itself, so what it brings has to be
    measured. Where the model does not beat counting, ``routings`` is empty and ``findings`` says so.
    """
    tags, version = tags_of(cases, judges)
    told = validate(
        tags.names,
        tags.values,
        found.routings,
        found.metric,
        declared=kind,
        kinds=("linear",),
        folds=folds,
        seed=seed,
    )
    routings = []
    if told.chosen:
        ppm = fit_ppm(tags.names, tags.values, found.routings, found.metric, kind=told.chosen, seed=seed)
        pick = top_k if strategy == "top_k" else simulated
        for budget in budgets:
            routing = pick(ppm, tags.values, round(budget * len(cases)), seed=seed)
            human = [case.key for case, asked in zip(cases, routing, strict=True) if asked]
            routings.append({"budget": budget, "asked": len(human), "human": human})
    return {
        "n": len(cases),
        "candidates": len(found.metric),
        "kind": kind,
        "strategy": strategy,
        "bins": version,
        "constant_rmse": told.constant_rmse,
        "skills": [asdict(skill) for skill in told.skills],
        "sentence": told.sentence,
        "routings": routings,
        "findings": [] if told.chosen else [told.sentence],
        "folds": folds,
        "seed": seed,
    }
