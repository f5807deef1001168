"""The six criteria of a study's graph, from the rows."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from elicitation.moral_graph.report.basis import read_basis
from elicitation.moral_graph.report.build import begun
from elicitation.moral_graph.report.criteria import (
    auditable,
    fine_grained,
    generalizable,
    legitimate,
    robust,
    scalable,
)
from elicitation.moral_graph.report.criteria.cards import read_cards
from elicitation.moral_graph.report.said import Numbers
from multivocal.studies.models import Study


def build(study: Study, asked: Mapping[str, str]) -> Numbers:
    """Return all measures, criterion by criterion; where nobody voted, only what is counted and how."""
    basis = read_basis(study, asked)
    found: Numbers = {
        **begun(basis),
        "criteria": [],
        "growth": {"batches": [], "values": []},
    }
    if not basis.judged:
        return found
    cards = read_cards(basis)
    scaling, growth = scalable.measures(basis, cards)
    parts = [
        ("fine_grained", _("Fine-grained"), fine_grained.measures(basis, cards)),
        ("generalizable", _("Generalizable"), generalizable.measures(basis, cards)),
        ("scalable", _("Scalable"), scaling),
        ("robust", _("Robust"), robust.measures(basis)),
        ("legitimate", _("Legitimate"), legitimate.measures(basis, cards)),
        ("auditable", _("Auditable"), auditable.measures(basis)),
    ]
    found["criteria"] = [{"key": key, "title": title, "measures": rows} for key, title, rows in parts]
    found["growth"] = growth
    return found
