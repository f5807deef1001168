"""Fixtures every test may ask for: the people, and browsers in their hands."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, TransactionTestCase
from django.utils import translation

from tests import people
from tests.emptying import empty_tables

TransactionTestCase._fixture_teardown = empty_tables


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Begin in English: a page asked for by a former test leaves its language behind in this thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def operator(db: None) -> User:
    """Olu, who runs the server."""
    return people.make_operator()


@pytest.fixture
def designer(db: None) -> User:
    """Dana, who designs studies."""
    return people.make_designer()


@pytest.fixture
def analyst(db: None) -> User:
    """Amir, of a data team."""
    return people.make_analyst()


@pytest.fixture
def payment_staff(db: None) -> User:
    """Pilar, who pays participants."""
    return people.make_payment_staff()


@pytest.fixture
def stranger(db: None) -> User:
    """Sven, who may sign in and has no business here."""
    return people.make_stranger()


@pytest.fixture
def visitor() -> Client:
    """A browser in which nobody is signed in."""
    return people.nobody()
