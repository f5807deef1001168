"""The app of interviews."""

from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    """Interviews, their messages, and values cards in versions."""

    name = "elicitation.interviews"
    label = "interviews"
    default_auto_field = "django.db.models.BigAutoField"
