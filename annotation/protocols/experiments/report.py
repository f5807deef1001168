"""The comparison report: how far the answers depend on the way of asking, from rows alone (R1 to R13)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.protocols.experiments.figures import figures, view_key
from annotation.protocols.experiments.state import state_of
from multivocal.studies.models import Study
from multivocal.studies.reports import Filter, Kept, Report
from multivocal.studies.stored_reports.computing import answer
from multivocal.studies.versions import has_stage, newest_version

NAME = "comparison"
AT_ONCE = 10_000
"""Above this many judgements a page would make its reader wait for longer than a moment."""
CODE = 4  # raise it when the numbers change for the same rows
VIEWS = frozenset({"exclusions", "judges"})
"""Every view of who counts is in every report: the one that stands first is the reader's, not the rows'."""


def filters(study: Study, asked: Mapping[str, str]) -> Sequence[Filter]:
    """Return what the report can be narrowed to: arm, stratum, version; and which view stands first."""
    from annotation.protocols.models import Item

    newest = newest_version(study)
    arms = newest.shape.arms if newest else ()
    strata = Item.objects.filter(study=study).exclude(item_set=None).exclude(stratum="")
    numbers = study.versions.exclude(frozen_at=None).order_by("number").values_list("number", flat=True)
    every = ("", _("all"))
    return [
        *_judges(study),
        Filter("arm", _("Arm"), [every, *((arm.key, arm.key) for arm in arms)]),
        Filter(
            "stratum",
            _("Kind of item"),
            [
                every,
                *((s, s) for s in strata.order_by("stratum").values_list("stratum", flat=True).distinct()),
            ],
        ),
        Filter("version", _("Version"), [every, *((str(n), str(n)) for n in numbers)]),
        Filter(
            "exclusions",
            _("People and answers"),
            [("", _("everybody")), ("applied", _("without those the plan excludes"))],
        ),
    ]


def _judges(study: Study) -> list[Filter]:
    """Whose judgements stand first, where models annotate beside people."""
    from annotation.protocols.models import AiAnnotator

    if not AiAnnotator.objects.filter(study=study).exists():
        return []
    return [Filter("judges", _("Judges"), [("", _("people")), ("models", _("models"))])]


def numbers(study: Study, asked: Mapping[str, str]) -> dict[str, Any] | None:
    """Return every view's numbers; ``view`` says which of them was asked for and how much is counted in it."""
    of_rows = {name: value for name, value in asked.items() if name not in VIEWS}
    found = answer(name=NAME, study=study, asked=of_rows)
    if found is None:
        return None
    key = view_key(found, asked)
    return {**found, "asked": dict(asked), "view": {"key": key, **found[key]["counted"]}}


COMPARISON = Report(
    key=NAME,
    title=gettext_lazy("Does the way of asking matter?"),
    build=numbers,
    filters=filters,
    figures=figures,
    template="admin/experiments/comparison.html",
    fits=lambda study: has_stage(study, "comparison"),
    kept=Kept("annotation.protocols.experiments.build.build", state_of, AT_ONCE, CODE),
)
