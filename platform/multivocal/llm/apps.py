"""The app of language models; its system checks are registered when Django starts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LlmConfig(AppConfig):
    """Language models, calls and accounts."""

    name = "multivocal.llm"
    label = "llm"
    verbose_name = _("Language models")

    def ready(self) -> None:
        """Register the system checks."""
        from multivocal.llm import checks  # noqa: F401
