"""The Django app of the graph's reports: the tags their pages use."""

from django.apps import AppConfig


class ReportConfig(AppConfig):
    """Reports of a moral graph."""

    name = "elicitation.moral_graph.report"
    label = "graph_reports"
