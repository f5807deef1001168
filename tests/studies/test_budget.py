"""A submitted page costs few queries, whatever the size of the study document."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.studies.studies import Person, make_study

pytestmark = pytest.mark.django_db


def test_queries_of_a_post_and_a_page() -> None:
    make_study()
    Person(pid="first").walk()
    person = Person(pid="second")
    person.start()
    fields = {**person.hidden(), "decision": "agree", "purpose-taking-part": "on"}
    with CaptureQueriesContext(
        connection,
    ) as posted:
        person.post("here/", fields)
    real = [q["sql"] for q in posted if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    # Eight of the flow; the consent adds its wording and the decision.
    assert len(real) <= 8 + 2, "\n".join(real)
    with CaptureQueriesContext(connection) as painted:
        person.here()
    assert len(painted) == 1
    assert '"definition"' not in painted[0]["sql"]
