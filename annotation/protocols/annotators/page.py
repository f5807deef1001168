"""The page of a study on which models are put to work as annotators."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.protocols.annotators.making import comparison_stages, in_both_orders, settings_of
from annotation.protocols.annotators.progress import is_short, progress_of
from annotation.protocols.annotators.running import (
    asking_of,
    pause_asking,
    remove_annotator,
    resume_asking,
)
from annotation.protocols.annotators.shapes import DEFAULT_RUBRIC
from annotation.protocols.annotators.wanted import make_wanted, read_wanted
from annotation.protocols.annotators.work import LIVE, OWN, Planned, plan_work
from annotation.protocols.models import AiAnnotator
from annotation.protocols.registry import protocols
from multivocal.errors import Invalid, NotFound
from multivocal.llm import budgets
from multivocal.llm.models import Account, LanguageModel
from multivocal.studies.access import Right, access_study
from multivocal.studies.models import Study
from multivocal.studies.staff.extras import StaffPage
from multivocal.studies.versions import newest_version

REASONS = {
    "budget": gettext_lazy("the study's budget is spent"),
    "no_key": gettext_lazy("the model's key is missing or refused"),
    "failures": gettext_lazy("several answers failed in a row"),
    "error": gettext_lazy("the program had an error; it is in the log"),
}
_BLANK = {
    "samples": "1", "both_orders": "on", "max_tokens": "600", "at_once": "4", "structured": "on", "language": "en",
    "rubric_version": DEFAULT_RUBRIC.version, "role": DEFAULT_RUBRIC.role, "task": DEFAULT_RUBRIC.task,
    "criteria": "\n".join(f"{one.name}: {one.text}" for one in DEFAULT_RUBRIC.criteria),
    "cautions": "\n".join(DEFAULT_RUBRIC.cautions),
}  # fmt: skip


def fits(study: Study) -> bool:
    """Return whether the study has anything for a model to judge."""
    version = newest_version(study)
    kinds = {stage.kind for stage in version.shape.stages} if version else set()
    return bool(kinds & {"comparison", "conversation"}) or study.item_sets.exists()


def context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the study's annotators with how far they are, and the form (filled in as it was sent, after a mistake)."""
    every = AiAnnotator.objects.filter(study=study).select_related("model", "protocol", "study")
    account = Account.objects.filter(pk=study.pk).first()
    ways = [f"{stage.id}/{key}" for stage in comparison_stages(study) for key in stage.protocols]
    sets = list(study.item_sets.values_list("name", flat=True))
    spent = budgets.spent(study.pk)
    limit = account.limit_usd if account else None
    rows = [_row(one) for one in every.order_by("created_at")]
    return {
        "annotators": rows,
        "form": dict(asked) if "do" in asked else _BLANK | dict(asked),
        "models": LanguageModel.objects.filter(active=True),
        "ways": ways,
        "kinds": list(protocols()),
        "items": [
            *([(OWN, _("the items of the stage"))] if ways else []),
            *((name, name) for name in sets),
            (LIVE, _("the answers people got in talks")),
        ],
        "spent": spent,
        "limit": limit,
        "short": is_short(study, [one["progress"] for one in rows]),
    }


def _row(annotator: AiAnnotator) -> dict[str, Any]:
    rubric, config, params = settings_of(annotator)
    asking = asking_of(annotator)
    return {
        "row": annotator,
        "rubric": rubric,
        "kind": config.kind,
        "params": params,
        "both_orders": in_both_orders(annotator),
        "progress": progress_of(annotator),
        "state": asking.state if asking else "",
        "words": asking.get_state_display() if asking else _("not started"),
        "reason": REASONS.get(asking.reason, asking.reason) if asking else "",
    }


def act(study: Study, user: Any, form: QueryDict) -> str:
    """Do what a button of the page asks for; whoever may pause a study may pause a model."""
    do = form.get("do", "")
    access_study(user, study.slug, Right.PAUSE if do == "pause" else Right.RUN)
    with transaction.atomic():
        if do == "make":
            annotator, planned = make_wanted(study=study, wanted=read_wanted(form.dict()), user=user)
            return _("{name} is made. {planned} Nothing is asked until you press Start.").format(
                name=annotator.name, planned=_told(planned)
            )
        annotator = _annotator(study, form.get("name", ""))
        if do == "plan":
            return _told(plan_work(annotator=annotator, items=form.get("items", ""), limit=None))
        verbs: dict[str, tuple[Callable[..., None], str]] = {
            "pause": (pause_asking, _("{name} pauses. What is on its way is still stored.")),
            "start": (resume_asking, _("{name} is being asked.")),
            "again": (_again, _("{name} is asked again about what failed.")),
            "remove": (remove_annotator, _("{name} is removed.")),
        }
        if do not in verbs:
            raise Invalid(_("This page has no such button."))
        verb, sentence = verbs[do]
        verb(annotator=annotator, user=user)
        return sentence.format(name=annotator.name)


def _again(*, annotator: AiAnnotator, user: Any) -> None:
    resume_asking(annotator=annotator, user=user, again=True)


def _annotator(study: Study, name: str) -> AiAnnotator:
    found = AiAnnotator.objects.filter(study=study, name=name).select_related("study").first()
    if found is None:
        raise NotFound(_("This study has no annotator “{name}”.").format(name=name[:80]))
    return found


def _told(planned: Planned) -> str:
    sentences = [
        _("{new} questions are new, {before} were there.").format(new=planned.new, before=planned.before)
    ]
    if planned.unfit:
        sentences.append(
            _("{n} items have too few responses for this way of asking.").format(n=planned.unfit)
        )
    return " ".join(sentences)


PAGE = StaffPage("models", gettext_lazy("Models"), Right.READ, "annotators", context, fits, act)
