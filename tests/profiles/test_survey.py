"""The way through a survey: what is shown, what is skipped, going back, and coming back."""

from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.profiles import questionnaires
from annotation.profiles.models import PageResponse
from annotation.profiles.visibility import order_of
from multivocal.errors import Conflict
from multivocal.studies.drafts import DraftIn
from multivocal.studies.models import Draft
from multivocal.studies.stages import Again, Done, Exit, More, Visit, kind_of
from tests.profiles.conftest import MakeVisit, form, item, options, page, painted, submit, survey

IF_YES = {"item": "uses", "any": ["yes"]}
USES = item("single", "uses", options=options("yes", "no"))


def step(visit: Visit, **query: str) -> str:
    seen = Visit(visit.enrolment, visit.definition, visit.stage, visit.language, {}, query)
    return kind_of(visit.stage).page(seen, {}, None).step


def shown(visit: Visit, item_id: str) -> Any:
    return painted(visit)[item_id]


def three_pages() -> dict[str, Any]:
    more = page(item("text", "often"), id="more", show_if=IF_YES)
    return survey(page(USES), more, page(item("text", "wish"), id="last"))


def test_a_page_that_does_not_apply_is_stored_as_not_shown(make_visit: MakeVisit) -> None:
    mona = make_visit(three_pages())
    assert submit(mona, step="first", uses="no") == More()
    assert step(mona) == "last"
    row = PageResponse.objects.get(page="more")
    assert (row.answers, row.hidden, row.shown) == ({"often": None}, ["often"], False)
    assert submit(mona, step="last", wish="peace") == Done({})
    assert questionnaires.answers(mona.enrolment) == {"uses": "no", "often": None, "wish": "peace"}


def test_a_page_at_the_end_that_does_not_apply_ends_the_survey(make_visit: MakeVisit) -> None:
    mona = make_visit(survey(page(USES), page(item("text", "often"), id="more", show_if=IF_YES)))
    assert submit(mona, step="first", uses="no") == Done({})
    assert PageResponse.objects.filter(page="more", superseded_at=None).count() == 1


def test_going_back_and_answering_again_supersedes(make_visit: MakeVisit) -> None:
    mona = make_visit(three_pages())
    submit(mona, step="first", uses="yes")
    submit(mona, step="more", often="daily")
    assert step(mona) == "last"
    assert step(mona, page="first") == "first"
    assert submit(mona, step="first", uses="yes") == More()
    assert step(mona) == "last", "nothing changed for later pages: go on where they were"
    submit(mona, step="first", uses="no")
    assert questionnaires.answers(mona.enrolment) == {"uses": "no", "often": None}
    submit(mona, step="first", uses="yes")
    assert step(mona) == "more"
    assert shown(mona, "often")["value"] == "daily", "what was typed before is offered again"
    submit(mona, step="more", often="weekly")
    assert questionnaires.answers(mona.enrolment) == {"uses": "yes", "often": "weekly"}
    current = PageResponse.objects.filter(superseded_at=None)
    assert sorted(current.values_list("page", flat=True)) == ["first", "more"]


def test_pages_ahead_cannot_be_opened_or_sent(make_visit: MakeVisit) -> None:
    mona = make_visit(three_pages())
    assert step(mona, page="last") == "first"
    for forged in ("last", "nowhere", "", "first\x00"):
        with pytest.raises(Conflict):
            submit(mona, step=forged, wish="peace")
    submit(mona, step="first", uses="no")
    with pytest.raises(Conflict):
        submit(mona, step="nowhere", often="daily")
    assert not PageResponse.objects.filter(page="last").exists()


def test_forged_answers_to_hidden_questions_are_refused(make_visit: MakeVisit) -> None:
    hidden = item(
        "single",
        "team",
        show_if=IF_YES,
        options=[*options("a"), {"key": "b", "label": "B", "show_if": IF_YES}],
    )
    mona = make_visit(survey(page(USES), page(hidden, item("text", "wish"), id="more")))
    submit(mona, step="first", uses="no")
    assert "team" not in painted(mona)
    outcome = submit(mona, step="more", wish="x", team="a")
    assert isinstance(outcome, Again)
    assert list(outcome.problems) == ["team"]
    assert not PageResponse.objects.filter(page="more").exists()


def test_a_hidden_option_is_neither_painted_nor_taken(make_visit: MakeVisit) -> None:
    team = item("single", "team", options=[*options("a"), {"key": "b", "label": "B", "show_if": IF_YES}])
    mona = make_visit(survey(page(USES), page(team, id="more")))
    submit(mona, step="first", uses="no")
    assert [o["key"] for o in shown(mona, "team")["options"]] == ["a"]
    assert isinstance(submit(mona, step="more", team="b"), Again)
    assert submit(mona, step="more", team="a") == Done({})
    assert PageResponse.objects.get(page="more").hidden == ["team.b"]


