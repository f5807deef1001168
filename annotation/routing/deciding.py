"""Where every pair goes: learnt from the seed, bought by gain per cost, with a chance of a person for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from annotation.routing.domain.cases import Case, Label
from annotation.routing.domain.verdicts import verdict
from annotation.routing.gold import gold_of
from annotation.routing.knowing import TEXTS, cases_of, judges_heard, table_of
from annotation.routing.labels import Given, human_labels, judge_labels
from annotation.routing.models import Route, Run
from annotation.routing.policies import config_of
from annotation.routing.pool import experts_of, pool_of
from annotation.routing.routes import Decision, again, current_routes, write_routes
from annotation.routing.rules import rule_for_pair
from annotation.routing.screens import Ground, Place
from annotation.routing.shapes import PolicyConfig
from annotation.routing.spending import lock_run, room, set_aside
from annotation.statistics.errors import NotEstimable
from multivocal.errors import Conflict

if TYPE_CHECKING:
    from annotation.routing.domain.knapsack import Choice
    from annotation.routing.domain.table import Table

_WHY = {"failed": "failed", "conflict": "orders_conflict", "split": "orders_conflict"}


@dataclass(frozen=True)
class Known:
    """Everything a decision rests on, pair by pair, in the ground's order."""

    cases: list[Case]
    judges: list[str]
    rows: list[dict[str, float | None]]
    table: "Table"
    ai: list[tuple[Label | None, str, str]]
    """The AI's label, whose it is, and why there is none."""


def decide_routes(*, run: Run, ground: Ground) -> int:
    """Write where every pair goes; return how many rows. A second time, what was routed stays.

    NotEstimable or Conflict, with a sentence, where the seed cannot tell or the money does not reach the audit. The
    slow part runs without the run's lock; the money is counted again under it.
    """
    config = config_of(run.policy)
    if run.router.get("decided_at"):
        return 0
    given = human_labels(run, ground)
    known = _know(run, ground, config, given)
    seeds = set(Route.objects.filter(run=run, phase="seed").values_list("item_id", "unit"))
    learnt = _learn(run, ground, config, known, given, seeds)
    with transaction.atomic():
        lock_run(run)
        routes = current_routes(run)
        left = room(run, ground)
        decisions = _seed_decisions(ground, known, routes, seeds, learnt)
        undecided = [n for n, pair in enumerate(ground.pairs) if pair.place not in routes]
        if undecided:
            decisions += _decide(run, ground, config, known, learnt, undecided, left)
        number = write_routes(run=run, decisions=decisions)
        set_aside(run, ground)
        now_left = room(run, ground)
        if now_left < 0 <= left:
            raise AssertionError(f"routing promised {-now_left} labels more than there is money for")
        run.edges = learnt.edges
        run.router = run.router | learnt.router | {"decided_at": timezone.now().isoformat()}
        run.save(update_fields=["edges", "router"])
    return number


def _know(run: Run, ground: Ground, config: PolicyConfig, given: Mapping[Place, Sequence[Given]]) -> Known:
    said = {} if config.router == "all_human" else judge_labels(run, ground)
    judges = judges_heard(run, said)
    pool = pool_of(ground.pairs, given, experts_of(run))
    cases = cases_of(run, ground.pairs, said, pool)
    table = table_of(cases, judges)
    order = [judge.name for judge in config.judges]
    return Known(cases, judges, table.rows(), table, [_ai(case, order) for case in cases])


def _ai(case: Case, judges: Sequence[str]) -> tuple[Label | None, str, str]:
    why = "failed"
    for judge in judges:
        said = verdict(case.replies, judge)
        if said.label is not None:
            return said.label, judge, ""
        if said.why != "failed":
            why = _WHY[said.why]
    return None, "", why


@dataclass(frozen=True)
class Learnt:
    """What the seed taught: chances per pair (None without a router that learns), and what is stored of it."""

    p_ai: Any
    p_human: Any
    edges: dict[str, Any]
    router: dict[str, Any]


