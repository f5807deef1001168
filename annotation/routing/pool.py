"""What is known of the people who would be asked for a kind of item; a new feature is one function."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from annotation.routing.labels import Given, Label
from annotation.routing.models import Run
from annotation.routing.screens import Pair, Place
from multivocal.studies.models import Enrolment, StudyVersion

EXPERT = frozenset({"true", "yes", "expert"})


@dataclass
class Seen:
    """What people said of pairs of one kind up to a moment; ``experts`` says of whom it is known whether they are."""

    experts: Mapping[UUID, bool]
    people: set[UUID] = field(default_factory=set)
    first: dict[Place, Label] = field(default_factory=dict)
    twice: dict[Place, bool] = field(default_factory=dict)

    def add(self, place: Place, given: Given) -> None:
        """Take in one answer, in the order of time; two people's first labels of a pair agree or do not."""
        self.people.add(given.enrolment)
        if given.label is None or given.verified:
            return
        if place in self.first:
            self.twice.setdefault(place, self.first[place] == given.label)
        else:
            self.first[place] = given.label


Measure = Callable[[Seen], float]
REGISTRY: dict[str, Measure] = {}


def pool_feature(name: str) -> Callable[[Measure], Measure]:
    """Register a measure of the people for a kind of item; NaN is what it returns where it cannot tell."""

    def register(measure: Measure) -> Measure:
        if name in REGISTRY:
            raise ValueError(f"there is a feature of people {name} already")
        REGISTRY[name] = measure
        return measure

    return register


@pool_feature("people")
def people(seen: Seen) -> float:
    """Return the log of how many people have answered this kind."""
    return math.log1p(len(seen.people))


@pool_feature("agreement")
def agreement(seen: Seen) -> float:
    """Return the share of pairs of this kind on which the first two people agree."""
    return sum(seen.twice.values()) / len(seen.twice) if seen.twice else math.nan


@pool_feature("experts")
def experts(seen: Seen) -> float:
    """Return the share of experts among those who have answered this kind and of whom it is known."""
    known = [seen.experts[one] for one in seen.people if one in seen.experts]
    return sum(known) / len(known) if known else math.nan


def pool_of(
    pairs: Sequence[Pair], given: Mapping[Place, Sequence[Given]], known: Mapping[UUID, bool]
) -> dict[Place, dict[str, float]]:
    """Return name → number for every pair, from what was said of its kind before anybody answered the pair itself.

    So a pair's own labels, and all that came after the first of them, leave no trace in its features. Its kind is its
    first subject, else its stratum. ``known`` says who is an expert.
    """
    kinds: dict[str, list[Pair]] = {}
    for pair in pairs:
        kinds.setdefault(kind_of(pair), []).append(pair)
    found: dict[Place, dict[str, float]] = {}
    for members in kinds.values():
        seen = Seen(known)
        events = [
            (one.given_at, str(one.judgement), pair.place, one)
            for pair in members
            for one in given.get(pair.place, ())
        ]
        for _at, _name, place, one in sorted(events, key=lambda event: event[:2]):
            if place not in found:
                found[place] = _measured(seen)
            seen.add(place, one)
        now = _measured(seen)
        found |= {pair.place: now for pair in members if pair.place not in found}
    return found


def _measured(seen: Seen) -> dict[str, float]:
    return {name: measure(seen) for name, measure in REGISTRY.items()}


def kind_of(pair: Pair) -> str:
    """Return what a pair is about: its first subject, else its stratum."""
    return next((name for name in pair.tags if name.startswith("subject: ")), f"stratum: {pair.stratum}")


def experts_of(run: Run) -> dict[UUID, bool]:
    """Return who is an expert, by arm (as in ``multipref``) or by a survey's remembered answer ``expert``.

    Where a study has neither, nobody is known to be one or not. The withdrawn are left out.
    """
    versions = StudyVersion.objects.filter(study=run.study_id, frozen_at__isnull=False)
    arms = expert_arms(versions.values_list("definition__arms", flat=True))
    rows = Enrolment.objects.filter(study=run.study_id, preview=False, withdrawn_at=None)
    found = {}
    for pk, arm, traits in rows.values_list("pk", "arm", "traits"):
        if arms:
            found[pk] = arm in arms
        elif "expert" in traits:
            found[pk] = str(traits["expert"]).lower() in EXPERT
    return found


def expert_arms(documents: Iterable[Any]) -> set[str]:
    """Return the keys of arms for experts: named so, or with a level ``expert`` of any factor."""
    return {
        arm["key"]
        for arms in documents
        for arm in arms or ()
        if arm["key"] in ("expert", "experts") or "expert" in arm.get("levels", {}).values()
    }
