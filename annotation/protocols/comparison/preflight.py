"""What would go wrong at a comparison stage: items, protocols, numbers and systems that do not fit one another."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from annotation.protocols.comparison.checks import usable
from annotation.protocols.comparison.design import design_groups
from annotation.protocols.comparison.expected import SPLITS, asked_splits, unmet_rules
from annotation.protocols.comparison.screens import Subject, screens_of
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.comparison.subjects import find_set, inline_subjects, rules_of, subjects_of
from annotation.protocols.models import ItemSet
from annotation.protocols.registry import protocols
from multivocal.studies.definition import StudyDefinition
from multivocal.studies.models import Study
from multivocal.studies.versions import newest_version


def check_comparison(stage: ComparisonConfig, definition: StudyDefinition) -> Iterator[str]:
    """Yield what keeps the stage from working."""
    yield from _levels(stage, definition)
    subjects = the_subjects(stage, definition)
    if subjects is None:
        yield _("items: the study has no item set “{name}”; import it first").format(name=stage.items)
        return
    main = [item for item in subjects if item.split == "main"]
    if not main:
        yield _("items: none of the items is of the split main")
        return
    fits = True
    for key in stage.protocols:
        for finding in _fit(stage, key, main):
            fits = False
            yield finding
        for split, count in (
            ("gold", stage.gold.count),
            ("attention", stage.attention),
            ("practice", stage.practice),
        ):
            there = len(usable(subjects, stage, key, split)) if count else 0
            if there < count and (split == "practice" or len(stage.protocols) == 1):
                yield _(
                    "{split}: {count} wanted for “{protocol}”, and {there} items can be asked that way"
                ).format(split=split, count=count, protocol=key, there=there)
    yield from unmet_rules(
        stage, subjects, _rules(stage, definition), asked_splits(stage), _all_keys(definition)
    )
    if fits:
        yield from _numbers(stage, main)
    if stage.repeats and stage.per_person <= stage.repeat_gap:
        yield _("repeats: with {n} screens none can come {gap} screens after the first time").format(
            n=stage.per_person, gap=stage.repeat_gap
        )
    if fits and stage.plan is not None and (said := _apart(stage, main)):
        yield said


def note_comparison(stage: ComparisonConfig, definition: StudyDefinition) -> Iterator[str]:
    """Yield what is good to know before the study opens."""
    subjects = the_subjects(stage, definition)
    main = [item for item in subjects or () if item.split == "main"]
    if not main:
        return
    if stage.plan is None and (said := _apart(stage, main)):
        yield said
    # Rules nobody meets at this stage, as it shows none of their split: a stop once it does.
    unused = set(SPLITS) - asked_splits(stage)
    yield from unmet_rules(stage, subjects or (), _rules(stage, definition), unused, _all_keys(definition))
    for key in stage.protocols:
        places = count_screens(stage, key, main) * stage.per_item
        people = _people(stage, definition, key)
        share = (
            1
            if stage.same_items or stage.protocol_by is None or stage.protocol_by.within is None
            else len(stage.protocols)
        )
        if people and stage.surplus == "fewer" and people * stage.per_person // share > places:
            yield _(
                "“{protocol}”: {places} places for {people} people; the last of them get fewer screens than {n}"
            ).format(protocol=key, places=places, people=people, n=stage.per_person // share)


def the_subjects(stage: ComparisonConfig, definition: StudyDefinition) -> Sequence[Subject] | None:
    """Return the stage's items; None where its item set is not there."""
    if not isinstance(stage.items, str):
        return inline_subjects(stage)
    study = Study.objects.filter(slug=definition.slug).first()
    found = find_set(study, stage) if study else None
    return subjects_of(found) if found else None


def _rules(stage: ComparisonConfig, definition: StudyDefinition) -> dict[str, dict[str, Any]]:
    if not isinstance(stage.items, str):
        return {row.id: dict(row.gold) for row in stage.items if row.gold}
    study = Study.objects.filter(slug=definition.slug).first()
    found = find_set(study, stage) if study else None
    return rules_of(found) if found else {}


