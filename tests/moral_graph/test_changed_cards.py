"""A card changed after its person accepted it: merged anew, and asked about anew."""

import asyncio

import pytest
from django.utils import timezone

from elicitation.interviews.models import CardVersion, ValuesCard
from elicitation.moral_graph import work
from elicitation.moral_graph.canonical import put_card, value_of
from elicitation.moral_graph.changed import outdated
from elicitation.moral_graph.models import Confirmation, Fairness, Membership
from multivocal.studies.models import Enrolment
from tests.interviews.test_datasets import rows_of
from tests.llm.conftest import rows
from tests.moral_graph.test_standing import LINES, OTHER, crowd, own_study, vote, with_card

__all__ = ["rows"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rows")]


def test_a_card_may_be_changed_until_its_person_finishes_and_is_merged_anew() -> None:
    study = own_study()
    person = vote(with_card("Noor"))
    card = ValuesCard.objects.get()
    before = value_of(card.pk)
    assert before is not None
    person.keep(person.client.get(f"/s/values/here/?page=card&card={card.pk}"))
    assert person.hidden()["step"] == f"card-{card.pk}" and LINES[0] in person.page.content.decode()
    words = {f"policy-{n}": line for n, line in enumerate(OTHER)}
    few = person.submit(title="Asking", description="I ask.", **{**words, "policy-1": " ", "policy-2": ""})
    assert few.status_code == 422 and "at least 3 lines" in few.content.decode()
    told = person.submit(title="Asking", description="Call me: 0699 1234567", **words)
    assert told.status_code == 422 and "0699 1234567" in told.content.decode()
    person.submit(title="Asking", description="I ask.", **words)
    card.refresh_from_db()
    assert card.accepted_version is not None and card.accepted_version.number == 2
    assert card.versions.get(number=1).policies == LINES, "nothing is lost"
    assert list(outdated()) == [card] and person.hidden()["step"] == "wait"
    asyncio.run(work.prepare_study(study))
    now = value_of(card.pk)
    assert now is not None and now != before and now.title == "Asking"
    before.refresh_from_db()
    assert before.archived_at is not None and not list(outdated())
    assert Membership.objects.filter(card=card.pk).count() == 2
    crowd(study)
    person.submit()
    assert (
        "Where your value stands" in person.page.content.decode() and "Asking" in person.page.content.decode()
    )
    person.submit(answer="yes")
    assert Fairness.objects.get().card_version == 2


def test_a_card_changed_after_the_votes_began_is_asked_about_anew() -> None:
    study = own_study()
    with_card("Ali", lines=OTHER)
    shared = value_of(ValuesCard.objects.get().pk)
    assert shared is not None
    person = vote(with_card("Noor", shared))
    assert person.hidden()["step"].startswith("confirm-"), "her words are others than the value's"
    person.submit(answer="yes")
    vote(person)
    assert "Where your value stands" in person.page.content.decode()
    card = ValuesCard.objects.get(enrolment__pseudonym=Enrolment.objects.order_by("-started_at")[0].pseudonym)
    person.keep(person.client.get(f"/s/values/here/?page=card&card={card.pk}"))
    words = {f"policy-{n}": line for n, line in enumerate([*OTHER[:2], "STEPS taken back"])}
    person.submit(title="Asking", description="I ask.", **words)
    card.refresh_from_db()
    Membership.objects.filter(card=card.pk).update(ended_at=timezone.now())
    put_card(card=card.pk, into=shared, decided_by="rule", motivation="Put there again.")
    person.here()
    assert person.hidden()["step"] == f"confirm-{card.pk}"
    assert "You changed your card, so it was compared anew." in person.page.content.decode()
    person.submit(answer="no")
    assert "Where your value stands" in person.page.content.decode()
    own = value_of(card.pk)
    assert own is not None and own.title == "Asking"
    told = Confirmation.objects.filter(card=card.pk).order_by("pk").values_list("card_version", "answer")
    assert list(told) == [(1, "yes"), (2, "no")]
    assert [row["card_version"] for row in rows_of(study, "confirmations")] == [1, 2]


def test_nobody_changes_anothers_card_nor_between_two_stories() -> None:
    own_study()
    noor, ali = with_card("Noor"), with_card("Ali")
    card = ValuesCard.objects.order_by("created_at")[0]
    for person in (ali, vote(ali)):
        page = person.client.get(f"/s/values/here/?page=card&card={card.pk}")
        assert "Change your card" not in page.content.decode()
        words = {f"policy-{n}": line for n, line in enumerate(OTHER)}
        person.here()
        person.post(
            "here/",
            {**person.hidden(), "step": f"card-{card.pk}", "title": "Mine", "description": "x", **words},
        )
    noor.submit()
    assert noor.hidden()["step"].startswith("story-")
    noor.post(
        "here/", {**noor.hidden(), "step": f"card-{card.pk}", "title": "Now", "description": "x", **words}
    )
    assert CardVersion.objects.count() == 2
