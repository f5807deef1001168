"""Every kind of question takes what it asks for, and says what is wrong with everything else."""

from typing import Any

import pytest

from annotation.profiles import questionnaires
from annotation.profiles.models import PageResponse
from multivocal.studies.stages import Again, Done
from tests.profiles.conftest import MakeVisit, item, options, page, submit, survey

other = [*options("a"), {"key": "other", "label": "Other", "text": True}]
firm = [*options("a"), {"key": "other", "label": "Other", "text": True, "text_required": True}]
alone = [*options("a", "b"), {"key": "nothing", "label": "Nothing", "exclusive": True}]
rows = [{"key": "x", "label": "X"}, {"key": "other", "label": "Other", "other_text": True, "required": False}]

GOOD: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (item("single"), {"q": "b"}, {"q": "b"}),
    (item("single", required=False), {}, {"q": None}),
    (item("single", prefer_not_to_say=True), {"q": "prefer_not_to_say"}, {"q": "prefer_not_to_say"}),
    (item("single", options=other), {"q": "other", "q__other__text": " Mine "}, {"q": "other", "q.other.text": "Mine"}),
    (item("single", options=other), {"q": "other"}, {"q": "other"}),
    (item("single", options=other), {"q": "a", "q__other__text": "unused"}, {"q": "a"}),
    (item("multiple"), {"q": ["c", "a"]}, {"q": ["a", "c"]}),
    (item("multiple", required=False), {}, {"q": None}),
    (item("multiple", options=alone, min=2), {"q": ["nothing"]}, {"q": ["nothing"]}),
    (item("multiple", options=other), {"q": ["other"], "q__other__text": "T"}, {"q": ["other"], "q.other.text": "T"}),
    (item("vas"), {"q__x": 0, "q__y": 100}, {"q": {"x": 0, "y": 100}}),
    (item("vas", required=False), {"q__y": 3}, {"q": {"y": 3}}),
    (item("vas", required=False), {}, {"q": None}),
    (item("vas", allow_not_applicable=True), {"q__x__na": 1, "q__x": 70, "q__y": 1}, {"q": {"x": None, "y": 1}}),
    (item("vas", rows=rows), {"q__x": 5}, {"q": {"x": 5}}),
    (
        item("vas", rows=rows),
        {"q__x": 5, "q__other": 9, "q__other__text": "Wit"},
        {"q": {"x": 5, "other": 9}, "q.other.text": "Wit"},
    ),
    (item("vas", min=-50, max=50), {"q__x": -50, "q__y": 0}, {"q": {"x": -50, "y": 0}}),
    (item("text"), {"q": "  Honesty, and 3 < 4.  "}, {"q": "Honesty, and 3 < 4."}),
    (item("text", required=False), {"q": "   "}, {"q": None}),
    (item("text"), {"q": "one\r\n\r\ntwo\tthree"}, {"q": "one\n\ntwo\tthree"}),
    (item("text"), {"q": "الصدق والكرم 🌿"}, {"q": "الصدق والكرم 🌿"}),
    (item("country"), {"q": "KEN"}, {"q": "KEN"}),
    (item("country", prefer_not_to_say=True), {"q": "prefer_not_to_say"}, {"q": "prefer_not_to_say"}),
    (item("number", min=1, max=9), {"q": "9"}, {"q": 9}),
    (item("number"), {"q": "٤٢"}, {"q": 42}),
    (item("number", whole=False), {"q": "2,5"}, {"q": 2.5}),
    (item("date"), {"q": "2001-12-31"}, {"q": "2001-12-31"}),
    (item("confirm"), {"q": "1"}, {"q": True}),
    (item("confirm", required=False), {}, {"q": False}),
    (item("statement"), {}, {}),
]  # fmt: skip

