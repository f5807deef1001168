"""The app of live stages."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Sockets and their plain twin; it has no rows of its own."""

    name = "multivocal.live"
