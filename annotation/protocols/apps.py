"""The app of feedback protocols."""

from django.apps import AppConfig


class ProtocolsConfig(AppConfig):
    """Protocols, items, presentations and judgements."""

    name = "annotation.protocols"