def test_a_question_may_depend_on_one_above_it(make_visit: MakeVisit) -> None:
    mona = make_visit(survey(page(USES, item("text", "why", show_if=IF_YES))))
    assert shown(mona, "why")["show_if"] == '[{"item":"uses","any":["yes"]}]'
    assert isinstance(submit(mona, step="first", uses="yes"), Again)
    assert isinstance(submit(mona, step="first", uses="no", why="because"), Again)
    assert submit(mona, step="first", uses="no") == Done({})
    assert questionnaires.answers(mona.enrolment) == {"uses": "no", "why": None}


def test_the_browser_is_given_what_it_can_see(make_visit: MakeVisit) -> None:
    seen, trait = {"item": "uses", "any": ["yes"]}, {"item": "age", "any": ["old"]}
    asked = [
        item("text", "either", show_if={"any_of": [seen, trait]}),
        item("text", "both", show_if={"all_of": [seen, trait]}),
    ]
    young = painted(make_visit(survey(page(USES, *asked)), traits={"age": "young"}))
    assert young["either"]["show_if"] == '{"any_of":[{"item":"uses","any":["yes"]}]}'
    assert "both" not in young
    old = painted(make_visit(survey(page(USES, *asked)), traits={"age": "old"}))
    assert old["either"]["show_if"] == ""
    assert old["both"]["show_if"] == '[{"item":"uses","any":["yes"]}]'


def test_traits_of_earlier_stages_decide_too(make_visit: MakeVisit) -> None:
    stage = survey(page(item("text", "a"), item("text", "b", show_if={"item": "age", "none": ["old"]})))
    assert set(painted(make_visit(stage, traits={"age": "old"}))) == {"a"}
    assert set(painted(make_visit(stage, traits={"age": "young"}))) == {"a", "b"}


def test_the_order_is_the_same_after_a_reload_and_stored(make_visit: MakeVisit) -> None:
    many = [f"k{n}" for n in range(12)]
    stage = survey(
        page(
            item(
                "multiple", options=options(*many, "other"), randomise="all_but_last", prefer_not_to_say=True
            )
        )
    )
    mona, omar = make_visit(stage, seed=1), make_visit(stage, seed=2)
    first = [o["key"] for o in shown(mona, "q")["options"]]
    assert first == [o["key"] for o in shown(mona, "q")["options"]]
    assert first[-2:] == ["other", "prefer_not_to_say"]
    assert first != [o["key"] for o in shown(omar, "q")["options"]]
    assert first[:-2] != many
    assert submit(mona, step="first", q=["k3", "k1"]) == Done({})
    assert PageResponse.objects.get().orders == {"q": first[:-1]}


def test_every_place_is_as_likely(make_visit: MakeVisit) -> None:
    stage = survey(page(item("single", randomise="all")))
    asked = make_visit(stage).definition.stages[0].pages[0].items[0]
    firsts = [order_of(asked, seed=seed, stage="survey")[0] for seed in range(3000)]
    assert all(900 < firsts.count(key) < 1100 for key in "abc")


def test_nothing_typed_is_lost(make_visit: MakeVisit) -> None:
    mona = make_visit(survey(page(USES, item("text", "why"), item("vas"))))
    posted = form(step="first", why="because <b>", q__x=40)
    problems = submit(mona, step="first", why="because <b>", q__x=40).problems  # type: ignore[union-attr]
    context = kind_of(mona.stage).page(mona, problems, posted).context
    items = {i["id"]: i for i in context["questions"]["items"]}
    assert set(context["errors"]) == {"uses", "why", "q.y"}
    assert items["why"]["value"] == "because <b>"
    assert [row["value"] for row in items["q"]["rows"]] == ["40", ""]
    assert [bool(row["problem"]) for row in items["q"]["rows"]] == [False, True]


def test_characters_nobody_can_see_are_gone_when_the_page_comes_back(make_visit: MakeVisit) -> None:
    mona = make_visit(survey(page(item("text", "why"))))
    context = kind_of(mona.stage).page(mona, {"why": "…"}, form(step="first", why="be\x0bcause")).context
    assert context["questions"]["items"][0]["value"] == "because"


def test_a_draft_is_offered_again(make_visit: MakeVisit) -> None:
    mona = make_visit(survey(page(USES, item("multiple", "many"), item("vas"))))
    typed = DraftIn(stage="survey", step="first", values={"uses": "no", "many": ["a", "c"], "q.x": "7"})
    Draft.objects.create(enrolment=mona.enrolment, stage="survey", step="first", values=dict(typed.values))
    items = painted(mona)
    assert [o["key"] for o in items["uses"]["options"] if o["checked"]] == ["no"]
    assert [o["key"] for o in items["many"]["options"] if o["checked"]] == ["a", "c"]
    assert items["q"]["rows"][0]["value"] == "7"