BAD: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (item("single"), {}, "q"),
    (item("single"), {"q": "z"}, "q"),
    (item("single"), {"q": ["a", "b"]}, "q"),
    (item("single"), {"q": "prefer_not_to_say"}, "q"),
    (item("single", options=firm), {"q": "other"}, "q.other.text"),
    (item("single", options=other), {"q": "other", "q__other__text": "x" * 201}, "q.other.text"),
    (item("multiple"), {}, "q"),
    (item("multiple"), {"q": ["a", "z"]}, "q"),
    (item("multiple"), {"q": ["a", "a"]}, "q"),
    (item("multiple", min=2), {"q": ["a"]}, "q"),
    (item("multiple", max=1), {"q": ["a", "b"]}, "q"),
    (item("multiple", options=alone), {"q": ["a", "nothing"]}, "q"),
    (item("vas"), {"q__x": 50}, "q.y"),
    (item("vas"), {"q__x": 101, "q__y": 1}, "q.x"),
    (item("vas"), {"q__x": -1, "q__y": 1}, "q.x"),
    (item("vas"), {"q__x": "5.5", "q__y": 1}, "q.x"),
    (item("vas"), {"q__x": "1e1", "q__y": 1}, "q.x"),
    (item("vas"), {"q__x": ["1", "2"], "q__y": 1}, "q.x"),
    (item("vas"), {"q__x__na": 1, "q__y": 1}, "q.x"),
    (item("vas", rows=rows), {"q__x": 5, "q__other__text": "Wit"}, "q.other"),
    (item("text"), {"q": " "}, "q"),
    (item("text", min_chars=10), {"q": "short"}, "q"),
    (item("text", max_chars=10), {"q": "x" * 11}, "q"),
    (item("text"), {"q": "x" * 100_000}, "q"),
    (item("text"), {"q": "<script>alert(1)</script>"}, "q"),
    (item("text"), {"q": "<!-- hidden -->"}, "q"),
    (item("text"), {"q": "nul\x00"}, "q"),
    (item("text"), {"q": "bell\x07"}, "q"),
    (item("text"), {"q": "half \ud800"}, "q"),
    (item("country"), {"q": "XXX"}, "q"),
    (item("country"), {"q": "prefer_not_to_say"}, "q"),
    (item("country"), {}, "q"),
    (item("number"), {"q": "many"}, "q"),
    (item("number"), {"q": "1.5"}, "q"),
    (item("number"), {"q": "9" * 31}, "q"),
    (item("number", whole=False), {"q": "nan"}, "q"),
    (item("number", min=1, max=9), {"q": "10"}, "q"),
    (item("date"), {"q": "31.12.2001"}, "q"),
    (item("date", max="2020-01-01"), {"q": "2020-01-02"}, "q"),
    (item("confirm"), {}, "q"),
    (item("confirm", required=False), {"q": "yes"}, "q"),
]


@pytest.mark.parametrize(("question", "given", "stored"), GOOD)
def test_a_good_answer_is_stored(make_visit: MakeVisit, question: Any, given: Any, stored: Any) -> None:
    mona = make_visit(survey(page(question)))
    assert submit(mona, step="first", **given) == Done({})
    assert questionnaires.answers(mona.enrolment, "survey") == stored


@pytest.mark.parametrize(("question", "given", "place"), BAD)
def test_a_bad_answer_is_refused_at_its_place(
    make_visit: MakeVisit, question: Any, given: Any, place: str
) -> None:
    mona = make_visit(survey(page(question)))
    outcome = submit(mona, step="first", **given)
    assert isinstance(outcome, Again)
    assert list(outcome.problems) == [place]
    assert outcome.problems[place].endswith((".", "fits here.", "fit here."))
    assert not PageResponse.objects.exists()


def test_the_sentences_are_in_the_persons_language_where_it_is_theirs(make_visit: MakeVisit) -> None:
    mona = make_visit(
        survey(page(item("vas", rows=[{"key": "x", "label": {"en": "Wit", "ar": "الفكاهة"}}]))), language="ar"
    )
    outcome = submit(mona, step="first")
    assert isinstance(outcome, Again)
    assert "الفكاهة" in outcome.problems["q.x"]
