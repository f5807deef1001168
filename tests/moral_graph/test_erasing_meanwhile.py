"""Somebody withdraws while others work on what they said: none of their words is stored after they are gone."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from elicitation.interviews.erasure import erase_interviews
from elicitation.moral_graph.canonical import current_partition, make_value, put_card
from elicitation.moral_graph.erasure import erase_votes
from elicitation.moral_graph.models import CanonicalValue, Membership, Snapshot
from elicitation.moral_graph.report import stored
from elicitation.moral_graph.report.erasure import forget_reports
from elicitation.moral_graph.report.models import ComputedReport
from elicitation.moral_graph.snapshots import take_snapshot
from multivocal.studies.models import Enrolment
from tests.moral_graph.cards import accepted_card, interviewed_study, step, value_with, vote

pytestmark = pytest.mark.django_db(transaction=True)


def erase(person: Enrolment) -> None:
    """Take everything back, as a withdrawal does."""
    with transaction.atomic():
        Enrolment.objects.filter(pk=person.pk).update(status="withdrawn")
        erase_votes(enrolment=person.pk)
        forget_reports(enrolment=person.pk)
        erase_interviews(enrolment=person.pk)


def aside(pool: ThreadPoolExecutor, work: Callable[[], Any]) -> Future[Any]:
    """Begin ``work`` on a connection of its own; return once it is done or stands in the graph's queue."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    begun = pool.submit(run)
    while not begun.done() and not queued():
        time.sleep(0.01)
    return begun


def queued() -> bool:
    """Return whether somebody waits for an advisory lock of this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_locks where locktype = 'advisory' and not granted and database ="
            " (select oid from pg_database where datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])


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


def test_a_report_whose_row_went_while_it_was_computed_is_not_kept() -> None:
    study = interviewed_study()
    card = accepted_card(study, "kindness")
    vote(step(value_with(study, card), value_with(study, accepted_card(study, "courage"))), card)
    asked = {"simulated": "without"}
    row = stored._wanted("moral_graph", study, asked, "as it was")
    assert card.enrolment is not None
    erase(card.enrolment)
    stored._compute(row)
    assert not ComputedReport.objects.exists()
    assert stored.answer(name="moral_graph", study=study, asked=asked) is not None
    assert "kindness" not in str(ComputedReport.objects.get().content)
