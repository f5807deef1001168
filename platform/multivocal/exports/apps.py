"""The app of datasets, releases and tokens."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Datasets, releases and tokens."""

    name = "multivocal.exports"
    label = "exports"
    verbose_name = _("Data out")
