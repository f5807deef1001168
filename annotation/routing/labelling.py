"""From judgements to final labels: who settles a pair, when another person is asked, and what stays open."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from annotation.protocols.annotators.asking import PURPOSE
from annotation.routing.domain.verdicts import ai_label
from annotation.routing.knowing import cases_of
from annotation.routing.labels import Given, Label, Said, human_labels, judge_labels
from annotation.routing.models import FinalLabel, Route, Run
from annotation.routing.policies import config_of
from annotation.routing.routes import Decision, again, current_routes, write_routes
from annotation.routing.screens import Ground, Place
from annotation.routing.spending import lock_run, room, set_aside

# So many people are asked about one pair at most: two, a third where they disagree, and for each who cannot tell.
MOST_PEOPLE = 5


@dataclass(frozen=True)
class Settled:
    """A label, where it is from, and the judgements it rests on."""

    label: Label
    provenance: str
    judgements: tuple[str, ...]


@dataclass(frozen=True)
class Ask:
    """One person more is needed, and why."""

    reason: str


@dataclass(frozen=True)
class Stuck:
    """Nobody can settle it, and why."""

    reason: str


WAIT = None
Verdict = Settled | Ask | Stuck | None


def settle(route: Route, given: Sequence[Given], said: Iterable[Said], *, personal: bool) -> Verdict:
    """Return what becomes of a route with what was said so far; None is to wait."""
    if route.to == Route.To.HOLD:
        return WAIT
    if route.to == Route.To.AI or not route.human_wanted:
        return WAIT if personal else _by_model(route, said)
    if len(given) < route.human_wanted:
        return WAIT
    labels = [one for one in given if one.label is not None]
    if not labels:
        if len(given) < min(MOST_PEOPLE, route.human_wanted + 2):
            return Ask("no_answer")
        return (_by_model(route, said) if not personal else WAIT) or Stuck("no_answer")
    if len(labels) == 1:
        if route.double and len(given) < MOST_PEOPLE:
            return Ask("no_answer")
        return _by_people(labels, labels, "verified" if labels[0].verified else "human")
    label, most = Counter(one.label for one in labels).most_common(1)[0]
    if most * 2 > len(labels):
        agreeing = [one for one in labels if one.label == label]
        return _by_people(agreeing, labels, "human_majority" if most == len(labels) else "adjudicated")
    return Ask("third") if len(labels) == 2 and len(given) < MOST_PEOPLE else Stuck("no_majority")


def _by_people(agreeing: Sequence[Given], all_of_them: Sequence[Given], provenance: str) -> Settled:
    label = agreeing[0].label
    assert label is not None
    return Settled(label, provenance, tuple(str(one.judgement) for one in all_of_them))


def _by_model(route: Route, said: Iterable[Said]) -> Settled | None:
    if route.ai_label is None:
        return None
    ids = tuple(str(one.judgement) for one in said if one.judge == route.ai_judge and one.label is not None)
    return Settled(route.ai_label, "ai", ids)  # type: ignore[arg-type]


def seed_is_done(*, run: Run, ground: Ground) -> bool:
    """Return whether every seed item has what people can say of it; where they disagree, a third is asked."""
    routes = {place: one for place, one in current_routes(run).items() if one.reason != "must_human"}
    waiting = _escalate(run, ground, routes, human_labels(run, ground))
    return not waiting


def settle_labels(*, run: Run, ground: Ground) -> bool:
    """Write the final labels there are by now; return whether nothing more is to be waited for.

    A label that rests on other judgements than before (corrected, taken back) is superseded by the new one.
    """
    _take_up_held(run, ground)
    routes = current_routes(run)
    given, said = human_labels(run, ground), judge_labels(run, ground)
    waiting = _escalate(run, ground, routes, given)
    routes = current_routes(run)
    _write_labels(run, routes, given, said)
    return not waiting


def held(run: Run) -> int:
    """Return how many pairs nobody can label now."""
    return Route.objects.filter(run=run, superseded_at=None, to=Route.To.HOLD).count()


def _escalate(
    run: Run, ground: Ground, routes: Mapping[Place, Route], given: Mapping[Place, Sequence[Given]]
) -> int:
    """Ask one person more where that is needed and paid for; return how many pairs are still open."""
    personal = config_of(run.policy).personal
    waiting = 0
    asked: list[tuple[Route, Ask | Stuck]] = []
    for place, route in routes.items():
        if not route.human_wanted or route.to == Route.To.HOLD:
            continue
        match settle(route, given.get(place, ()), (), personal=personal):
            case None:
                waiting += 1
            case Ask() | Stuck() as found:
                asked.append((route, found))
    if not asked:
        return waiting
    with transaction.atomic():
        lock_run(run)
        left = room(run, ground)
        now = {route.pk for route in current_routes(run).values()}
        decisions = []
        for route, found in asked:
            if route.pk not in now:
                # Audited anew since the look: what was written then is not taken back; it is looked at again.
                waiting += 1
            elif isinstance(found, Ask) and left > 0:
                left -= 1
                waiting += 1
                decisions.append(
                    again(route, phase="escalated", reason=found.reason, human_wanted=route.human_wanted + 1)
                )
            else:
                decisions.append(_unsettled(route, found))
        write_routes(run=run, decisions=decisions)
        set_aside(run, ground)
    return waiting


def _unsettled(route: Route, found: Ask | Stuck) -> Decision:
    reason = "budget" if isinstance(found, Ask) else found.reason
    return again(route, phase="escalated", to="hold", reason=reason, human_wanted=0)


def _take_up_held(run: Run, ground: Ground) -> None:
    """Route what was held for want of a label or money: a judge may have answered since, or money have come free."""
    if not _held_for_money(current_routes(run)):
        return
    said = judge_labels(run, ground)
    with transaction.atomic():
        lock_run(run)
        routes = current_routes(run)
        held_now = _held_for_money(routes)
        labels = _late_labels(run, ground, held_now, said)
        late = [route for route in held_now if route.phase == "main" and route.pk in labels]
        waiting = [route for route in held_now if route not in late]
        # Who was asked before and is asked once more was drawn then; of the others the lot says who is asked now.
        before = [route for route in waiting if route.phase != "main"]
        never = [route for route in waiting if route.phase == "main"]
        left = max(room(run, ground), 0)
        asked = before[:left]
        fresh = random.SystemRandom().sample(never, min(left - len(asked), len(never)))
        chances = _restated(routes, never, fresh)
        decisions = []
        for route in late:
            label, judge = labels[route.pk]
            decisions.append(
                again(route, to="ai", reason="late", ai_label=label, ai_judge=judge, human_wanted=0)
            )
        for route in {*asked, *fresh, *chances} - {*late}:
            more: dict[str, Any] = {"probability": chances.get(route, route.probability)}
            if route in asked or route in fresh:
                more |= {"to": "human", "reason": "failed", "human_wanted": _paid(route) + 1}
            decisions.append(again(route, **more))
        write_routes(run=run, decisions=decisions)
        set_aside(run, ground)


def _held_for_money(routes: Mapping[Place, Route]) -> list[Route]:
    return [one for one in routes.values() if one.to == Route.To.HOLD and one.reason == "budget"]


def _late_labels(
    run: Run, ground: Ground, routes: Sequence[Route], said: Mapping[Place, Mapping[str, list[Said]]]
) -> dict[int, tuple[Label, str]]:
    """Return what judges say by now of held pairs: route → label and judge."""
    of_place = {(route.item_id, route.unit): route for route in routes}
    pairs = [pair for pair in ground.pairs if pair.place in of_place]
    judges = [judge.name for judge in config_of(run.policy).judges]
    found = {}
    for pair, case in zip(pairs, cases_of(run, pairs, said), strict=True):
        label, judge = ai_label(case.replies, judges)
        if label is not None and judge is not None:
            found[of_place[pair.place].pk] = (label, judge)
    return found


def _restated(
    routes: Mapping[Place, Route], never: Sequence[Route], fresh: Sequence[Route]
) -> dict[Route, float]:
    """Return the chances of all pairs without a model's label once ``fresh`` of those ``never`` drawn are asked, too.

    As of an audit on the spot: π + (1 − π)·n/m, for those that were drawn at first as well.
    """
    if not fresh:
        return {}
    share = len(fresh) / len(never)
    alike = (one for one in routes.values() if one.ai_label is None and one.probability < 1)
    return {one: min(1.0, one.probability + (1 - one.probability) * share) for one in alike}


def _paid(route: Route) -> int:
    """Return how many people a held pair had been promised before."""
    earlier = Route.objects.filter(run=route.run_id, item=route.item_id, unit=route.unit)
    return max((one.human_wanted for one in earlier), default=0)


def _write_labels(
    run: Run,
    routes: Mapping[Place, Route],
    given: Mapping[Place, Sequence[Given]],
    said: Mapping[Place, Mapping[str, list[Said]]],
) -> int:
    config = config_of(run.policy)
    now_there = {
        label.route_id: label for label in FinalLabel.objects.filter(route__run=run, superseded_at=None)
    }
    fresh: list[tuple[Route, Settled, int]] = []
    current = {route.pk for route in routes.values()}
    gone = [label.pk for route_id, label in now_there.items() if route_id not in current]
    for place, route in routes.items():
        replies = [one for every in said.get(place, {}).values() for one in every]
        found = settle(route, given.get(place, ()), replies, personal=config.personal)
        before = now_there.get(route.pk)
        if isinstance(found, Settled):
            if before and (before.label, before.provenance, before.judgements) == (
                found.label, found.provenance, list(found.judgements),
            ):  # fmt: skip
                continue
            # What was given before the run began is taken as it is, and costs the run nothing.
            paid = sum(
                run.started_at is None or one.given_at >= run.started_at for one in given.get(place, ())
            )
            fresh.append((route, found, paid))
        if before:
            gone.append(before.pk)
    if not fresh and not gone:
        return 0
    costs = _ai_costs(run)
    with transaction.atomic():
        FinalLabel.objects.filter(pk__in=gone).update(superseded_at=timezone.now())
        FinalLabel.objects.bulk_create(
            [
                FinalLabel(
                    route=route, label=one.label, provenance=one.provenance, judgements=list(one.judgements),
                    cost_usd=costs.get((route.item_id, route.unit), Decimal(0)) + people * run.price_usd,
                )
                for route, one, people in fresh
            ],
            batch_size=1000,
        )  # fmt: skip
    return len(fresh)


def _ai_costs(run: Run) -> dict[Place, Any]:
    """Return what judges cost, pair by pair, since the run began."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.item_id, p.unit, sum(c.cost) FROM routing_runjudge r"
            " JOIN protocols_presentation p ON p.annotator_id = r.annotator_id"
            " JOIN llm_call c ON c.subject = p.id::text AND c.purpose = %s AND c.account = %s AND c.id > %s"
            " WHERE r.run_id = %s GROUP BY 1, 2",
            [PURPOSE, run.study_id, run.first_call, run.pk],
        )
        return {(item, unit): cost for item, unit, cost in cursor}
