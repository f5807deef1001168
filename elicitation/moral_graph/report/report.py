"""The registered report ``moral_graph``: what people hold wiser, in which situation, and how sure that is."""

from django.utils.translation import gettext_lazy

from elicitation.moral_graph.report.asked import filters
from elicitation.moral_graph.report.figures import figures
from elicitation.moral_graph.report.state import state_of
from multivocal.studies.reports import Kept, Report
from multivocal.studies.stored_reports.computing import answer
from multivocal.studies.versions import has_stage

AT_ONCE = 100
"""Above this many votes a page would make its reader wait for longer than a moment."""
CODE = 2  # raise it when the numbers change for the same rows


REPORT = Report(
    key="moral_graph",
    title=gettext_lazy("What is held wiser"),
    build=lambda study, asked: answer(name="moral_graph", study=study, asked=asked),
    filters=filters,
    figures=figures,
    template="admin/moral_graph/report.html",
    fits=lambda study: has_stage(study, "wisdom"),
    kept=Kept("elicitation.moral_graph.report.build.build", state_of, AT_ONCE, CODE),
)