def unmet_in(study: Study, item_set: ItemSet) -> list[str]:
    """Return what is wrong with the rules of a set at the stages of the study's newest version that show it."""
    version = newest_version(study)
    if version is None:
        return []
    definition = version.shape
    return [
        said
        for stage in definition.stages
        if isinstance(stage, ComparisonConfig) and stage.items == item_set.name
        for said in unmet_rules(
            stage, subjects_of(item_set), rules_of(item_set), asked_splits(stage), _all_keys(definition)
        )
    ]


def _all_keys(definition: StudyDefinition) -> set[str]:
    """Return the keys of every comparison's protocols: items may be shared by several stages."""
    return {key for one in definition.stages if isinstance(one, ComparisonConfig) for key in one.protocols}


def count_screens(stage: ComparisonConfig, key: str, items: Sequence[Subject]) -> int:
    """Return how many different screens the items make under a protocol."""
    return sum(len(screens_of(item, key, stage.protocol(key), stage.responses)) for item in items)


def _levels(stage: ComparisonConfig, definition: StudyDefinition) -> Iterator[str]:
    factor = stage.protocol_by.factor if stage.protocol_by else None
    if factor is None:
        return
    if factor not in definition.factors:
        yield _("protocol_by.factor: there is no factor “{name}”").format(name=factor)
        return
    for arm in definition.arms:
        if stage.arms and arm.key not in stage.arms:
            continue
        level = arm.levels.get(factor, "")
        if unknown := [key for key in level.split("+") if key not in stage.protocols]:
            yield _(
                "protocol_by.factor: the level “{level}” of the arm “{arm}” names no protocol “{key}”"
            ).format(level=level, arm=arm.key, key=unknown[0])


def _fit(stage: ComparisonConfig, key: str, main: Sequence[Subject]) -> Iterator[str]:
    config: Any = stage.protocol(key)
    low, high = protocols()[config.kind].responses
    if stage.responses is not None and high > 1 and not low <= stage.responses <= high:
        yield _("responses: “{protocol}” shows {low} to {high} responses on a screen, not {n}").format(
            protocol=key, low=low, high=high, n=stage.responses
        )
        return
    short = [item.name for item in main if not screens_of(item, key, config, stage.responses)]
    if short:
        yield _(
            "items: {n} have too few or too many responses for “{protocol}” ({low} to {high}), such as {some}"
        ).format(n=len(short), protocol=key, low=low, high=high, some=", ".join(short[:3]))


def _numbers(stage: ComparisonConfig, main: Sequence[Subject]) -> Iterator[str]:
    counts = {key: count_screens(stage, key, main) for key in stage.protocols}
    by = stage.protocol_by
    within = by is not None and (by.within is not None or by.factor is None)
    if within and stage.same_items:
        if stage.per_person > (whole := sum(counts.values())):
            yield _too_many(stage.per_person, whole)
        return
    share = -(-stage.per_person // len(stage.protocols)) if within else stage.per_person
    if within and stage.per_person < len(stage.protocols):
        yield _("per_person: fewer screens than protocols")
    for key, there in counts.items():
        if share > there:
            yield _too_many(share, there) + f" (“{key}”)"
    if within and stage.per_person > min(counts.values()):
        yield _("per_person: {n} screens of other items each need more items than there are").format(
            n=stage.per_person
        )


def _too_many(wanted: int, there: int) -> str:
    return _("per_person: {wanted} screens are wanted, and the items make {there}").format(
        wanted=wanted, there=there
    )


def _apart(stage: ComparisonConfig, main: Sequence[Subject]) -> str:
    return next((said for key in stage.protocols if (said := design_groups(stage, key, main))), "")


def _people(stage: ComparisonConfig, definition: StudyDefinition, key: str) -> int:
    if not definition.participants:
        return 0
    by = stage.protocol_by
    if by is None or by.factor is None:
        return definition.participants
    weights = {arm.key: arm.weight for arm in definition.arms}
    mine = sum(arm.weight for arm in definition.arms if key in arm.levels.get(by.factor or "", "").split("+"))
    return definition.participants * mine // max(sum(weights.values()), 1)
