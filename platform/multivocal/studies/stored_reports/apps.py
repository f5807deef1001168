"""The Django app of kept reports."""

from django.apps import AppConfig


class StoredReportsConfig(AppConfig):
    """Reports that were computed."""

    name = "multivocal.studies.stored_reports"
    label = "stored_reports"
    default_auto_field = "django.db.models.BigAutoField"
