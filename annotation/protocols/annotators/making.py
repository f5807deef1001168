"""Making an annotator of a model: one row that says all, and is never changed."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from annotation.protocols.annotators.prompts import prompt_sha256
from annotation.protocols.annotators.shapes import DEFAULT_RUBRIC, AskParams, Rubric
from annotation.protocols.models import AiAnnotator
from annotation.protocols.registry import ProtocolConfig, protocols, store_protocol
from multivocal.errors import Conflict, Invalid, NotFound
from multivocal.llm.models import LanguageModel
from multivocal.studies.audit import record_event
from multivocal.studies.models import Study
from multivocal.studies.versions import newest_version


def make_annotator(
    *,
    study: Study,
    name: str,
    model: LanguageModel,
    config: ProtocolConfig,
    rubric: Rubric = DEFAULT_RUBRIC,
    params: AskParams | None = None,
    samples: int = 1,
    both_orders: bool = True,
    user: Any = None,
) -> AiAnnotator:
    """Return the annotator ``name`` of a study, making it the first time; Conflict where it is another one."""
    params = params or AskParams()
    if not 1 <= samples <= 20:
        raise Invalid(_("Ask each screen 1 to 20 times."), fields={"samples": _("1 to 20")})
    wanted = {
        "model": model,
        "protocol": store_protocol(config),
        "rubric": rubric.model_dump_json(),
        "prompt_sha256": prompt_sha256(rubric, config, params),
        "params": params.model_dump(mode="json"),
        "samples": samples,
        "both_orders": both_orders,
    }
    with transaction.atomic():
        found, made = AiAnnotator.objects.get_or_create(study=study, name=name, defaults=wanted)
        if not made and any(getattr(found, field) != value for field, value in wanted.items()):
            raise Conflict(
                _(
                    "This study has another annotator “{name}”. Annotators never change; take a new name."
                ).format(name=name)
            )
        if made:
            detail = {"name": name, "model": model.name, "prompt": found.prompt_sha256}
            record_event(study=study, user=user, verb="model annotator made", detail=detail)
    return found


def config_at(study: Study, stage: str, key: str) -> ProtocolConfig:
    """Return the protocol ``key`` of a comparison stage in the newest version; NotFound with what there is."""
    for one in comparison_stages(study):
        if one.id == stage and key in one.protocols:
            found: ProtocolConfig = one.protocols[key]
            return found
    known = ", ".join(f"{one.id}/{k}" for one in comparison_stages(study) for k in one.protocols) or _("none")
    raise NotFound(_("There is no such stage and protocol. There are: {known}.").format(known=known))


def comparison_stages(study: Study) -> list[Any]:
    """Return the configurations of the study's comparison stages, in order."""
    version = newest_version(study)
    stages = version.shape.stages if version else ()
    return [stage for stage in stages if stage.kind == "comparison"]


def config_of_kind(kind: str) -> ProtocolConfig:
    """Return a kind's configuration with nothing set; NotFound with the kinds there are."""
    found = protocols().get(kind)
    if found is None:
        raise NotFound(
            _("There is no way of asking “{kind}”. There are: {kinds}.").format(
                kind=kind[:40], kinds=", ".join(protocols())
            )
        )
    return found.config(kind=kind)


def settings_of(annotator: AiAnnotator) -> tuple[Rubric, ProtocolConfig, AskParams]:
    """Return what the row of an annotator holds, as shapes."""
    protocol = annotator.protocol
    return (
        Rubric.model_validate_json(annotator.rubric) if annotator.rubric else DEFAULT_RUBRIC,
        protocols()[protocol.kind].config.model_validate(protocol.config),
        AskParams.model_validate(annotator.params),
    )


def in_both_orders(annotator: AiAnnotator) -> bool:
    """Return whether its screens have two orders: what shows one response at a time has one, whatever was wished."""
    _rubric, config, params = settings_of(annotator)
    most = protocols()[config.kind].responses[1]
    return annotator.both_orders and min(params.responses or most, most) > 1
