"""The page “Values” of a study: the list, one value with its cards and reasons, and what designers did to them."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elicitation.moral_graph import curation, partitions
from elicitation.moral_graph.models import CurationAct, Partition
from elicitation.moral_graph.pages import curation_rows as rows
from elicitation.moral_graph.pages.curation_sorting import sorting_context
from elicitation.moral_graph.preparing import ask_for_preparation
from elicitation.moral_graph.undoing import undo
from multivocal.errors import Invalid, Refused
from multivocal.studies.access import Right
from multivocal.studies.models import Study
from multivocal.studies.staff.extras import StaffPage
from multivocal.studies.versions import has_stage

VIEWS = ("list", "value", "join", "split", "history", "sorting")


def context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows: ``?value=N``, ``?value=N&join=M``, ``?value=N&split=CARD``, ``?view=…``, else all."""
    found: dict[str, Any] = {"view": "list", "asked": asked, "figures": rows.figures(study)}
    if asked.get("view") == "sorting":
        return {**found, "view": "sorting", **sorting_context(study, asked)}
    if asked.get("view") == "history":
        return {
            **found,
            "view": "history",
            "acts": rows.act_rows(study, CurationAct.objects.filter(study=study)),
        }
    if "value" not in asked:
        return {**found, **rows.list_context(study, asked)}
    try:
        value = curation.value_numbered(study, asked["value"])
        found |= rows.value_context(study, value, asked)
        if asked.get("join"):
            into = curation.value_numbered(study, asked["join"])
            return {
                **found,
                "view": "join",
                "into": rows.row_of(into),
                "effect": rows.join_effect(value, into),
            }
        if asked.get("split"):
            card = next((one for one in found["members"] if one["card"] == asked["split"]), None)
            if card is not None:
                return {**found, "view": "split", "card": card}
        return {**found, "view": "value"}
    except Refused as refusal:
        return {**found, "missing": refusal.message, **rows.list_context(study, {})}


def act(study: Study, user: Any, form: QueryDict) -> str:
    """Do what a form asks, and return a sentence about it."""
    do, why = form.get("do", ""), form.get("why", "")
    if do == "join":
        _need(form, "sure")
        done = curation.join(study=study, user=user, gone=form.get("value"), into=form.get("join"), why=why)
        return _("Value {gone} is joined to value {into}. You can take that back under History.").format(
            gone=form.get("value"), into=form.get("join"), n=done.pk
        )
    if do == "split":
        _need(form, "sure")
        done = curation.split(
            study=study, user=user, card=form.get("split"), value=form.get("value"), why=why
        )
        return _("The card is value {number} now.").format(number=max(done.values))
    if do == "speaker":
        curation.reword(
            study=study, user=user, value=form.get("value"), seen=form.get("seen", ""), why=why,
            representative=form.get("card"),
        )  # fmt: skip
        return _("Another card speaks for the value now.")
    if do == "reword":
        curation.reword(
            study=study, user=user, value=form.get("value"), seen=form.get("seen", ""), why=why,
            title=form.get("title", ""), description=form.get("description", ""),
            policies=form.get("policies", "").split("\n"),
        )  # fmt: skip
        return _("The value has the new words.")
    if do == "undo":
        undo(study=study, user=user, act=form.get("act"))
        return _("That is taken back.")
    if do == "prepare":
        ask_for_preparation(study=study)
        return _("Cards are being merged and stories written. Load this page again in a while.")
    return _sort(study, user, form)


def _sort(study: Study, user: Any, form: QueryDict) -> str:
    do = form.get("do", "")
    if do == "propose":
        partitions.propose_partition(study=study, user=user, wanted=_wanted(form))
        return _("All cards are being sorted anew beside what counts. Load this page again in a while.")
    if do == "adopt":
        _need(form, "sure")
        partitions.adopt_partition(
            study=study, user=user, partition=_number(form, "partition"),
            instead_of=_number(form, "instead_of"), why=form.get("why", ""),
        )  # fmt: skip
        return _(
            "This sorting counts now; the earlier one is kept. Stories for the new values are being checked."
        )
    if do == "discard":
        partitions.discard_partition(study=study, user=user, partition=_number(form, "partition"))
        return _("The sorting is put away. Nothing that counts has changed.")
    raise Invalid(_("Choose what to do."))


def _wanted(form: QueryDict) -> partitions.Wanted:
    try:
        return partitions.Wanted(
            neighbours=int(form.get("neighbours", "")), distance=float(form.get("distance", "")),
            model=form.get("model") or None, embedder=form.get("embedder") or None,
        )  # fmt: skip
    except ValueError:
        raise Invalid(_("Neighbours and distance are numbers.")) from None


def _number(form: QueryDict, name: str) -> int:
    text = form.get(name, "")
    if not text.isdecimal() or len(text) > 17:
        raise Invalid(_("Choose one of the sortings."))
    return int(text)


def _need(form: QueryDict, name: str) -> None:
    if form.get(name) != "yes":
        raise Invalid(_("Tick the box first: this changes results."))


def fits(study: Study) -> bool:
    """Return whether any version of the study has a wisdom stage, or cards were sorted in it."""
    return has_stage(study, "wisdom") or Partition.objects.filter(study=study).exists()


PAGE = StaffPage("values", gettext_lazy("Values"), Right.EDIT, "values", context, fits, act)