def _learn(
    run: Run,
    ground: Ground,
    config: PolicyConfig,
    known: Known,
    given: Mapping[Place, Sequence[Given]],
    seeds: set[Place],
) -> Learnt:
    if not config.learns:
        return Learnt(None, None, {}, {"kind": config.router})
    import numpy as np

    from annotation.routing.domain.bins import apply, fix_edges
    from annotation.routing.domain.routers import Kind, fit

    if not known.judges:
        raise NotEstimable(
            "No judge has answered anything that could be read, so there is nothing to route to."
        )
    ai_right, human_right = np.full(len(ground.pairs), np.nan), np.full(len(ground.pairs), np.nan)
    for n, pair in enumerate(ground.pairs):
        if pair.place in seeds and (found := gold_of(given.get(pair.place, ()))) is not None:
            human_right[n] = found.human_right
            if known.ai[n][0] is not None:
                ai_right[n] = float(known.ai[n][0] == found.label)
    in_seed = np.isfinite(ai_right) | np.isfinite(human_right)
    right = ai_right[np.isfinite(ai_right)]
    if not len(right):
        raise NotEstimable(
            f"There is no gold: of {len(seeds)} seed items none has two people who agree and a judge's label."
        )
    if len(set(right)) == 1 and "one_class" not in run.router.get("seen", []):
        which = "right" if right[0] else "wrong"
        raise Conflict(
            f"The judges are {which} on all {len(right)} seed items with gold, so nothing can be learned about where "
            "they err. Resume to route by chance and audits alone, or stop and start with a larger seed or a ladder.",
            code="one_class",
        )
    texts = known.table.only(*TEXTS)
    edges = fix_edges(texts.pick(in_seed))
    table = apply(edges, texts).beside(known.table.only("tags", "judges", "pool"))
    prompts = [case.prompt for case, mine in zip(known.cases, in_seed, strict=True) if mine]
    folds = max(2, min(10, len(set(prompts)) // 5))
    kind: Kind = "boosted" if config.router == "boosted" else "logistic"
    router = fit(
        table.pick(in_seed), ai_right[in_seed], human_right[in_seed],
        groups=prompts, kind=kind, folds=folds, seed=config.random_seed,
    )  # fmt: skip
    stored = {
        "kind": config.router, "sha256": router.sha256, "fitted": router.to_json(), "notes": list(router.notes),
        "quality": router.quality.as_json() if router.quality else None,
        "edges": edges.version, "seed": {"items": len(seeds), "gold": int(in_seed.sum())}, "judges": known.judges,
    }  # fmt: skip
    return Learnt(router.p_ai(table), router.p_human(table), edges.to_json(), stored)


def _seed_decisions(
    ground: Ground, known: Known, routes: Mapping[Place, Route], seeds: set[Place], learnt: Learnt
) -> list[Decision]:
    """The seed stays people's; from here on it stands beside the others, certain to be labelled by a person."""
    found = []
    for n, pair in enumerate(ground.pairs):
        route = routes.get(pair.place)
        if route is not None and pair.place in seeds and not route.features:
            label, judge, _why = known.ai[n]
            to = route.to if route.to == "hold" else "both" if label is not None else "human"
            found.append(
                again(
                    route, phase="main" if route.phase == "seed" else route.phase, to=to, probability=1.0,
                    features=known.rows[n], ai_label=label, ai_judge=judge,
                    p_ai=_at(learnt.p_ai, n), p_human=_at(learnt.p_human, n),
                )
            )  # fmt: skip
    return found


def _decide(
    run: Run,
    ground: Ground,
    config: PolicyConfig,
    known: Known,
    learnt: Learnt,
    undecided: list[int],
    left: int,
) -> list[Decision]:
    pairs = [ground.pairs[n] for n in undecided]
    must = [rule_for_pair(config, ground.pairs[n], known.rows[n]) is not None for n in undecided]
    choice, matched = _choose(run, config, known, learnt, undecided, must, left)
    found = []
    for place, (n, pair) in enumerate(zip(undecided, pairs, strict=True)):
        label, judge, why = known.ai[n]
        to, reason, audit = _where(config, choice, place, label, why, matched[place], must[place])
        found.append(
            Decision(
                item=pair.item, unit=pair.unit, phase="main", to=to, reason=reason,
                probability=float(choice.probability[place]), audit=audit,
                double=bool(choice.double[place]),
                human_wanted=int(choice.asked[place]) + int(choice.double[place]),
                features=known.rows[n], ai_label=label, ai_judge=judge, p_ai=_at(learnt.p_ai, n),
                p_human=_at(learnt.p_human, n), gain=_gain(learnt, n),
            )
        )  # fmt: skip
    return found


def _where(
    config: PolicyConfig, choice: "Choice", place: int, label: Label | None, why: str, rung: str, must: bool
) -> tuple[str, str, bool]:
    """Return (to, reason, audit) of one pair."""
    by = str(choice.by[place])
    if not choice.asked[place]:
        if label is None:
            return "hold", "budget", False
        return "ai", "control_variate" if config.personal else "ai", False
    if must:
        return "human", "must_human", False
    if label is None:
        return "human", "all_human" if config.router == "all_human" else why, False
    if by == "gain":
        return "human", rung or "gain", False
    if config.router == "random":
        return "human", "random", False
    return "both", "audit" if by == "audit" else "sample", True


def _choose(
    run: Run,
    config: PolicyConfig,
    known: Known,
    learnt: Learnt,
    undecided: list[int],
    must: list[bool],
    left: int,
) -> tuple["Choice", list[str]]:
    """Return who is asked, in labels: a label of a person always costs the same here."""
    import numpy as np

    from annotation.routing.domain import knapsack, ladder

    rungs = ladder.read([{"kind": step.rung, "at": step.threshold} for step in config.ladder])
    table = known.table.pick(np.array(undecided))
    missing = np.array([known.ai[n][0] is None for n in undecided])
    # Some who label an item twice will disagree, and a third person is needed.
    keep = ceil(max(left, 0) * config.double * 0.3)
    budget = float(min(max(left - keep, 0), 2 * len(undecided)))
    chance = None if learnt.p_ai is None else learnt.p_ai[undecided]
    matched = [""] * len(undecided)
    gain: np.ndarray | None
    probability = None
    floor = max(config.audit, config.min_probability)
    match config.router:
        case "all_human" | "random":
            gain = None
        case "all_ai":
            gain = np.where(missing, 1.0, -1.0)
        case "ladder":
            gain = ladder.urgency(rungs, table, p_ai=chance) + np.where(missing, len(rungs) + 1.0, 0.0)
            for place, row in enumerate(table.rows()):
                sure = None if chance is None else float(chance[place])
                found = ladder.first_match(rungs, row, p_ai=sure)
                matched[place] = found.reason if found else ""
        case _:
            person = learnt.p_human[undecided]
            assert chance is not None
            gain = np.where(missing, person, person - chance)
            if config.goal in ("estimate", "ranking"):
                # A label that is surely the model's own teaches an estimate little; one that may differ, much.
                spread = np.where(missing, 1.0, np.sqrt(1 - chance))
                probability = knapsack.neyman(
                    spread, 1.0, budget=budget / (1 + config.double), floor=floor, must=np.array(must)
                )
    choice = knapsack.choose(
        gain, 1.0, n=len(undecided), budget=budget, floor=config.min_probability, audit=config.audit,
        must=np.array(must), double=min(config.double, 0.99), probability=probability, seed=config.random_seed,
    )  # fmt: skip
    return choice, matched


def _at(values: Any, n: int) -> float | None:
    return None if values is None else float(values[n])


def _gain(learnt: Learnt, n: int) -> float | None:
    return None if learnt.p_ai is None else float(learnt.p_human[n] - learnt.p_ai[n])
