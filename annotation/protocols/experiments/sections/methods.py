"""R12, in each way of asking's own terms: severity, screened MUSHRA, best–worst counts, models of orders, pairs."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from annotation.protocols.experiments.arrays import comparisons_of, ratings_of
from annotation.protocols.experiments.numbers import Numbers, safely
from annotation.protocols.experiments.rows import Row, counted
from annotation.protocols.experiments.sections.scores import naming
from annotation.protocols.experiments.selection import Selection
from annotation.statistics.errors import NotEstimable

if TYPE_CHECKING:
    from annotation.statistics.rows import Rankings

Method = Callable[[Selection, str, list[Row]], Any]
MANY, MOST_STEPS = 30, 20
ORDERED = frozenset({"ranking", "rate_then_rank"})


def methods(selection: Selection) -> list[dict[str, Any]]:
    """Return per protocol the estimates that its kind has of its own: ``{protocol, kind, <method>: estimate}``.

    The worths of ``scores`` put all protocols on one scale; these keep what that scale loses.
    """
    if not any(response.system for response in selection.responses.values()):
        return []
    lines = []
    for key, rows in selection.by_protocol.items():
        line: Numbers = {"protocol": key, "kind": rows[0].kind}
        for name, method in _fitting(selection, key, rows[0].kind):
            line[name] = safely(method, selection, key, rows)
        lines.append(line)
    return lines


def _fitting(selection: Selection, key: str, kind: str) -> Iterable[tuple[str, Method]]:
    if key in selection.rating:
        yield "severity", _severity
    if kind == "mushra":
        yield "mushra", _mushra
    if kind == "best_worst":
        yield "best_worst", _best_worst
    if kind in ORDERED:
        yield "orders", _orders
    if kind == "rate_then_rank":
        yield "joint", _joint
    if key in selection.ranking:
        yield "rank_centrality", _rank_centrality
        yield "elo", _elo


def _severity(selection: Selection, _key: str, rows: list[Row]) -> Any:
    """Many-facet Rasch: the systems freed from how severe each annotator is."""
    from annotation.statistics.rasch import fit_rasch

    ratings = ratings_of(rows, naming(selection))
    if len(set(ratings.score.tolist())) > MOST_STEPS:
        raise NotEstimable(_("A scale of so many points has too many steps for a model of every step."))
    fewest = min(Counter(ratings.stimulus.tolist()).values(), default=0)
    # Of many ratings each, a joint fit is hardly biased, and a marginal one is costly.
    found = fit_rasch(
        ratings, method="joint" if fewest >= MANY else "marginal", level=selection.plan.confidence
    )
    raters = found.facet("rater")
    return {
        "systems": found.target,
        "raters": {
            "n": len(raters.labels),
            "reliability": raters.reliability,
            "most_lenient": float(raters.estimate.min()),
            "most_severe": float(raters.estimate.max()),
            "misfitting": len(raters.misfits()),
        },
        "aside": len(found.aside),
        "method": found.method,
    }


def _mushra(selection: Selection, key: str, _rows: list[Row]) -> Any:
    """Scores with and without the annotators whom the screening excludes; references and anchors by their role."""
    from annotation.statistics.mushra import REFERENCE, summarise_mushra

    system = naming(selection)

    def name(stimulus: str) -> str:
        role = selection.responses[stimulus].role
        return system(stimulus) if role == "system" else role

    rows = [row for row in counted(selection.rows, models=selection.models) if row.protocol == key]
    ratings = ratings_of(rows, name)
    roles = {name(one): selection.responses[one].role for row in rows for one in row.shown}
    found = summarise_mushra(
        ratings, roles, level=selection.plan.confidence, screen=REFERENCE in roles.values()
    )
    return {
        "raters": len(ratings.raters),
        "screened": sum(one.screened for one in found.screening),
        "excluded": len(found.excluded),
        "all": found.all_scores,
        "kept": found.kept_scores,
        "tests": found.kept_tests,
        "method": found.method,
    }


def _best_worst(selection: Selection, _key: str, rows: list[Row]) -> Any:
    from annotation.statistics.orders.best_worst import best_worst_scores

    return best_worst_scores(_rankings(selection, rows, _best_or_worst), level=selection.plan.confidence)


def _orders(selection: Selection, _key: str, rows: list[Row]) -> Any:
    """Davidson–Luce, which without ties is Plackett–Luce."""
    from annotation.statistics.orders.ties import fit_davidson_luce

    return fit_davidson_luce(_rankings(selection, rows, _place), level=selection.plan.confidence)


def _joint(selection: Selection, _key: str, rows: list[Row]) -> Any:
    from annotation.statistics.orders.mallows_binomial import fit_mallows_binomial

    given = ratings_of(rows, naming(selection))
    # The model counts steps from the lowest score that anybody gave.
    steps = replace(given, score=given.score - given.score.min()) if len(given) else given
    return fit_mallows_binomial(
        steps,
        _rankings(selection, rows, _place),
        top=int(steps.score.max()) if len(given) else 0,
        seed=selection.plan.seed,
        level=selection.plan.confidence,
    )


def _rank_centrality(selection: Selection, _key: str, rows: list[Row]) -> Any:
    from annotation.statistics.pairwise.rank_centrality import rank_centrality

    pairs = comparisons_of(rows, naming(selection))
    return rank_centrality(pairs.take(pairs.a != pairs.b), level=selection.plan.confidence)


def _elo(selection: Selection, _key: str, rows: list[Row]) -> Any:
    from annotation.statistics.pairwise.elo import elo

    pairs = comparisons_of(rows, naming(selection))
    return elo(pairs.take(pairs.a != pairs.b), seed=selection.plan.seed)


def _rankings(selection: Selection, rows: list[Row], place: Callable[[int, int], int]) -> "Rankings":
    """Return the judgements as rankings of systems; ``place`` turns (wins, losses) into a rank."""
    from annotation.statistics.rows import Rankings

    name = naming(selection)
    columns: dict[str, list[Any]] = {key: [] for key in ("item", "rater", "stimulus", "rank", "judgement")}
    for row in rows:
        won: dict[str, int] = {}
        lost: dict[str, int] = {}
        for pair in row.pairs:
            for stimulus, outcome in ((pair.a, pair.outcome), (pair.b, -pair.outcome)):
                won[stimulus] = won.get(stimulus, 0) + (outcome > 0)
                lost[stimulus] = lost.get(stimulus, 0) + (outcome < 0)
        if len({name(stimulus) for stimulus in won}) < len(won):
            continue  # two answers of one system: neither has the place of the system
        for stimulus in won:
            for key, value in zip(
                columns, (row.item, row.rater, name(stimulus), place(won[stimulus], lost[stimulus]), row.judgement),
                strict=True,
            ):  # fmt: skip
                columns[key].append(value)
    if not columns["item"]:
        raise NotEstimable(_("No judgement orders answers of different systems."))
    return Rankings.from_columns(columns)


def _place(_won: int, lost: int) -> int:
    return 1 + lost


def _best_or_worst(won: int, lost: int) -> int:
    """1 = best, 3 = worst: the pairs among the others are not known, so they have both or neither."""
    if won and not lost:
        return 1
    return 3 if lost and not won else 2
