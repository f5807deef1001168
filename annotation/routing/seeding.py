"""The random items people label first, whatever models say of them; and more of these while nothing else is decided."""

import math
from collections.abc import Iterable

from annotation.routing.models import Run
from annotation.routing.policies import config_of
from annotation.routing.routes import Decision, coin, current_routes, write_routes
from annotation.routing.rules import rule_for_pair
from annotation.routing.screens import Ground, Pair, Place
from annotation.routing.shapes import PolicyConfig
from annotation.routing.spending import set_aside


def write_seed(*, run: Run, ground: Ground) -> int:
    """Route the seed and what rules keep for people; return how many are new. With the run's lock held.

    The seed is the first of all pairs in an order of chance, so each had the same probability of being in it. What a
    rule keeps for people is never shown to a judge. A second time writes nothing.
    """
    config = config_of(run.policy)
    known = current_routes(run)
    # People who came while prompts were being described have the first of the same order of chance.
    fixed = {place for place, route in known.items() if route.reason != "early"}
    kept = {pair.place: why for pair in ground.pairs if (why := rule_for_pair(config, pair))}
    open_pairs = [pair for pair in ground.pairs if pair.place not in kept]
    size = min(config.seed.items, len(open_pairs)) if config.router != "all_human" else 0
    seed = in_random_order(run, open_pairs)[:size]
    decisions = [
        Decision(
            item=pair.item, unit=pair.unit, phase="main", to="human", reason="must_human", probability=1.0,
            human_wanted=_wanted(run, config, pair), double=_is_double(run, config, pair),
        )
        for pair in ground.pairs
        if pair.place in kept and pair.place not in fixed
    ]  # fmt: skip
    decisions += [
        Decision(
            item=pair.item, unit=pair.unit, phase="seed", to="both", reason="seed",
            probability=size / len(open_pairs), human_wanted=config.seed.labels_per_item,
            double=config.seed.labels_per_item > 1,
        )
        for pair in seed
        if pair.place not in fixed
    ]  # fmt: skip
    written = write_routes(run=run, decisions=decisions)
    set_aside(run, ground)
    return written


def extend_seed(*, run: Run, ground: Ground, most: int) -> dict[Place, int]:
    """Route up to ``most`` further random pairs to one person each, before models are heard; return place → wanted.

    They follow the seed in the same order of chance, so that they stay a random sample: what decides how many there
    are is only how many people come before the judges are done. With the run's lock held.
    """
    if most <= 0:
        return {}
    config = config_of(run.policy)
    known = current_routes(run)
    open_pairs = [pair for pair in ground.pairs if not rule_for_pair(config, pair)]
    fresh = [pair for pair in in_random_order(run, open_pairs) if pair.place not in known][:most]
    number = sum(pair.place in known for pair in open_pairs) + len(fresh)
    share = number / len(open_pairs) if open_pairs else 1.0
    write_routes(
        run=run,
        decisions=[
            Decision(
                item=pair.item, unit=pair.unit, phase="seed", to="both", reason="early", probability=share,
                human_wanted=1,
            )
            for pair in fresh
        ],
    )  # fmt: skip
    set_aside(run, ground)
    return {pair.place: 1 for pair in fresh}


def room_for_early(run: Run, ground: Ground, left: int) -> int:
    """Return how many of ``left`` labels may still go to pairs by lot before models are heard.

    Half of what the audits do not need, whoever comes how often: the other half is for what is routed.
    """
    config = config_of(run.policy)
    known = current_routes(run)
    undecided = sum(pair.place not in known for pair in ground.pairs)
    spare = left - math.ceil(undecided * max(config.audit, config.min_probability)) - 1
    given = sum(route.reason == "early" for route in known.values())
    return max(0, (spare + given) // 2 - given)


def in_random_order(run: Run, pairs: Iterable[Pair]) -> list[Pair]:
    """Return pairs in the run's order of chance."""
    return sorted(pairs, key=lambda pair: (coin(run, "seed", pair), pair.name, pair.unit))


def _is_double(run: Run, config: PolicyConfig, pair: Pair) -> bool:
    return coin(run, "double", pair) < config.double


def _wanted(run: Run, config: PolicyConfig, pair: Pair) -> int:
    return 2 if _is_double(run, config, pair) else 1
