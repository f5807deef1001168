"""The Django app of routing."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    """Routing of items to people or models."""

    name = "annotation.routing"
    label = "routing"
    default_auto_field = "django.db.models.BigAutoField"
