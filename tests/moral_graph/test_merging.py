"""A judged card is stored as the rows are by then: joined values, quicker workers, people who withdrew."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from elicitation.moral_graph import curation
from elicitation.moral_graph.canonical import current_partition, value_of
from elicitation.moral_graph.embedding import lexical_vector
from elicitation.moral_graph.merging import _store, under
from elicitation.moral_graph.models import CanonicalValue, Membership, Partition
from elicitation.moral_graph.shapes import WisdomConfig
from multivocal.studies.models import Enrolment, Study
from tests.moral_graph.cards import accepted_card, interviewed_study, value_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    """A study with an interview."""
    return interviewed_study()


def store(study: Study, card: Any, into: CanonicalValue | None) -> None:
    """Store what a model said a while ago."""
    vector = lexical_vector(card.accepted_version.policies)
    _store(current_partition(study), card, vector, into, {"motivation": "The same."}, 7)


def test_a_card_follows_the_value_it_was_judged_for(study: Study, designer: User) -> None:
    one, two = (value_with(study, accepted_card(study, name)) for name in ("salt", "bread"))
    card = accepted_card(study, "salty")
    judged_for = CanonicalValue.objects.get(pk=one.pk)
    curation.join(study=study, user=designer, gone=one.number, into=two.number, why="")
    store(study, card, judged_for)
    assert value_of(card.pk) == two


def test_a_card_whose_value_left_the_graph_begins_one(study: Study) -> None:
    one = value_with(study, accepted_card(study, "salt"))
    card = accepted_card(study, "salty")
    CanonicalValue.objects.filter(pk=one.pk).update(archived_at=card.accepted_at)
    store(study, card, one)
    found = value_of(card.pk)
    assert found is not None and found != one and found.representative == card.pk


def test_a_card_of_who_withdrew_meanwhile_goes_nowhere(study: Study) -> None:
    card = accepted_card(study, "salt")
    Enrolment.objects.filter(pk=card.enrolment_id).update(status="withdrawn")
    store(study, card, None)
    assert value_of(card.pk) is None and not CanonicalValue.objects.exists()


def test_a_second_worker_changes_nothing(study: Study) -> None:
    card = accepted_card(study, "salt")
    store(study, card, None)
    store(study, card, None)
    assert CanonicalValue.objects.count() == Membership.objects.count() == 1


def test_an_adopted_sorting_keeps_its_own_parameters() -> None:
    config = WisdomConfig(id="wiser", kind="wisdom", contexts={"asked": "When asked"})
    plain = Partition(parameters={"neighbours": 9, "distance": 0.9})
    assert under(config, plain) is config
    own = {"neighbours": 2, "distance": 0.2, "model": "judge", "embedder": None}
    found = under(config, Partition(parameters=own))
    assert (found.merging.distance, found.model, found.embedder) == (0.2, "judge", None)
