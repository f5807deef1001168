"""What a study's comparison declares about its size, as the design that the power page starts from."""

from dataclasses import dataclass
from math import comb
from typing import Any, Literal

from annotation.protocols.comparison.preflight import count_screens, the_subjects
from annotation.protocols.comparison.shapes import ComparisonConfig
from multivocal.studies.models import Study
from multivocal.studies.versions import newest_version

Kind = Literal["single", "between", "within", "mixed"]


@dataclass(frozen=True)
class Declared:
    """The size of a comparison.

    ``per_pair``: people who judge a pair under each protocol, the fewest of them. ``both`` and ``both_per_pair`` are
    those who judge the same pairs in two ways: on them alone the consistency of a person rests. ``screens_per_pair``:
    screens that one judgement of a pair takes, the mean over the protocols; ``per_person`` the screens of a person.
    """

    kind: Kind
    pairs: int
    people: int
    per_pair: int
    both: int
    both_per_pair: int
    same_items: bool
    protocols: tuple[str, ...]
    confidence: float
    per_person: int = 0
    screens_per_pair: float = 1.0


def declared_design(study: Study) -> Declared | None:
    """Return the size of the newest version's first comparison; None where it has none, or no items yet."""
    version = newest_version(study)
    definition: Any = version.shape if version else None
    stages = definition.stages if definition else ()
    stage = next((one for one in stages if isinstance(one, ComparisonConfig)), None)
    if stage is None:
        return None
    main = [item for item in the_subjects(stage, definition) or () if item.split == "main"]
    systems = [sum(response.role == "system" for response in item.responses) for item in main]
    pairs = sum(comb(n, 2) for n in systems)
    if not pairs:
        return None
    screens = {key: max(count_screens(stage, key, main), 1) / len(main) for key in stage.protocols}
    people = definition.participants or 100
    weight = sum(arm.weight for arm in definition.arms)
    judged = dict.fromkeys(stage.protocols, 0.0)
    both, both_items, kinds = 0.0, 0.0, set()
    for arm in definition.arms:
        if stage.arms and arm.key not in stage.arms:
            continue
        keys = stage.keys_for(arm.levels) or list(stage.protocols)[:1]
        there = people * arm.weight / weight
        together = stage.same_items and len(keys) > 1
        kinds.add(len(keys) > 1)
        for key in keys:
            cost = sum(screens[one] for one in keys) if together else screens[key] * len(keys)
            judged[key] += there * min(stage.per_person / cost, len(main))
        if together:
            both += there
            both_items += there * min(stage.per_person / sum(screens[one] for one in keys), len(main))
    used = {key: n for key, n in judged.items() if n}
    each = min(used.values()) / len(main)
    if stage.surplus == "fewer":
        each = min(each, stage.per_item)
    return Declared(
        kind="single" if len(used) < 2 else "between" if kinds == {False} else "within" if kinds == {True} else "mixed",
        pairs=pairs,
        people=people,
        per_pair=max(round(each), 1),
        both=round(both),
        both_per_pair=round(both_items / len(main)),
        same_items=stage.same_items,
        protocols=tuple(used),
        confidence=stage.plan.confidence if stage.plan else 0.95,
        per_person=stage.per_person,
        screens_per_pair=sum(screens[key] for key in used) / len(used) * len(main) / pairs,
    )  # fmt: skip
