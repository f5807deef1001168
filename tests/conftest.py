"""Fixtures every test may ask for: the people, and browsers in their hands."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import people


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
