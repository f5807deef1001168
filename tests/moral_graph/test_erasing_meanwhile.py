"""Somebody withdraws while others work on what they said: none of their words is stored after they are gone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from elicitation.interviews.erasure import erase_interviews
from elicitation.moral_graph.canonical import current_partition, make_value, put_card
from elicitation.moral_graph.erasure import erase_votes
from elicitation.moral_graph.models import CanonicalValue, Membership, Snapshot
from elicitation.moral_graph.snapshots import take_snapshot
from multivocal.studies.models import Enrolment
from tests.aside import aside
from tests.moral_graph.cards import accepted_card, interviewed_study, step, value_with, vote

pytestmark = pytest.mark.django_db(transaction=True)


def erase(person: Enrolment) -> None:
    """Take everything back, as a withdrawal does."""
    with transaction.atomic():
        Enrolment.objects.filter(pk=person.pk).update(status="withdrawn")
        erase_votes(enrolment=person.pk)
        erase_interviews(enrolment=person.pk)


def test_a_card_that_a_worker_stores_just_then_leaves_no_words() -> None:
    study = interviewed_study()
    card = accepted_card(study, "kindness")
    person, version = card.enrolment, card.accepted_version
    assert person is not None and version is not None
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            value = make_value(
                partition=current_partition(study), title=version.title, description=version.description,
                policies=version.policies, representative=card.pk,
            )  # fmt: skip
            put_card(card=card.pk, into=value, decided_by="model", motivation="Nothing near it was known.")
            erased = aside(pool, lambda: erase(person))
        erased.result()
    value.refresh_from_db()
    assert (value.title, value.policies) == (f"Value {value.number}", [])
    assert not Membership.objects.exists()


def test_a_graph_that_is_made_just_then_is_made_again_without_their_words() -> None:
    study = interviewed_study()
    cards = [accepted_card(study, name) for name in ("kindness", "courage")]
    kind, brave = (value_with(study, card) for card in cards)
    voted = step(kind, brave)
    for card in cards:
        vote(voted, card)
    person = cards[0].enrolment
    assert person is not None
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            erase(person)
            made = aside(pool, lambda: take_snapshot(study=study))
        made.result()
    assert "courage" in str(CanonicalValue.objects.values_list("title", flat=True))
    assert Snapshot.objects.exists()
    assert not [row for row in Snapshot.objects.all() if "kindness" in str(row.result)]
