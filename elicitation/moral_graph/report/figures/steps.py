"""Circles and contradictions: where no order can fit what people said."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from elicitation.moral_graph.report.said import Numbers
from multivocal.domain.telling import with_interval
from multivocal.studies.reports import Figure


def figures(numbers: Numbers) -> Iterator[Figure]:
    """Yield the circles of supported steps, and the two-step paths that people contradict."""
    group = _("Does it make one order?")
    circles = numbers["cycles"]
    yield Figure(
        "circles",
        _("Circles"),
        "",
        [_("situation"), _("each is held wiser than the one before it")],
        [[one["text"], " → ".join([*one["titles"], one["titles"][0]])] for one in circles],
        group=group,
        lead=_("{n} circles among the {every} supported steps.").format(
            n=len(circles), every=numbers["counted"]["supported"]
        )
        if circles
        else _("No circle among the {every} supported steps.").format(every=numbers["counted"]["supported"]),
    )
    found = numbers["transitivity"]["majority"]
    share = found["share"]
    yield Figure(
        "paths",
        _("Two steps in a row"),
        "",
        [_("situation"), _("from"), _("by way of"), _("to")],
        [[one["text"], *one["titles"]] for one in numbers["transitivity"]["contradictions"]],
        group=group,
        lead=_(
            "{asked} of {paths} two-step paths have votes between their ends: {leads} lead the same way, {against} "
            "the other way, {level} neither."
        ).format(**{key: found[key] for key in ("asked", "paths", "leads", "against", "level")}),
        note=_(
            "PageRank takes for granted that a→b and b→c make a→c. Steps with more “wiser” than “less wise”; "
            "{supported} of the paths run over supported steps alone. Share that holds: {share}. The table names "
            "the paths that people contradict."
        ).format(
            supported=numbers["transitivity"]["supported_paths"], share=with_interval(share, shares=True)
        ),
    )
