"""The estimates that a run of routing shows, by one name each; they are general and live with the statistics."""

from annotation.routing.domain.lift import lift, route_quality
from annotation.statistics.calibration import calibration
from annotation.statistics.means.anytime import confidence_sequence
from annotation.statistics.means.audited import audit_share, corrected_agreement, human_accuracy
from annotation.statistics.means.control import control_variate, effective_n, saving
from annotation.statistics.means.difference import aipw, terms
from annotation.statistics.means.mean import naive
from annotation.statistics.means.more import half_width, more_labels, more_quality

__all__ = [
    "aipw", "audit_share", "calibration", "confidence_sequence", "control_variate", "corrected_agreement",
    "effective_n", "half_width", "human_accuracy", "lift", "more_labels", "more_quality", "naive", "route_quality",
    "saving", "terms",
]  # fmt: skip
