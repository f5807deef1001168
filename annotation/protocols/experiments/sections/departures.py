"""Where the report departs from what was declared before the first answer, each in a sentence."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from annotation.protocols.experiments.declared_plan import declared_plan, plan_of
from annotation.protocols.experiments.plan import Plan
from annotation.protocols.experiments.rows import Row
from annotation.protocols.models import ItemSet
from multivocal.studies.definition import digest
from multivocal.studies.models import Enrolment, Study, StudyVersion

Told = dict[str, str]


def departures(
    study: Study,
    version: StudyVersion | None,
    rows: list[Row],
    asked: Mapping[str, str],
    main: dict[str, Any],
) -> list[Told]:
    """Return ``{"code", "told"}`` for each departure; empty where the report is what was declared, no more, no less.

    ``main`` is the part of the report that the plan calls for.
    """
    if version is None:
        return []
    return [
        {"code": code, "told": told}
        for part in (_freezing(study, version), _changes(version, rows, asked), _reading(study, asked, main))
        for code, told in part
    ]


def _freezing(study: Study, version: StudyVersion) -> Iterator[tuple[str, str]]:
    if declared_plan(version) is None:
        yield "no_plan", _("No plan was declared: the numbers rest on the plan's defaults.")
    if version.frozen_at is None:
        yield "not_frozen", _("Version {n} is a draft: its plan can still change.").format(n=version.number)
        return
    if digest(version.definition) != version.sha256:
        yield (
            "altered",
            _("The definition of version {n} does not have the hash it was frozen with.").format(
                n=version.number
            ),
        )
    for one in ItemSet.objects.filter(study=study, updated_at__gt=version.frozen_at):
        if any(getattr(stage, "items", None) == one.name for stage in version.shape.stages):
            yield (
                "items_later",
                _("The items “{name}” were imported after version {n} was frozen.").format(
                    name=one.name, n=version.number
                ),
            )


def _changes(version: StudyVersion, rows: list[Row], asked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What was declared before this version, where people had answered under it already."""
    given = Counter(row.version for row in rows if not row.model)
    plan = plan_of(version)
    earlier = version.study.versions.filter(number__lt=version.number).exclude(frozen_at=None)
    for before in earlier.order_by("number"):
        changed = _different(plan_of(before), plan)
        if changed and given[before.number]:
            yield (
                "plan_changed",
                _("Version {n}, with {k} judgements, declared another plan: {what}.").format(
                    n=before.number, k=given[before.number], what="; ".join(changed)
                ),
            )
    if len(given) > 1 and "version" not in asked:
        yield (
            "pooled",
            _("Answers under versions {numbers} are pooled.").format(
                numbers=", ".join(map(str, sorted(given)))
            ),
        )


def _different(before: Plan, now: Plan) -> list[str]:
    one, other = before.model_dump(mode="json"), now.model_dump(mode="json")
    return [f"{key} {one[key]} → {other[key]}" for key in one if one[key] != other[key] and key != "question"]


def _reading(study: Study, asked: Mapping[str, str], main: dict[str, Any]) -> Iterator[tuple[str, str]]:
    narrowed = [f"{name} {value}" for name, value in asked.items() if name in ("arm", "stratum")]
    if narrowed:
        yield (
            "narrowed",
            _("Only a part is shown ({part}); the plan is about all of it.").format(part=", ".join(narrowed)),
        )
    if study.state in (Study.State.OPEN, Study.State.PAUSED):
        done = Enrolment.objects.filter(study=study, preview=False, status=Enrolment.Status.COMPLETE).count()
        yield (
            "interim",
            _(
                "Answers are still being collected ({n} people are done): whoever stops or goes on because of these "
                "numbers departs from the plan."
            ).format(n=done),
        )
    for one in main["consistency"]:
        if "refused" in (found := one["pairings"][one["primary"]]):
            yield (
                "primary_refused",
                _("“{rating}” and “{ranking}” cannot be paired as planned: {why}").format(
                    rating=one["rating"], ranking=one["ranking"], why=found["refused"]
                ),
            )
    for line in main["scores"].get("protocols", ()):
        if "refused" in line["model"]:
            yield (
                "model_refused",
                _("The planned model cannot be fitted to “{protocol}”: {why}").format(
                    protocol=line["protocol"], why=line["model"]["refused"]
                ),
            )
