"""The datasets of this server: settings.DATASETS, imported at first use."""

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from multivocal.domain.datasets import Dataset
from multivocal.errors import NotFound


def datasets() -> dict[str, Dataset]:
    """Return every registered dataset by its key, in the order of the settings."""
    return {key: import_string(path) for key, path in settings.DATASETS.items()}


def dataset(key: str) -> Dataset:
    """Return one dataset, or refuse with the names there are."""
    path = settings.DATASETS.get(key)
    if path is None:
        message = _("There is no dataset “{key}”. There are: {names}.")
        raise NotFound(message.format(key=key, names=", ".join(settings.DATASETS)))
    found: Dataset = import_string(path)
    return found


def is_identifying(found: Dataset) -> bool:
    """Return whether a dataset has a column that could tell who somebody is."""
    return any(column.identifying for column in found.columns)