def test_paradata_is_kept_when_well_formed_and_never_costs_an_answer(make_visit: MakeVisit) -> None:
    good = '{"page_ms":5100,"items":{"q.x":{"first_ms":10,"last_ms":20,"changes":2}},"away_ms":0,"pasted_chars":3}'
    row = '{"first":12,"changes":2,"cleared":0,"modality":"pointer","first_ms":10,"last_ms":20}'
    mona = make_visit(survey(page(item("vas"))))
    signed = kind_of(mona.stage).page(mona, {}, None).context["questions"]["shown"]
    fields = {"q__x": 1, "q__y": 2, "q__x__paradata": row, "shown": signed}
    assert submit(mona, step="first", paradata=good, **fields) == Done({})
    kept = PageResponse.objects.get()
    assert kept.paradata["page_ms"] == 5100
    assert kept.paradata["rows"] == {
        "q.x": {"first": 12, "changes": 2, "cleared": 0, "modality": "pointer", "first_ms": 10, "last_ms": 20}
    }
    assert kept.shown_at is not None
    assert kept.shown_at <= kept.answered_at
    nul = '{"items":{"q\\u0000":{"changes":1}}}'
    for broken in ("[]", "{", '{"page_ms":-1}', '{"x":1}', nul, "9" * 70_000):
        noor = make_visit(survey(page(item("vas"))))
        assert submit(
            noor, step="first", paradata=broken, shown="forged", q__x=1, q__y=2, q__x__paradata="{}x"
        ) == Done({})
        kept = PageResponse.objects.get(enrolment=noor.enrolment)
        assert kept.paradata in ({"unreadable": True}, {})
        assert kept.shown_at is None


def test_answers_to_remember_become_traits(make_visit: MakeVisit) -> None:
    mona = make_visit(
        survey(
            page(USES, item("multiple", "many"), item("text", "rules", remember_as="constitution")),
            traits=["uses", "many"],
        )
    )
    outcome = submit(mona, step="first", uses="no", many=["b"], rules="Be kind.")
    assert outcome == Done({"uses": "no", "many": ["b"], "constitution": "Be kind."})


def test_screening_keeps_the_answers_and_never_says_why(make_visit: MakeVisit) -> None:
    stage = {"id": "who", "kind": "screening", "items": [USES], "eligible": [IF_YES], "traits": ["uses"]}
    stage["decline"] = "I cannot"
    assert submit(make_visit(stage), uses="yes") == Done({"uses": "yes"})
    assert submit(make_visit(stage), uses="no") == Exit("screened_out")
    assert isinstance(submit(make_visit(stage)), Again)
    assert PageResponse.objects.count() == 2
    assert submit(make_visit(stage), go="decline") == Exit("screened_out")
    assert PageResponse.objects.count() == 2


def test_pages_about_different_things_are_apart(make_visit: MakeVisit) -> None:
    mona = make_visit(survey(page(item("text"))))
    asked = mona.definition.stages[0].pages[0]
    for scope, words in (("talk-1", "good"), ("talk-2", "bad")):
        assert questionnaires.save_page(mona, asked, scope, form(q=words), uuid4()) == {}
    assert questionnaires.answers(mona.enrolment, "survey", "talk-1") == {"q": "good"}
    assert questionnaires.saved_pages(mona.enrolment, "survey", "talk-2") == {"first"}
    assert questionnaires.saved_pages(mona.enrolment, "survey") == set()
    context = questionnaires.page_context(mona, asked, "talk-2", {}, None)
    assert context["questions"]["items"][0]["value"] == "bad"


KINDS = st.sampled_from(["single", "multiple", "vas", "text", "number", "confirm"])
WORDS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"], exclude_characters="<\r"), max_size=80
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_what_was_stored_fills_the_form_that_gives_it_again(
    make_visit: MakeVisit, data: st.DataObject
) -> None:
    keys = data.draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True))
    text = [{"key": k, "label": k, "text": True} for k in keys]
    rows = [{"key": k, "label": k, "other_text": True} for k in keys]
    kind = data.draw(KINDS)
    extra: dict[str, Any] = {
        "single": {"options": text},
        "multiple": {"options": text},
        "vas": {"rows": rows, "allow_not_applicable": True},
    }.get(kind, {})
    mona = make_visit(survey(page(item(kind, required=False, **extra))))
    asked = mona.definition.stages[0].pages[0].items[0]
    typed = QueryDict(mutable=True)
    for name in asked.names():
        choice = st.sampled_from(keys) if name == "q" and kind in ("single", "multiple") else WORDS
        if kind == "vas" and not name.endswith("text"):
            choice = st.integers(0, 100).map(str)
        if kind in ("number", "confirm"):
            choice = st.just("1")
        many = st.lists(choice, max_size=3 if kind == "multiple" and name == "q" else 1, unique=True)
        typed.setlist(name, data.draw(many))
    if questionnaires.save_page(mona, mona.definition.stages[0].pages[0], "a", typed, uuid4()):
        return  # a row that was named but not placed
    stored = questionnaires.answers(mona.enrolment, "survey", "a")
    again = QueryDict(mutable=True)
    for name, values in asked.fields(stored).items():
        again.setlist(name, values)
    assert questionnaires.save_page(mona, mona.definition.stages[0].pages[0], "b", again, uuid4()) == {}
    assert questionnaires.answers(mona.enrolment, "survey", "b") == stored
