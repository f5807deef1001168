"""Every kind's form stands in every language, for as many answers as it takes, with problems where they belong."""

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from annotation.protocols.painting import judging_context, paint_judging, told
from annotation.protocols.registry import Shown, answer_schema, parse_response, protocols
from multivocal.domain.shapes import say
from multivocal.errors import Refused
from tests.protocols.examples import KINDS, LETTERS, english, shown_to
from tests.protocols.html_forms import read_page
from tests.protocols.test_kinds_refused import REFUSED

# Everything a kind can ask at once.
FULL: dict[str, dict[str, Any]] = {
    "dimensions": {"overall": "last", "confidence": 5},
    "mushra": {"sheet": {}},
    "justified": {"tags": [{"key": "tone", "label": {"en": "Tone", "ar": "النبرة"}}], "elaboration_min": 5},
    "checklist": {"also": ["unsure", "invalid", "na"]},
    "vas": {"low": {"en": "Terrible", "ar": "سيئ"}, "high": {"en": "Perfect", "ar": "ممتاز"}},
}
ALL = ("unsure", "skip", "invalid")
SIZES = [
    (kind, count)
    for kind in KINDS
    for count in range(protocols()[kind].responses[0], min(8, protocols()[kind].responses[1]) + 1)
]


def page(kind: str, shown: Shown, **more: Any) -> str:
    config = protocols()[kind].config(kind=kind, allow=ALL, **FULL.get(kind, {}))
    return paint_judging(config, shown, lambda text: say(text, translation.get_language() or "en"), **more)


@pytest.mark.parametrize(("kind", "count"), SIZES)
def test_a_form_asks_about_every_answer_and_preselects_none(kind: str, count: int) -> None:
    hostile = {slot: f"{slot} <script>alert(1)</script>\u202e" for slot in LETTERS[:count]}
    html = page(kind, shown_to(count, texts=hostile, reference="<i>R</i>"))
    read = read_page(html)
    assert f'data-kind="{kind}"' in html and "<script" not in html and "<i>" not in html
    assert html.count('class="answer-words" dir="auto"') == count + (kind == "mushra")
    assert all(f"{slot} <script>alert(1)</script>" in read.words for slot in LETTERS[:count])
    assert len(set(read.ids)) == len(read.ids)
    assert read.nameless == []
    hidden = ("viewed", "first", "sha256")
    assert [field for field in read.fields if field[1] and not any(part in field[0] for part in hidden)] == []
    assert all(name.startswith("answer.") for name, _value in read.fields)


@pytest.mark.parametrize("kind", KINDS)
def test_an_arabic_page_speaks_arabic(kind: str) -> None:
    units = ({"id": "1", "text": "هل هذا صحيح؟"}, {"id": "2", "text": "هل هذا جديد؟", "parent": "1"})
    count = min(3, protocols()[kind].responses[1])
    shown = shown_to(count, texts=dict.fromkeys(LETTERS[:count], "جواب"), units=units, reference="مرجع")
    with translation.override("ar"):
        words = read_page(page(kind, shown)).words
    assert re.search(r"[\u0600-\u06ff]{3}", words)
    assert re.findall(r"[A-Za-z]{2,}", words) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_missing_is_said_at_its_place(kind: str) -> None:
    config = protocols()[kind].config(kind=kind, allow=ALL, **FULL.get(kind, {}))
    for shown in (shown_to(count) for of, count in SIZES if of == kind):
        payload = protocols()[kind].read(config, QueryDict(), shown)
        with pytest.raises(Refused) as refusal:
            parse_response(config, payload, shown)
        problems = refusal.value.fields
        read = read_page(paint_judging(config, shown, english, given=payload, problems=problems))
        for place, sentence in problems.items():
            assert f"field-{place}" in read.ids, place
            assert f"problem-{place}" in read.ids, place
            assert sentence in read.words
        assert len(set(read.ids)) == len(read.ids)


@pytest.mark.parametrize(("kind", "payload", "shown", "config", "place"), REFUSED)
def test_a_refused_answer_can_be_shown_again(
    kind: str, payload: Any, shown: Shown, config: dict[str, Any], place: str
) -> None:
    made = protocols()[kind].config(kind=kind, **config)
    with pytest.raises(Refused) as refusal:
        parse_response(made, payload, shown)
    html = paint_judging(made, shown, english, given=payload, problems=refusal.value.fields)
    read = read_page(html)
    if f"field-{place}" in read.ids:
        assert f"problem-{place}" in read.ids
        assert refusal.value.fields[place] in read.words


@pytest.mark.parametrize("kind", KINDS)
def test_a_disabled_form_sends_nothing(kind: str) -> None:
    read = read_page(page(kind, shown_to(protocols()[kind].responses[0]), disabled=True))
    assert [name for name, _value in read.fields if not re.search("viewed|first|sha256", name)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_of_a_configuration_is_said_in_the_readers_language(kind: str) -> None:
    config = protocols()[kind].config(
        kind=kind, instruction={"en": "Look closely", "ar": "انظر جيدا"}, **FULL.get(kind, {})
    )
    context = judging_context(config, shown_to(2), lambda text: say(text, "ar"))
    assert context["config"]["instruction"] == "انظر جيدا"
    assert not _mappings_of_languages(context["config"])
    assert context["config"] == told(config, lambda text: say(text, "ar"))


def _mappings_of_languages(part: Any) -> list[Any]:
    if isinstance(part, dict):
        return (
            [part] if "en" in part else [x for value in part.values() for x in _mappings_of_languages(value)]
        )
    return [x for one in part for x in _mappings_of_languages(one)] if isinstance(part, list) else []


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_told_every_key_it_has_to_give(kind: str) -> None:
    config = protocols()[kind].config(kind=kind, **FULL.get(kind, {}))
    shown = shown_to(protocols()[kind].responses[0])
    asked = protocols()[kind].ask(config, shown, english)
    schema = answer_schema(config, shown)
    assert schema["type"] == "object" and schema["additionalProperties"] is False
    for key in schema["required"]:
        assert f'"{key}"' in asked or key in ("overall", "confidence", "sheets"), key
    assert "no_answer" not in asked
    allowing = protocols()[kind].config(kind=kind, allow=("unsure",))
    assert '{"no_answer": "unsure"' in protocols()[kind].ask(allowing, shown, english)
    assert answer_schema(allowing, shown)["anyOf"][1]["properties"]["no_answer"]["enum"] == ["unsure"]


def test_the_schema_spells_slots_dimensions_and_questions_out() -> None:
    config = protocols()["checklist"].config(kind="checklist")
    schema = answer_schema(config, shown_to(2))["properties"]["answers"]
    assert list(schema["properties"]) == schema["required"] == ["A", "B"]
    assert schema["properties"]["B"]["required"] == ["true", "sourced", "source.real", "kind"]
    config = protocols()["dimensions"].config(kind="dimensions")
    schema = answer_schema(config, shown_to(1))["properties"]["dimensions"]
    assert schema["properties"]["A"]["required"] == ["helpfulness", "correctness", "coherence"]
