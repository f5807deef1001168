"""The page “Graph” of a study for its data team: picture and list, what stands behind them, kept graphs."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elicitation.moral_graph.models import Context, Preparation, WisdomVote
from elicitation.moral_graph.pages.choice import Choice, groups, questions, read_choice
from elicitation.moral_graph.pages.found import kept_graphs
from elicitation.moral_graph.pages.listing import address, list_of, step_bar
from elicitation.moral_graph.pages.rows import figures
from elicitation.moral_graph.pages.scene import picture, scene, step_data
from elicitation.moral_graph.pages.view import LATEST, View, view
from elicitation.moral_graph.preparing import ask_for_preparation
from elicitation.moral_graph.snapshots import ESTIMATORS, take_snapshot
from multivocal.domain.shapes import say
from multivocal.errors import Invalid, NotFound
from multivocal.studies.access import Right
from multivocal.studies.models import Study
from multivocal.studies.staff.extras import StaffPage
from multivocal.studies.versions import has_stage

KEPT = 12
BARE = "moral_graph/graph_bare.html"


def context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows: the graph that was asked for, else the newest; ``part`` asks for a piece alone."""
    bare = asked.get("part") == "list"
    seen = _view(study, asked)
    query = {name: asked[name] for name in asked if name not in ("part", "csrfmiddlewaretoken", "do")}
    listing = list_of(seen, asked)
    found: dict[str, Any] = {
        "frame": BARE if bare else "admin/studies/base.html", "part": "list" if bare else "",
        "view": seen, "choice": seen.choice, "list": listing, **_opened(seen, asked.get("open", "")),
        "back": address(query, open="") + "#list", "elsewhere": _links(query, listing),
        "hidden": [
            *((name, _given(given)) for name, given in seen.choice.told().items()),
            *([("snapshot", asked["snapshot"])] if asked.get("snapshot") else []),
        ],
    }  # fmt: skip
    if bare:
        return found
    found |= {"scene": scene(seen), "picture": picture(seen, found["elsewhere"]["open"])}
    kept = list(kept_graphs(study)[:KEPT])
    return {
        **found,
        "figures": figures(study),
        "snapshots": kept,
        "estimators": ESTIMATORS,
        "situations": [
            (row.key, say(row.text, "en")) for row in Context.objects.filter(study=study).order_by("key")
        ],
        "questions": questions(study),
        "groups": groups(study),
        "newer": _newer(study, seen) if seen.found.kept else 0,
        "problem": Preparation.objects.filter(study=study).values_list("problem", flat=True).first(),
    }


def act(study: Study, user: Any, form: QueryDict) -> str:
    """Make a graph and keep it, or ask for what is due to be done."""
    if form.get("do") == "prepare":
        ask_for_preparation(study=study)
        return _("Cards are being merged and stories written. Load this page again in a while.")
    if form.get("do") != "snapshot":
        raise Invalid(_("Choose what to do."))
    given: dict[str, str] = form.dict()  # type: ignore[assignment]
    if given.pop("simulated", "") == "on":
        given["who"] = "all"
    choice = read_choice(study, given, Choice())
    made = take_snapshot(study=study, estimator=choice.estimator, filters=choice.filters())
    return _("The graph is made from {votes} votes of {people} people.").format(**made.result["rows"])


def _view(study: Study, asked: Mapping[str, str]) -> View:
    # A form with boxes says which of them it had: an unticked box sends nothing.
    given = {**asked, "seeds": asked.get("seeds", "0")} if asked.get("form") else dict(asked)
    try:
        return view(study, given, asked.get("snapshot") or LATEST)
    except (Invalid, NotFound):
        if asked.get("do"):
            return view(study, {})
        raise


def _opened(seen: View, wanted: str) -> dict[str, Any]:
    """Return the value (``value-12``) or the step (``step-1-12-KEY``) that is open; nothing for what is not there."""
    kind, _dash, name = wanted.partition("-")
    try:
        if kind == "value" and name.isdecimal() and len(name) < 10:
            value = seen.value(int(name))
            steps = [step_data(step) for step in [*value["from"], *value["to"]]]
            return {"value": value, "opened": wanted, "near": steps}
        if kind == "step":
            step = seen.step(name)
            return {
                "step": step, "opened": f"step-{step['key']}", "near": [step_data(step)], "bar": step_bar(step),
                "answer_rows": [
                    (label, step["there"]["answers"][key], step["back"]["answers"][key])
                    for key, label in answer_words().items()
                ],
                "ways": [(way, _told(step[way])) for way in ("there", "back")],
            }  # fmt: skip
    except NotFound:
        return {"lost": wanted[:80]}
    return {"lost": wanted[:80]} if wanted else {}


def answer_words() -> dict[str, str]:
    """Return the answers to a story in staff's words."""
    return {
        "wiser": _("wiser"), "not_wiser": _("not wiser"), "unsure": _("unsure"), "both": _("both are needed"),
        "depends": _("it depends"), "bad_story": _("the story does not work"),
    }  # fmt: skip


def _told(way: dict[str, Any]) -> dict[str, Any]:
    words = answer_words()
    stories = [
        {**story, "rows": [{**one, "label": words[one["answer"]]} for one in story["whys"]]}
        for story in way["stories"]
    ]
    return {**way, "stories": stories}


def _given(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _links(query: Mapping[str, str], listing: Any) -> dict[str, Any]:
    return {
        "values": address(query, show="", sort="", page="", open="") + "#list",
        "steps": address(query, show="steps", sort="", page="", open="") + "#list",
        "before": address(query, page=listing.page - 1) + "#list" if listing.page > 1 else "",
        "after": address(query, page=listing.page + 1) + "#list" if listing.page < listing.pages else "",
        "open": address(query, open="") + ("&" if len(address(query, open="")) > 1 else "") + "open=",
    }


def _newer(study: Study, seen: View) -> int:
    votes = WisdomVote.objects.filter(
        study=study, superseded_at=None, created_at__gt=seen.found.snapshot.until
    )
    return votes.exclude(enrolment__preview=True).count()


PAGE = StaffPage(
    "graph",
    gettext_lazy("Graph"),
    Right.DATA,
    "graph",
    context,
    lambda study: has_stage(study, "wisdom"),
    act,
)
