"""After the end: where one's value stands, on whatever day one looks, also once the study is closed."""

import pytest

from tests.llm.conftest import rows
from tests.moral_graph.test_standing import crowd, own_study, vote, with_card

__all__ = ["rows"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rows")]


def test_whoever_finished_reads_on_any_day_where_their_value_stands_and_nobody_before() -> None:
    study = own_study()
    person = vote(with_card("Noor"))
    assert person.client.get("/s/values/after/")["Location"] == "/s/values/done/", "not before the end"
    person.submit()
    while "/done/" not in person.page.request["PATH_INFO"]:
        person.submit()
    assert 'href="/s/values/after/"' in person.page.content.decode()
    assert "there is nothing to tell yet" in person.client.get("/s/values/after/").content.decode()
    crowd(study)
    study.state = "closed"
    study.save()
    text = person.client.get("/s/values/after/").content.decode()
    assert "not yet on steps to yours" in text and "Staying" in text and "<form id=" not in text
