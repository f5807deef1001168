"""The people of the tests: each has a name and a role, and one of them is always a stranger."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client


def make_staff(name: str, *, password: str | None = None, **fields: Any) -> User:
    """Return a new person who may sign in to the admin and has no other right.

    Without ``password`` they sign in through ``signed_in`` alone: hashing one takes half a second.
    """
    username = name.lower().replace(" ", ".")
    first, _, last = name.partition(" ")
    fields = {"first_name": first, "last_name": last, "is_staff": True, **fields}
    return User.objects.create_user(username, f"{username}@example.org", password, **fields)


def make_operator(name: str = "Olu Adeyemi") -> User:
    """Return the person who runs the server: every right."""
    return make_staff(name, is_superuser=True)


def make_designer(name: str = "Dana Okafor") -> User:
    """Return a person who designs studies. Which studies are theirs is the test's to say."""
    return make_staff(name)


def make_analyst(name: str = "Amir Haddad") -> User:
    """Return a person of a data team."""
    return make_staff(name)


def make_payment_staff(name: str = "Pilar Gómez") -> User:
    """Return a person who pays participants and may see where they came from."""
    return make_staff(name)


def make_stranger(name: str = "Sven Fremd") -> User:
    """Return a person who can sign in and has no business with any study of the test."""
    return make_staff(name)


def signed_in(person: User, **options: Any) -> Client:
    """Return a browser in which ``person`` is signed in; forms are checked for their token as in life."""
    client = Client(**options)
    client.force_login(person)
    return client


def nobody(**options: Any) -> Client:
    """Return a browser in which nobody is signed in: a participant who has just arrived, or anybody else."""
    return Client(**options)
