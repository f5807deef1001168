"""The report on models that annotate: what they were asked, how far they are, and whether the order sways them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy

from annotation.protocols.annotators.making import in_both_orders, settings_of
from annotation.protocols.annotators.progress import counts_of
from annotation.protocols.models import AiAnnotator
from multivocal.studies.models import Study
from multivocal.studies.reports import Figure, Numbers, Report

_HEADER = (
    "annotator", "model", "protocol", "prompt_sha256", "pairs", "agree", "flip", "flips_first", "tie", "half_tie",
    "no_answer", "flip_share", "flip_low", "flip_high", "first_share", "first_low", "first_high",
)  # fmt: skip


def build(study: Study, asked: Mapping[str, str]) -> Numbers:
    """Return a record for each model annotator, from rows alone."""
    # Its arrays are heavy, and the web server imports this module when it starts.
    from annotation.protocols.annotators.orders import outcomes_of

    every = AiAnnotator.objects.filter(study=study).select_related("model", "protocol").order_by("created_at")
    records = []
    for one in every:
        rubric, config, params = settings_of(one)
        both = in_both_orders(one)
        orders = outcomes_of(one) if both else None
        records.append(
            {
                "name": one.name,
                "model": one.model.name,
                "protocol": f"{params.stage}/{params.protocol_key}" if params.stage else config.kind,
                "kind": config.kind,
                "rubric": rubric.version,
                "prompt_sha256": one.prompt_sha256,
                "samples": one.samples,
                "both_orders": both,
                "judgements": asdict(counts_of(one)),
                "orders": orders.as_json() if orders else None,
            }
        )
    return {"annotators": records}


def figures(numbers: Numbers) -> Sequence[Figure]:
    """Return the table of both orders to take away."""
    rows = [_line(one) for one in numbers["annotators"] if one["orders"]]
    title = str(gettext_lazy("Models asked in both orders"))
    return [Figure("orders", title, "", _HEADER, rows)] if rows else []


def _line(one: Mapping[str, Any]) -> list[Any]:
    orders = one["orders"]
    line = [one[name] for name in ("name", "model", "protocol", "prompt_sha256")]
    line += [orders[name] for name in _HEADER[4:11]]
    for share in ("flip_share", "first_share"):
        found = orders[share] or {}
        line += [found.get(part) for part in ("estimate", "low", "high")]
    return line


def has_annotators(study: Study) -> bool:
    """Return whether any model annotates in ``study``."""
    return AiAnnotator.objects.filter(study=study).exists()


REPORT = Report(
    key="annotators",
    title=gettext_lazy("Does the order sway the models?"),
    build=build,
    filters=lambda study, asked: [],
    figures=figures,
    template="admin/annotators/orders.html",
    fits=has_annotators,
)
