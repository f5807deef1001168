"""Impossible questionnaires are refused with their place before anybody sees them."""

from typing import Any

import pytest

from annotation.profiles.checks import check_pages
from multivocal.errors import Invalid
from multivocal.studies.definition import parse_definition
from multivocal.studies.stages import kind_of
from tests.profiles.conftest import item, options, page, survey


def study(*stages: Any) -> Any:
    return parse_definition(
        {
            "slug": "asks",
            "title": "Asks",
            "minutes": 1,
            "languages": ["en"],
            "contact": {"name": "Dana Okafor"},
            "stages": list(stages),
        }
    )


IMPOSSIBLE = [
    (survey(page(item("single", options=options("a", "a")))), "“a” stands twice"),
    (survey(page(item("single", options=[*options("prefer_not_to_say")], prefer_not_to_say=True))), "stands twice"),
    (survey(page(item("single", options=[]))), "at least 1"),
    (survey(page(item("multiple", min=3, max=2))), "min is above max"),
    (survey(page(item("multiple", min=4))), "more answers than there are options"),
    (survey(page(item("vas", min=5, max=5))), "min is not below max"),
    (survey(page(item("vas", rows=[{"key": "x", "label": "X"}] * 2))), "“x” stands twice"),
    (survey(page(item("text", min_chars=5, max_chars=4))), "min_chars is above max_chars"),
    (survey(page(item("number", min=5, max=4))), "min is above max"),
    (survey(page(item("date", min="2020-01-02", max="2020-01-01"))), "min is after max"),
    (survey(page(item("text"), item("text"))), "“q” stands twice"),
    (survey(page(item("text")), page(item("text"), id="second")), "“q” stands twice"),
    (survey(page(item("text")), page(item("text", "r"))), "“first” stands twice"),
    (survey(page(item("text", "key"))), "a name the form itself uses"),
    (survey(page(item("riddle"))), "riddle"),
    (survey(page(item("text", colour="red"))), "not known here"),
    (survey(page(item("text")), traits=["age"]), "there is no item “age”"),
    (survey(page(item("text"), show_if={"item": "x"})), "exactly one of any, none and not_empty"),
    (survey(page(item("text"), show_if={"item": "x", "any": [True]})), "in quotes"),
    ({"id": "s", "kind": "screening", "items": [item("text")], "eligible": [{"item": "x", "any": ["a"]}]}, "“x”"),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "sentence"), IMPOSSIBLE)
def test_an_impossible_questionnaire_is_refused(stage: Any, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        study(stage)
    assert any(sentence in message for message in refused.value.fields.values()), refused.value.fields
    assert all(place.startswith("stages.0") for place in refused.value.fields)


UNREACHABLE = [
    ({"item": "nobody", "any": ["a"]}, "neither an earlier item"),
    ({"item": "later", "any": ["a"]}, "neither an earlier item"),
    ({"item": "early", "any": ["z"]}, "“z”, which is not an answer"),
    ({"any_of": [{"item": "early", "any": ["a"]}, {"item": "early", "none": ["z"]}]}, "“z”"),
]


@pytest.mark.parametrize(("condition", "sentence"), UNREACHABLE)
def test_a_condition_nobody_can_meet_is_named(condition: Any, sentence: str) -> None:
    early, late = item("single", "early"), item("single", "later")
    for stage in (
        survey(page(early), page(item("text"), id="second", show_if=condition), page(late, id="third")),
        survey(page(early), page(item("text", show_if=condition), id="second"), page(late, id="third")),
    ):
        definition = study(stage)
        found = list(kind_of(definition.stages[0]).check(definition.stages[0], definition))
        assert len(found) == 1
        assert sentence in found[0]
        assert list(check_pages(definition.stages[0].pages, definition, definition.stages[0])) == found


def test_a_trait_of_an_earlier_stage_may_be_asked_for() -> None:
    screening = {"id": "who", "kind": "screening", "items": [item("single", "early")], "traits": ["early"]}
    stage = survey(page(item("text", show_if={"item": "early", "any": ["a"]})))
    definition = study(screening, stage)
    assert not list(kind_of(definition.stages[1]).check(definition.stages[1], definition))
    swapped = study(stage, screening)
    assert len(list(kind_of(swapped.stages[0]).check(swapped.stages[0], swapped))) == 1
