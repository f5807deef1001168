"""Freezing a policy: what cannot work is refused by name before anything is spent."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotation.protocols.comparison.screens import screens_of
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.registry import protocols
from annotation.routing.models import Policy
from annotation.routing.rules import tag_problems
from annotation.routing.shapes import LEAST_SEED, Judge, PolicyConfig, Tagger
from multivocal.errors import Invalid
from multivocal.llm.models import LanguageModel
from multivocal.studies.assignment import lock
from multivocal.studies.audit import record_event
from multivocal.studies.models import Study

# Their answers say nothing of which of two responses is better.
_NO_PAIRS = frozenset({"likert", "spans", "best_worst", "checklist", "mushra"})


def freeze_policy(*, study: Study, config: PolicyConfig, user: Any = None) -> Policy:
    """Return the frozen row of a policy; the same content again is the same row, other content the next version.

    Invalid with every place and its sentence where it cannot work in this study.
    """
    if wrong := dict(problems_of(study, config)):
        raise Invalid("This policy cannot be run here.", fields=wrong)
    content = content_of(config)
    sha256 = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    with transaction.atomic():
        lock(f"routing policy {study.pk}")
        versions = Policy.objects.filter(study=study, name=config.name)
        if found := versions.filter(sha256=sha256).first():
            return found
        last = versions.order_by("-version").first()
        policy = Policy.objects.create(
            study=study,
            name=config.name,
            version=last.version + 1 if last else 1,
            config=content,
            sha256=sha256,
            frozen_at=timezone.now(),
        )
        detail = {"policy": policy.name, "version": policy.version, "sha256": sha256}
        record_event(study=study, user=user, verb="routing policy frozen", detail=detail)
    return policy


def content_of(config: PolicyConfig) -> dict[str, Any]:
    """Return what is stored and hashed; a policy that sets nothing newer has the hash it always had."""
    content = config.model_dump(mode="json")
    if config.tagger is None:
        del content["tagger"]
    if config.on_alarm == "audit":
        del content["on_alarm"]
    return content


def config_of(policy: Policy) -> PolicyConfig:
    """Return the shape of a policy's row. One that was frozen before there were canaries has none."""
    return PolicyConfig.model_validate({"canaries": {"items": 0}} | policy.config)


def protocol_key(stage: ComparisonConfig, key: str) -> str:
    """Return the key of the way of asking: the one named, or the only one."""
    return key or next(iter(stage.protocols))


def problems_of(study: Study, config: PolicyConfig) -> Iterator[tuple[str, str]]:
    """Yield (place, sentence) for everything in a policy that does not fit the study."""
    from annotation.routing.screens import stage_of

    stage = stage_of(study, config.stage)
    if stage is None:
        yield "stage", f"the study has no comparison stage “{config.stage}”"
    else:
        yield from _stage_problems(study, config, stage)
    yield from _model_problems(config)
    yield from tag_problems(config)
    yield from _aim_problems(config)


def _aim_problems(config: PolicyConfig) -> Iterator[tuple[str, str]]:
    """Yield what a policy can say and a run cannot do. Policies from before it was refused are read as they are."""
    if config.goal == "metric":
        yield (
            "goal",
            "a run does labels, estimate and ranking; a metric of the whole set is for files: routing predict",
        )
    if config.router != "ladder":
        return
    rungs = {step.rung for step in config.ladder}
    if "gap" in rungs:
        yield "ladder", "judges say which response is better and give no scores, so gap never holds"
    if config.learns and (config.seed.items < LEAST_SEED or config.seed.labels_per_item < 2):
        yield (
            "seed",
            f"low_confidence is learnt from a seed of at least {LEAST_SEED} items that two people label each",
        )


def _stage_problems(study: Study, config: PolicyConfig, stage: ComparisonConfig) -> Iterator[tuple[str, str]]:
    from annotation.routing.screens import known_subjects

    known = ", ".join(stage.protocols)
    if config.protocol and config.protocol not in stage.protocols:
        yield "protocol", f"the stage has no “{config.protocol}”; it has {known}"
        return
    if not config.protocol and len(stage.protocols) > 1:
        yield "protocol", f"the stage asks in several ways, so name one: {known}"
        return
    if stage.same_items and len(stage.protocols) > 1:
        yield (
            "protocol",
            "the stage asks everybody in several ways about the same items; one cannot be routed alone",
        )
        return
    key = protocol_key(stage, config.protocol)
    asked: Any = stage.protocol(key)
    if asked.kind not in routable():
        yield (
            "protocol",
            f"“{key}” ({asked.kind}) does not say which of two responses is better, so it cannot be routed; "
            f"{', '.join(routable())} can",
        )
        return
    main = [one for one in known_subjects(study, stage) if one.split == "main"]
    if stage.block_size or any(one.block is not None for one in main):
        yield "stage", "the stage gives its items in whole blocks, of which single ones cannot be routed"
        return
    sizes = [len(screen.members) for one in main for screen in screens_of(one, key, asked, stage.responses)]
    if not sizes:
        yield "stage", "the stage has no items that can be asked in this way"
    elif any(size != 2 for size in sizes):
        n = sum(size != 2 for size in sizes)
        yield (
            "stage",
            f"{n} of {len(sizes)} screens show other than two responses; set responses: 2 at the stage",
        )
    elif config.seed.items > len(sizes):
        yield "seed.items", f"the seed has {config.seed.items} items and the stage {len(sizes)}"


def routable() -> list[str]:
    """Return the kinds of asking that can say which of two responses is better."""
    return [name for name, kind in protocols().items() if name not in _NO_PAIRS and kind.responses[1] >= 2]


def _model_problems(config: PolicyConfig) -> Iterator[tuple[str, str]]:
    asked: list[tuple[str, Judge | Tagger]] = [
        (f"judges.{n}.model", judge) for n, judge in enumerate(config.judges)
    ]
    if config.tagger:
        asked.append(("tagger.model", config.tagger))
    named = {one.model for _place, one in asked}
    models = {one.name: one for one in LanguageModel.objects.filter(name__in=named)}
    for place, one in asked:
        model = models.get(one.model)
        if model is None or not model.active:
            known = ", ".join(LanguageModel.objects.filter(active=True).values_list("name", flat=True))
            yield place, f"there is no model “{one.model}”; there are {known or 'none'}"
        elif not (one.free or model.price_in or model.price_out):
            yield (
                place,
                f"the prices of “{one.model}” are missing; enter them, or say free: true where nothing is paid",
            )
