"""The project itself as an app, so that its system checks are found."""

from django.apps import AppConfig


class MultivocalConfig(AppConfig):
    """Registers the checks; has no models."""

    name = "multivocal"

    def ready(self) -> None:
        """Register the system checks."""
        from multivocal import checks  # noqa: F401
