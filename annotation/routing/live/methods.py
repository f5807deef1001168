"""A paragraph for a paper, and where the run departs from what was declared: written from the log, not from memory."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from annotation.routing.domain.tags import VERSION
from annotation.routing.live.facts import Facts
from annotation.routing.models import Check, ItemTags, Route, Run
from annotation.routing.screens import Place
from annotation.routing.shapes import Rule
from multivocal.llm.models import Call
from multivocal.studies.models import AuditEvent

_GOALS = {
    "labels": "the best labels",
    "estimate": "an unbiased estimate",
    "ranking": "a ranking",
    "metric": "an imported metric",
}
_ROUTERS = {
    "logistic": "a logistic model of when a judge and when a person is right, cross-fitted and calibrated on the seed",
    "boosted": "boosted trees for when a judge and when a person is right, cross-fitted and calibrated on the seed",
    "ladder": "a ladder of reasons",
    "random": "the lot alone",
    "all_human": "no choice: people label everything",
    "all_ai": "no choice: models label everything but the audits",
}
_VERBS = (
    "routing started", "routing paused", "routing resumed", "routing stopped", "routing done", "routing alarm",
    "routing check",
)  # fmt: skip


def methods(facts: Facts, judges: list[dict[str, Any]], money: dict[str, Any]) -> dict[str, Any]:
    """Return ``paragraph``, ``departures`` and ``log`` (what happened when, without who did it)."""
    log = events(facts.run)
    return {
        "paragraph": _paragraph(facts, judges, money),
        "departures": list(_departures(facts, judges, log)),
        "log": log,
    }


def events(run: Run) -> list[dict[str, Any]]:
    """Return the run's events in the study's log, oldest first."""
    rows = AuditEvent.objects.filter(study=run.study_id, verb__in=_VERBS, detail__run=str(run.pk)).order_by(
        "id"
    )
    return [
        {"at": row.at.isoformat(), "event": row.verb, "reason": row.detail.get("reason", "")} for row in rows
    ]


def _paragraph(facts: Facts, judges: list[dict[str, Any]], money: dict[str, Any]) -> str:
    run, policy, config = facts.run, facts.run.policy, facts.config
    given = [one for fact in facts.every for one in [*fact.given, *fact.verified]]
    people = len({one.enrolment for one in given})
    declared = policy.frozen_at or policy.created_at
    earlier = sum(one.given_at < declared for one in given)
    unpaid = sum(run.started_at is not None and one.given_at < run.started_at for one in given)
    fixed = f"after {earlier} of people's labels" if earlier else "before the first label"
    told = [
        f"Labels of {len(facts.every)} pairs were divided between people and models under the policy "
        f"“{policy.name}” (version {policy.version}, sha256 {policy.sha256[:12]}), which was fixed {fixed}; "
        f"its goal was {_GOALS[config.goal]}.",
        _seed(facts),
        *(_judge(one) for one in judges if config.router != "all_human"),
        *_tagger(facts),
        f"Pairs were routed by {_ROUTERS[config.router]}, with random seed {config.random_seed}"
        + (f", features' bins {run.router['edges']}" if run.router.get("edges") else "")
        + (f" and router {run.router['sha256'][:12]}" if run.router.get("sha256") else "")
        + ".",
        f"Of what a model would keep, {config.audit:.0%} went to a person by lot, unannounced; of what people "
        f"labelled, {config.double:.0%} went to two. No pair had a chance of a person below "
        f"{config.min_probability:g}, and the chance is stored with each.",
    ]
    if config.must_human:
        rules = "; ".join(
            " ".join(filter(None, (rule.where, rule.name, _condition(rule)))) for rule in config.must_human
        )
        told.append(f"Reserved for people whatever models said: {rules}.")
    told.append(
        "People saw the model's label first; theirs are stored as verified labels."
        if config.verify
        else "People did not see what a model had said."
    )
    if config.personal:
        told.append("The question is personal: models' labels enter as control variates, never as votes.")
    told.append(
        f"The budget was {money['budget_usd']:.2f} US dollars for everything; {money['ai_usd']:.4f} went to models and "
        f"{money['human_usd']:.2f} to {people} people, at {money['per_human_usd']:.4f} a label."
        + (f" {unpaid} of people's labels are from before the run and cost it nothing." if unpaid else "")
    )
    provenance = Counter(fact.final[1] for fact in facts.every if fact.final)
    if provenance:
        said = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in provenance.most_common())
        told.append(
            f"Final labels by where they are from: {said}; {len(facts.every) - provenance.total()} have none."
        )
    checks = Check.objects.filter(run=run, done_at__isnull=False).count()
    if checks:
        told.append(
            f"Judges were asked again about up to {config.canaries.items} canary pairs {_times(checks)}; nothing they "
            "said there is a label."
        )
    told.append(
        "Intervals of agreement are confidence sequences (95 %), which hold at every look; win rates are difference "
        "estimates with the stored probabilities."
    )
    return " ".join(told)


def _condition(rule: Rule) -> str:
    return f"= {rule.equals}" if rule.equals is not None else f"≥ {rule.at_least:g}"


def _seed(facts: Facts) -> str:
    early = len(_early(facts))
    seeded = sum(fact.seeded for fact in facts.every) - early
    if not seeded + early:
        return "There was no seed phase."
    wanted = facts.config.seed.labels_per_item
    told = f"First {seeded} pairs drawn at random were labelled by models and by {_people(wanted)} each"
    return told + (f", {early} more by models and one person." if early else ".")


def _people(number: int) -> str:
    return "one person" if number == 1 else f"{number} people"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _many(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _early(facts: Facts) -> set[Place]:
    """Return the pairs, beyond the declared seed, labelled once by people who came before models were done."""
    rows = Route.objects.filter(run=facts.run, phase=Route.Phase.SEED).order_by()
    early, seed = (set(rows.filter(reason=why).values_list("item_id", "unit")) for why in ("early", "seed"))
    return (early - seed) & {fact.pair.place for fact in facts.every}


def _tagger(facts: Facts) -> Iterator[str]:
    run, tagger = facts.run, facts.config.tagger
    if tagger is None or facts.config.router == "all_human":
        return
    states = Counter(ItemTags.objects.filter(run=run).values_list("state", flat=True))
    calls = Call.objects.filter(pk__in=ItemTags.objects.filter(run=run, call__isnull=False).values("call"))
    versions = ", ".join(
        calls.exclude(version="").order_by("version").values_list("version", flat=True).distinct()
    )
    yield (
        f"Prompts were described by {tagger.model} (answering as: {versions or 'not said'}) in the words of tag "
        f"vocabulary {VERSION}; {states['ok']} of {states.total()} descriptions could be read, and what was not in the "
        "vocabulary is unknown."
    )


def _judge(one: dict[str, Any]) -> str:
    versions = ", ".join(row["version"] for row in one["versions"]) or "none answered yet"
    prompts = ", ".join(prompt[:12] for prompt in one["prompts"])
    orders = "both orders" if one["both_orders"] else "one order"
    times = f"{one['samples']} times" if one["samples"] > 1 else "once"
    return (
        f"The judge “{one['judge']}” was {one['model']} (answering as: {versions}; prompt sha256 "
        f"{prompts or 'none yet'}), asked {times} in {orders}"
        + (f" at temperature {one['temperature']:g}" if one["temperature"] is not None else "")
        + f"; {one['ok']} of {one['judged']} replies could be used."
    )


def _departures(facts: Facts, judges: list[dict[str, Any]], log: list[dict[str, Any]]) -> Any:
    run, config = facts.run, facts.config
    paused = [row for row in log if row["event"] == "routing paused"]
    by_itself = [row["reason"] for row in paused if row["reason"]]
    if paused:
        yield f"The run was paused {_times(len(paused))}" + (
            f", {len(by_itself)} of them by itself ({', '.join(sorted(set(by_itself)))})."
            if by_itself
            else "."
        )
    if run.state == Run.State.STOPPED:
        yield "The run was stopped before it was done."
    for one in judges:
        if len(one["versions"]) > 1:
            names = ", ".join(row["version"] for row in one["versions"])
            yield f"The judge “{one['judge']}” answered as more than one version: {names}."
        lost = one["unparsed"] + one["failed"]
        if lost:
            yield (
                f"{_many(lost, 'reply', 'replies')} of “{one['judge']}” failed or could not be "
                "read; none was counted as a tie."
            )
    held = [fact.reason for fact in facts.every if fact.to == "hold"]
    split = held.count("no_majority")
    if poor := len(held) - split:
        yield (
            f"{_many(poor, 'pair is', 'pairs are')} on hold: nobody could label them within the budget, and none got a "
            "label by default."
        )
    if split:
        yield f"{_many(split, 'pair has', 'pairs have')} no final label, because people disagree on it for good."
    early = _early(facts)
    seed = [fact for fact in facts.every if fact.seeded and fact.pair.place not in early]
    short = sum(len(fact.labels) < config.seed.labels_per_item for fact in seed)
    if short and facts.decided:
        yield f"{_many(short, 'pair', 'pairs')} of the seed got fewer labels than declared."
    if early:
        drawn = _many(len(early), "more pair was", "more pairs were")
        yield f"{drawn} drawn at random for people who came before the models were done."
    if run.erased:
        yield f"{run.erased} paid labels were taken back by the people who gave them; the money stays spent."
    for note in run.router.get("notes", []):
        yield str(note)
