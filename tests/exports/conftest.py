"""A seeded study, and the people who may and may not take its data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from multivocal.studies.models import Membership
from tests import people
from tests.exports.seed import Seeded, seed


@pytest.fixture
def seeded(transactional_db: None) -> Seeded:
    """A study whose rows are committed, as another connection reads them."""
    return seed()


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[Seeded]:
    """The same study for a whole module whose tests only read."""
    with django_db_blocker.unblock():
        yield seed()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def amir(seeded: Seeded) -> User:
    """Amir, who analyses this study."""
    person = people.make_analyst()
    Membership.objects.create(study=seeded.study, user=person, role=Membership.Role.ANALYST)
    return person


@pytest.fixture
def releases_dir(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A folder of this test for releases."""
    settings.RELEASES_DIR = tmp_path / "releases"
    yield settings.RELEASES_DIR
