"""Asking a model over HTTP: every screen once, in both orders, with everything that is needed to know how."""

from annotation.protocols.models import Presentation
from multivocal.llm.models import Call
from multivocal.studies.models import Study
from tests.annotators.kit import annotator, ask_all, current
from tests.llm.conftest import MakeModel


def test_both_orders_and_every_sample_are_judgements_of_their_own(
    study: Study, make_model: MakeModel
) -> None:
    judge = annotator(study, make_model(), samples=2)
    ran = ask_all(judge)
    assert (ran.state, ran.reason, dict(ran.counts)) == ("done", "", {"ok": 40})
    given = current(judge)
    assert {(j.presentation.order_row, j.presentation.sample) for j in given} == {
        (0, 0),
        (1, 0),
        (0, 1),
        (1, 1),
    }
    assert Presentation.objects.filter(annotator=judge).count() == 40
    calls = Call.objects.filter(purpose="annotate")
    assert calls.count() == 40
    assert {j.call for j in given} == set(calls.values_list("pk", flat=True))
