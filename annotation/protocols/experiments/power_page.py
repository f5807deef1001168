"""The page “How many pairs and annotators?” of a study."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from annotation.protocols.experiments.report import has_comparison
from multivocal.studies.access import Right
from multivocal.studies.models import Study
from multivocal.studies.staff.extras import StaffPage


def context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows for what was typed."""
    return {}


PAGE = StaffPage("power", _("How many?"), Right.READ, "power", context, has_comparison)
