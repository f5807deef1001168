"""What leaves: cards always, talks only with their own consent, and what was said in danger never."""

import json
from typing import Any

import pytest
from django.db import connection

from multivocal.exports.registry import datasets
from multivocal.llm.models import Call, LanguageModel
from multivocal.studies.models import Enrolment, Study
from tests.interviews.conftest import STORY
from tests.interviews.test_pages import noor, study, to_the_card, work_at_once

__all__ = ["study", "work_at_once"]
pytestmark = pytest.mark.django_db(transaction=True)


def rows_of(study: Study, name: str) -> list[dict[str, Any]]:
    """Return a dataset's rows by column."""
    dataset = datasets()[name]
    with connection.cursor() as cursor:
        cursor.execute(
            dataset.statement, {"study": study.pk, "since": None, "annotator": None, "version": None}
        )
        assert [column.name for column in cursor.description] == list(dataset.names)
        found = [dict(zip(dataset.names, row, strict=True)) for row in cursor.fetchall()]
    return [
        {k: json.loads(v) if isinstance(v, str) and v[:1] in ("[", "{") else v for k, v in row.items()}
        for row in found
    ]


def test_talks_leave_only_with_the_consent_to_share_them(study: Study, model: LanguageModel) -> None:
    for shares in (True, False):
        person = noor(shares=shares)
        person.submit(do="begin")
        person.submit(do="say", text="I want to kill myself")
        for _ in range(3):
            person.submit(do="say", text=STORY)
        person.submit(do="change", text="Put in her breathing")
        person.submit(do="accept", version="2")
    shared, kept = rows_of(study, "interviews")
    words = [line["text"] for line in shared["transcript"]]
    assert words[1] == STORY and "kill" not in str(shared) and "helpline" not in str(shared)
    assert kept["transcript"] is None and STORY not in str(kept)
    assert (kept["messages_person"], kept["help_shown"], kept["state"]) == (5, 1, "accepted")
    assert kept["models"] == ["sim-plain"] and len(kept["prompt_sha256"][0]) == 64
    cards = rows_of(study, "cards")
    assert [card["accepted_number"] for card in cards] == [2, 2] and len(cards[0]["policies"]) >= 3
    versions = rows_of(study, "card_versions")
    assert [row["request"] for row in versions] == [None, "Put in her breathing", None, None]
    assert {row["call"] for row in versions} <= set(Call.objects.values_list("pk", flat=True))
    calls = {row["annotator"]: row for row in rows_of(study, "calls")}
    assert calls[shared["annotator"]]["request"] and calls[kept["annotator"]]["request"] is None
    assert calls[kept["annotator"]]["text"] is None and calls[kept["annotator"]]["prompt_sha256"]


def test_previews_and_the_withdrawn_are_left_out(study: Study, model: LanguageModel) -> None:
    person = noor()
    to_the_card(person)
    person.submit(do="accept", version="1")
    assert len(rows_of(study, "cards")) == 1
    Enrolment.objects.update(preview=True)
    assert [rows_of(study, name) for name in ("interviews", "cards", "card_versions")] == [[], [], []]
