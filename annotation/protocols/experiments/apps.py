"""The app of protocol experiments: reports that took long are kept."""

from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    """Comparison reports and their power."""

    name = "annotation.protocols.experiments"
    label = "experiments"
