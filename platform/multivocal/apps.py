"""The project itself as an app, so that its system checks are found."""

from django.apps import AppConfig


class MultivocalConfig(AppConfig):
    """Registers the checks; has no models."""

    name = "multivocal"

    def ready(self) -> None:
        """Register the system checks, and make ours the Celery application of every process.

        A task queued by a process that never met it would go to Celery's own default, a broker nobody runs.
        """
        from multivocal import celery, checks  # noqa: F401
