"""The registered report ``moral_graph_criteria``: the six criteria of the method, each measure with its interval."""

from django.utils.translation import gettext_lazy

from elicitation.moral_graph.report.asked import filters
from elicitation.moral_graph.report.criteria.figures import figures
from elicitation.moral_graph.report.report import AT_ONCE, CODE
from elicitation.moral_graph.report.state import state_of
from multivocal.studies.reports import Kept, Report
from multivocal.studies.stored_reports.computing import answer
from multivocal.studies.versions import has_stage

REPORT = Report(
    key="moral_graph_criteria",
    title=gettext_lazy("The six criteria"),
    build=lambda study, asked: answer(name="moral_graph_criteria", study=study, asked=asked),
    filters=filters,
    figures=figures,
    template="admin/moral_graph/criteria.html",
    fits=lambda study: has_stage(study, "wisdom"),
    kept=Kept("elicitation.moral_graph.report.criteria.build.build", state_of, AT_ONCE, CODE),
)
