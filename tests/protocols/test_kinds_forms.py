"""A plain form carries every answer there and back, and a field that was left blank is missing, never zero."""

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.protocols.painting import paint_judging
from annotation.protocols.registry import parse_response, protocols
from multivocal.errors import Unprocessable
from tests.protocols.examples import KINDS, english, screens, shown_to
from tests.protocols.html_forms import sent

some = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("kind", KINDS)
@some
@given(data=st.data())
def test_a_painted_answer_is_read_back_as_it_was(kind: str, data: st.DataObject) -> None:
    config, shown, payload = data.draw(screens(kind))
    assert parse_response(config, payload, shown).model_dump(mode="json") == payload
    form = sent(paint_judging(config, shown, english, given=payload))
    read = protocols()[kind].read(config, form, shown)
    assert parse_response(config, read, shown).model_dump(mode="json") == payload


@pytest.mark.parametrize("kind", KINDS)
def test_an_untouched_form_is_no_answer(kind: str) -> None:
    config = protocols()[kind].config(kind=kind, allow=("unsure",))
    shown = shown_to(protocols()[kind].responses[0])
    read = protocols()[kind].read(config, sent(paint_judging(config, shown, english)), shown)
    with pytest.raises(Unprocessable) as refusal:
        parse_response(config, read, shown)
    assert refusal.value.fields
    assert not _numbers(read, besides="viewed")


def _numbers(part: Any, besides: str) -> list[int]:
    if isinstance(part, dict):
        return [n for key, value in part.items() if key != besides for n in _numbers(value, besides)]
    return [part] if isinstance(part, int) else []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "spans"])
@some
@given(data=st.data())
def test_an_answer_with_one_field_left_blank_is_refused(kind: str, data: st.DataObject) -> None:
    config, shown, payload = data.draw(screens(kind))
    form = sent(paint_judging(config, shown, english, given=payload))
    for name in [name for name in form if form[name] and not _may_be_blank(config, name, form[name])]:
        blank = form.copy()
        blank[name] = " "
        with pytest.raises(Unprocessable):
            parse_response(config, protocols()[kind].read(config, blank, shown), shown)


def _may_be_blank(config: Any, name: str, value: str) -> bool:
    free = {
        "justified": ("answer.elaboration", "answer.tags"),
        "rate_then_rank": ("answer.first",),  # the server knows
        "mushra": ("answer.ratings",) if getattr(config, "sheet", None) else (),  # the sheet decides
    }
    return name.startswith(free.get(config.kind, ("-",)) or ("-",)) or value == "na"


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_blank_numbers_are_missing(text: str) -> None:
    config = protocols()["vas"].config(kind="vas", min=0)
    form = QueryDict(mutable=True)
    form.update({"answer.scores.A": text, "answer.scores.B": "0"})
    assert protocols()["vas"].read(config, form, ["A", "B"]) == {"scores": {"B": 0}}


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), (" 7 ", 7), ("-3", -3), ("−3", -3), ("٧", 7), ("07", 7)]
)
def test_numbers_as_people_type_them(text: str, number: int) -> None:
    config = protocols()["vas"].config(kind="vas")
    form = QueryDict(mutable=True)
    form["answer.scores.A"] = text
    assert protocols()["vas"].read(config, form, ["A"]) == {"scores": {"A": number}}


def test_a_ticked_non_answer_wins_over_what_cannot_be_unticked() -> None:
    config = protocols()["pairwise3"].config(kind="pairwise3", allow=("unsure", "skip"))
    form = QueryDict(mutable=True)
    form.update({"answer.choice": "a", "answer.no_answer": "unsure", "answer.why": " Both are odd "})
    read = protocols()["pairwise3"].read(config, form, ["A", "B"])
    assert read == {"no_answer": "unsure", "why": "Both are odd"}


def test_words_are_found_by_quoting_them() -> None:
    config = protocols()["spans"].config(kind="spans")
    shown = shown_to(1, texts={"A": "😀 it is so,  it\nis so"})
    form = QueryDict(mutable=True)
    form.update(
        {
            "answer.spans.0.slot": "A", "answer.spans.0.quote": " it is ", "answer.spans.0.occurrence": "2",
            "answer.spans.0.label": "wrong", "answer.spans.0.severity": "minor",
        }
    )  # fmt: skip
    read = protocols()["spans"].read(config, form, shown)
    (span,) = parse_response(config, read, shown).spans  # type: ignore[attr-defined]
    assert (span.start, span.end) == (13, 18)
    assert shown.texts["A"][13:18] == "it\nis"


def test_nothing_to_mark_must_be_said() -> None:
    config = protocols()["spans"].config(kind="spans")
    form = QueryDict(mutable=True)
    read = protocols()["spans"].read(config, form, shown_to(1))
    with pytest.raises(Unprocessable) as refusal:
        parse_response(config, read, shown_to(1))
    assert "spans" in refusal.value.fields
    form["answer.nothing"] = "1"
    read = protocols()["spans"].read(config, form, shown_to(1))
    assert parse_response(config, read, shown_to(1)).spans == ()  # type: ignore[attr-defined]
