"""The app of AI annotators: what they were asked to do, and whether they are still at it."""

from django.apps import AppConfig


class AnnotatorsConfig(AppConfig):
    """Models that answer feedback protocols."""

    name = "annotation.protocols.annotators"
    label = "annotators"
