"""The page “Graph” of a study for its data team: numbers, winners, the lists, and the drawing of a kept graph."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elicitation.moral_graph.models import Context, Snapshot
from elicitation.moral_graph.pages.rows import figures, step_rows, value_rows
from elicitation.moral_graph.preparing import ask_for_preparation
from elicitation.moral_graph.snapshots import ESTIMATORS, take_snapshot
from elicitation.moral_graph.voting import Filters
from multivocal.domain.shapes import say
from multivocal.errors import Invalid
from multivocal.studies.access import Right
from multivocal.studies.models import Study
from multivocal.studies.staff.extras import StaffPage

KEPT = 12


def context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows: the snapshot that was asked for, else the newest."""
    kept = list(Snapshot.objects.filter(study=study).order_by("-created_at")[:KEPT])
    wanted = asked.get("snapshot", "")
    chosen = next((one for one in kept if str(one.pk) == wanted), kept[0] if kept else None)
    found: dict[str, Any] = {
        "figures": figures(study),
        "snapshots": kept,
        "chosen": chosen,
        "estimators": ESTIMATORS,
        "situations": [
            (row.key, say(row.text, "en")) for row in Context.objects.filter(study=study).order_by("key")
        ],
        "questions": _questions(study),
    }
    if chosen is None:
        return found
    from elicitation.moral_graph.pages.picture import Arrow, Node, draw

    values, steps = value_rows(chosen), step_rows(chosen)
    return {
        **found,
        "rows": chosen.result["rows"],
        "values": values,
        "steps": steps,
        "winners": _winners(chosen),
        "circles": [
            {"context": one["context"], "titles": [_title(chosen, value) for value in one["values"]]}
            for one in chosen.result["graph"].get("cycles", [])
        ],
        "picture": draw(
            [Node(row["id"], row["title"], row["support"]) for row in values],
            [
                Arrow(
                    row["source_id"], row["target_id"], row["counts"]["impressions"], row["certainty"],
                    row["supported"], f"{row['source']} → {row['target']}: {row['likelihood']} {row['interval']}",
                )
                for row in steps
                if row["counts"]["markedWiser"] > row["counts"]["markedLessWise"]
            ],
            _("Values and the steps between them; the lists above say the same"),
        ),
    }  # fmt: skip


def act(study: Study, user: Any, form: QueryDict) -> str:
    """Make a graph, or ask for what is due to be done."""
    if form.get("do") == "prepare":
        ask_for_preparation(study=study)
        return _("Cards are being merged and stories written. Load this page again in a while.")
    if form.get("do") != "snapshot":
        raise Invalid(_("Choose what to do."))
    filters = Filters(
        question=form.get("question", ""), context=form.get("context", ""),
        simulated=form.get("simulated") == "on", seeds=form.get("seeds") == "on",
    )  # fmt: skip
    made = take_snapshot(study=study, estimator=form.get("estimator", "posterior"), filters=filters)
    return _("The graph is made from {votes} votes of {people} people.").format(**made.result["rows"])


def fits(study: Study) -> bool:
    """Return whether any version of the study has a wisdom stage."""
    versions = study.versions.values_list("definition", flat=True)
    return any(stage.get("kind") == "wisdom" for one in versions for stage in one.get("stages", ()))


def _winners(chosen: Snapshot) -> list[dict[str, Any]]:
    return [
        {
            "context": say(chosen.result["situations"].get(one["context"]) or one["context"], "en"),
            "title": _title(chosen, one["winner"]["id"]), "id": one["winner"]["id"],
            "first": f"{100 * one['winner']['first']:.0f}", "flip": one["winner"]["votersToFlip"],
            "agree": one["winner"]["methodsAgree"],
        }
        for one in sorted(chosen.result["graph"].get("contexts", []), key=lambda one: one["context"])
    ]  # fmt: skip


def _title(chosen: Snapshot, number: str) -> str:
    return str(chosen.result["names"].get(number, {}).get("title", number))


def _questions(study: Study) -> list[str]:
    found = Context.objects.filter(study=study).values_list("questions", flat=True)
    return sorted({key for keys in found for key in keys})


PAGE = StaffPage("graph", gettext_lazy("Graph"), Right.DATA, "graph", context, fits, act)
