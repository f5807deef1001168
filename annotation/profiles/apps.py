"""The app of questionnaires and profiles."""

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    """Screening, surveys, and every answer to a page of questions."""

    name = "annotation.profiles"
