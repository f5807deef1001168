"""The Django app of the moral graph."""

from django.apps import AppConfig


class MoralGraphConfig(AppConfig):
    """Votes on steps between values, and graphs made of them."""

    name = "elicitation.moral_graph"
    label = "moral_graph"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from elicitation.moral_graph import checks  # noqa: F401
