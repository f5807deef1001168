"""The page “Set-up” of a study of values: what the draft has, what a model suggests for it, and files of others."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elicitation.moral_graph.models import Suggestion, SuggestionRequest
from elicitation.moral_graph.pages.curation_rows import name_of
from elicitation.moral_graph.pages.suggestions_import import take_files
from elicitation.moral_graph.suggestions_asking import ask_for_suggestions
from elicitation.moral_graph.suggestions_deciding import accept_suggestion, reject_suggestion
from elicitation.moral_graph.suggestions_draft import has_wisdom, read_set_up
from multivocal.domain.shapes import say
from multivocal.errors import Invalid
from multivocal.llm.models import LanguageModel
from multivocal.studies.access import Right
from multivocal.studies.edits import current_document
from multivocal.studies.models import Study
from multivocal.studies.staff.extras import StaffPage

MOST_DECIDED = 100


def context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the draft's set-up, the suggestions that wait with what was typed into them, and those decided."""
    set_up = read_set_up(study)
    rows = Suggestion.objects.filter(study=study).select_related("asked_by", "decided_by")
    titles = {seed["key"]: say(seed["title"], set_up.language) for seed in set_up.seeds}
    waiting = rows.filter(state=Suggestion.State.OPEN).order_by("created_at", "pk")
    decided = rows.exclude(state=Suggestion.State.OPEN).order_by("-decided_at")[:MOST_DECIDED]
    return {
        "set_up": set_up,
        "contexts": list(set_up.contexts.items()),
        "seed_titles": list(titles.items()),
        "steps": [
            {**step, "from": titles.get(step.get("source"), ""), "to": titles.get(step.get("target"), "")}
            for step in set_up.steps
        ],
        "waiting": [_row(row, titles, set_up.contexts, asked) for row in waiting],
        "decided": [_row(row, titles, set_up.contexts, {}) for row in decided],
        "models": list(
            LanguageModel.objects.filter(active=True).order_by("name").values_list("name", "simulated")
        ),
        "asking": SuggestionRequest.objects.filter(study=study).order_by("-pk").first(),
        "live": study.state != Study.State.DRAFT,
        "typed": asked,
    }


def act(study: Study, user: Any, form: QueryDict) -> str:
    """Ask a model, or decide about a suggestion."""
    do = form.get("do", "")
    if do in ("context", "seed", "step"):
        ask_for_suggestions(
            study=study, user=user, kind=do, question=form.get("question", ""), model=form.get("model") or None,
            ends=(form.get("source", ""), form.get("target", ""), form.get("context", "")),
        )  # fmt: skip
        return _("The model is being asked. Nothing it says is in the draft before you accept it.")
    if do == "reject":
        reject_suggestion(study=study, user=user, suggestion=form.get("suggestion", ""))
        return _("The suggestion is turned down.")
    if do == "accept":
        changed = {**form.dict(), "policies": form.get("policies", "").split("\n")}
        key, mistakes = accept_suggestion(
            study=study, user=user, suggestion=form.get("suggestion", ""), changed=changed
        )
        said = _("It is in the draft now, as “{key}”, marked as a seed.").format(key=key)
        if form.get("text"):
            said = _("It is in the draft now, as “{key}”.").format(key=key)
        if mistakes:
            place, why = next(iter(mistakes.items()))
            said += " " + _("The draft has a mistake to mend under Edit: {place}: {why}").format(
                place=place, why=why
            )
        return said
    if do == "import":
        raise Invalid(_("Choose a file first."))
    raise Invalid(_("Choose what to do."))


def upload(study: Study, user: Any, form: QueryDict, files: MultiValueDict[str, Any]) -> str:
    """Take in a graph, votes, or both."""
    return take_files(study=study, user=user, graph=files.get("graph"), votes=files.get("votes"))


def fits(study: Study) -> bool:
    """Return whether the study's draft, or its newest version, has a wisdom stage."""
    document, _edit = current_document(study)
    return study.state != Study.State.CLOSED and isinstance(document, dict) and has_wisdom(study)


def _row(
    row: Suggestion, titles: Mapping[str, str], contexts: Mapping[str, str], asked: Mapping[str, str]
) -> dict[str, Any]:
    content = dict(row.taken or row.content)
    # What was typed into this one comes back with the sentence that says what is wrong with it.
    if asked.get("suggestion") == str(row.pk):
        content |= {key: asked[key] for key in ("text", "title", "description", "story") if key in asked}
        if "policies" in asked:
            content["policies"] = asked["policies"].split("\n")
    return {
        "told": content.get("text") or content.get("title") or content.get("story"),
        "pk": str(row.pk), "kind": row.kind, "label": row.get_kind_display(), "question": row.question,
        "content": content, "lines": "\n".join(content.get("policies", ())), "model": row.model, "call": row.call,
        "prompt": row.prompt_sha256[:12], "at": row.created_at, "who": name_of(row.asked_by), "state": row.state,
        "decided_at": row.decided_at, "decider": name_of(row.decided_by), "hints": row.content.get("hints", ()),
        "changed": row.taken is not None and any(row.taken[k] != v for k, v in row.content.items() if k != "hints"),
        "ends": (titles.get(content.get("source", ""), ""), titles.get(content.get("target", ""), "")),
        "situation": contexts.get(content.get("context", ""), content.get("context", "")),
    }  # fmt: skip


PAGE = StaffPage("set-up", gettext_lazy("Set-up"), Right.EDIT, "set_up", context, fits, act, upload)
