"""The Django app of the graph's reports: rows that keep what takes long to compute."""

from django.apps import AppConfig


class ReportConfig(AppConfig):
    """Reports of a moral graph."""

    name = "elicitation.moral_graph.report"
    label = "graph_reports"
    default_auto_field = "django.db.models.BigAutoField"
