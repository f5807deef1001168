"""Who takes everything back leaves no words behind, and nobody else loses any."""

from collections.abc import Callable

from django.utils import timezone

from annotation.conversations.models import Conversation
from annotation.protocols.models import Item, Judgement, Stimulus
from multivocal.llm.models import Call
from multivocal.studies.stages import Visit
from multivocal.studies.withdrawal import erase_content
from tests.conversations.conftest import answer, begin, judge, say


def test_erasing_one_person_leaves_the_others(visit: Visit, make_visit: Callable[..., Visit]) -> None:
    stranger = make_visit()
    for somebody in (visit, stranger):
        begin(somebody)
        turn = answer(say(somebody, f"Said by {somebody.enrolment.pk}"))
        judge(somebody, turn, A=9, B=1, C=1, D=1)
        Call.objects.create(
            account=somebody.enrolment.study_id,
            person=somebody.enrolment.pk,
            purpose="candidate",
            model=turn.candidates.first().model,
            request={"messages": ["secret"]},
            text="secret",
            prompt_sha256="0" * 64,
            reserved=0,
            started_at=timezone.now(),
        )
    erase_content(enrolment=visit.enrolment.pk)
    assert [c.enrolment_id for c in Conversation.objects.all()] == [stranger.enrolment.pk]
    assert [j.enrolment_id for j in Judgement.objects.all()] == [stranger.enrolment.pk]
    assert str(visit.enrolment.pk) not in str(list(Item.objects.values_list("prompt", flat=True)))
    assert Stimulus.objects.count() == 4
    assert Call.objects.get(person=visit.enrolment.pk).text == ""
    assert Call.objects.get(person=stranger.enrolment.pk).text == "secret"
