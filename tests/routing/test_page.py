"""The page “Routing”: who may do what, a policy by form and by file, and refusals that keep what was typed."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotation.routing.figures.draw import apart
from annotation.routing.models import Policy, Run
from annotation.routing.running import start_run
from annotation.routing.wanted import as_yaml, read_form, read_yaml_policy
from multivocal.errors import Invalid
from multivocal.studies.models import Membership, Study
from tests import people
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import go, policy, rated, routed_study

pytestmark = pytest.mark.django_db

FORM = {
    "do": "make", "name": "first", "ask": "compare/pair", "goal": "labels", "router": "ladder", "model_1": "steady",
    "judge_1": "sharp", "orders_1": "on", "samples_1": "1", "usd": "5", "per_human_usd": "0.1", "seed_items": "0",
    "audit": "10 %", "double": "0", "rung_failed": "on", "rung_audit": "on", "random_seed": "3",
}  # fmt: skip


@pytest.fixture
def study(make_model: MakeModel) -> Study:
    """Twelve pairs, two of them about health, and a model to judge them."""
    steady(make_model)
    return routed_study()


def url(study: Study) -> str:
    return reverse("admin:study_extra", args=[study.slug, "routing"])


def as_role(study: Study, role: str) -> Client:
    person = people.make_designer()
    Membership.objects.create(study=study, user=person, role=role)
    return people.signed_in(person)


def declared(study: Study, browser: Client, **more: str) -> Run:
    answer = browser.post(url(study), FORM | more)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return Run.objects.latest("created_at")


def test_a_policy_by_form_is_frozen_and_forecast_before_anything_is_asked(study: Study) -> None:
    browser = as_role(study, "owner")
    assert b"Declare a policy" in browser.get(url(study)).content
    run = declared(study, browser, stratum_0="on")
    config = run.policy.config
    assert config["audit"] == 0.1 and config["must_human"][0]["equals"] == "health"
    assert [step["rung"] for step in config["ladder"]] == ["failed", "audit"]
    assert config["judges"][0]["name"] == "sharp" and run.state == "draft"
    page = browser.get(url(study)).content.decode()
    assert "models judge 10 of them in 20 calls" in page and "What it will take" in page
    answer = browser.post(url(study), {"do": "start", "run": str(run.pk)})
    assert answer.status_code == 302
    assert "Pause" in browser.get(url(study)).content.decode()


def test_a_mistake_keeps_what_was_typed_and_names_the_place(study: Study) -> None:
    browser = as_role(study, "owner")
    answer = browser.post(url(study), FORM | {"usd": "", "name": "keep-me", "rung_entropy": "on"})
    page = answer.content.decode()
    assert answer.status_code == 400 and 'value="keep-me"' in page
    assert "budget.usd" in page and "entropy needs a threshold" in page
    assert browser.post(url(study), FORM | {"model_1": "nobody"}).status_code == 400
    assert "less than the" in browser.post(url(study), FORM | {"usd": "0.01"}).content.decode()
    assert not Policy.objects.exists() and not Run.objects.exists()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("owner", {"make", "pause"}),
        ("designer", {"make", "pause"}),
        ("operator", {"pause"}),
        ("reviewer", set()),
        ("analyst", set()),
        ("payments", None),
        (None, None),
    ],
)
def test_each_role_may_do_what_is_theirs(
    study: Study, make_model: MakeModel, role: str | None, may: Any
) -> None:
    owner = people.signed_in(people.make_operator())
    run = declared(study, owner)
    start_run(run=run)
    browser = as_role(study, role) if role else people.signed_in(people.make_stranger())
    read = browser.get(url(study)).status_code
    assert read == (200 if may is not None else 403 if role else 404)
    for do, form in (("pause", {"do": "pause", "run": str(run.pk)}), ("make", FORM | {"name": "second"})):
        status = browser.post(url(study), form).status_code
        assert status == (302 if do in (may or ()) else 403 if role else 404), (role, do)
    figures = browser.get(url(study)).content
    assert (b'id="strip"' in figures) == (role in ("owner", "analyst"))
    assert people.nobody().get(url(study)).status_code == 302


def test_what_is_wrong_is_said_in_the_words_and_the_units_of_the_form(study: Study) -> None:
    browser = as_role(study, "owner")
    wrong = {
        "usd": "2,000",
        "audit": "1",
        "double": "200",
        "model_1": "",
        "canaries": "-1",
        "name": "My policy",
    }
    page = browser.post(url(study), FORM | wrong).content.decode()
    for said in (
        "US dollars for everything (budget.usd): this is not a number",
        "Audits, % of what models keep (audit): at least 2 %", "Labelled by two people, % (double): at most 100 %",
        "Judges (judges): at least 1 is needed", "again (canaries.items): at least 0",
        "Name (name): small letters, digits, - and _ only, a letter first",
    ):  # fmt: skip
        assert said in page, said
    assert "Input should" not in page and "Tuple" not in page and "String" not in page
    with pytest.raises(Invalid) as refusal:
        read_yaml_policy(as_yaml(read_form(FORM, [])).replace("audit: 0.1", "audit: 10").encode())
    assert refusal.value.fields == {"audit": "at most 1"}


def test_a_file_that_is_refused_leaves_the_place_for_the_next_one_open(study: Study) -> None:
    browser = as_role(study, "owner")
    declared(study, browser)
    file = SimpleUploadedFile("policy.yaml", b"name: [oops")
    page = browser.post(url(study), {"do": "upload", "policy": file}).content.decode()
    assert "this is not YAML" in page
    assert re.search(r"<details open><summary>Or upload it as YAML", page)


def test_a_policy_as_a_file_comes_in_as_it_went_out(study: Study) -> None:
    browser = as_role(study, "owner")
    config = policy_of(declared(study, browser))
    text = as_yaml(config)
    assert read_yaml_policy(text.encode()) == config
    file = SimpleUploadedFile("policy.yaml", text.replace("name: first", "name: other", 1).encode())
    assert browser.post(url(study), {"do": "upload", "policy": file}).status_code == 302
    assert Run.objects.latest("created_at").policy.name == "other"
    merged = b"a: &a {x: 1}\n" + b"".join(b"b%d: &a {<<: [%s]}\n" % (n, b"*a," * 9) for n in range(9))
    for bad in (
        b"- a list", b"{", b"\xff\xfe", b"name: x\nunknown: 1", b"a: &a [*a]", b"x" * 300_000, b"name: 2026-13-45",
        b"random_seed: " + b"9" * 5000, b"a: !!int 'x'", b"[" * 5000, merged,
        text.replace("hours: null", "hours: 1.0e+400").encode(), text.replace("steady", '"a\\0"').encode(),
    ):  # fmt: skip
        file = SimpleUploadedFile("policy.yaml", bad)
        answer = browser.post(url(study), {"do": "upload", "policy": file})
        assert answer.status_code == 400, bad[:20]
    assert Run.objects.count() == 2


def policy_of(run: Run) -> Any:
    from annotation.routing.policies import config_of

    return config_of(run.policy)


def test_a_run_is_paused_resumed_audited_and_stopped_by_name(study: Study) -> None:
    browser = as_role(study, "owner")
    run = declared(study, browser)
    press = {"run": str(run.pk)}
    for do in ("start", "pause", "resume"):
        assert browser.post(url(study), press | {"do": do}).status_code == 302, do
    assert browser.post(url(study), press | {"do": "start"}).status_code == 409
    assert browser.post(url(study), press | {"do": "audit", "number": "2"}).status_code == 409
    go(run, "labelling")
    assert browser.post(url(study), press | {"do": "audit", "number": "some"}).status_code == 400
    assert browser.post(url(study), press | {"do": "audit", "number": "2"}).status_code == 302
    rated("Ana")
    page = browser.get(url(study)).content.decode()
    assert "<svg" in page and "too few" in page and "NaN" not in page
    assert browser.post(url(study), press | {"do": "stop"}).status_code == 400
    assert browser.post(url(study), press | {"do": "stop", "really": "first"}).status_code == 302
    run.refresh_from_db()
    assert run.state == "stopped"
    report = browser.get(reverse("admin:study_report", args=[study.slug, "routing"]))
    assert report.status_code == 200 and b"The run was stopped" in report.content
    for key in re.findall(r'href="[^"]*/routing/(\w+)\.svg', report.content.decode()):
        plot = browser.get(reverse("admin:study_figure", args=[study.slug, "routing", key, "svg"]))
        assert plot.content.startswith(b"<svg"), key


def test_a_draft_can_be_thrown_away_and_a_run_cannot(study: Study) -> None:
    browser = as_role(study, "owner")
    run = declared(study, browser)
    assert browser.post(url(study), {"do": "drop", "run": str(run.pk)}).status_code == 302
    assert not Run.objects.exists()
    run = declared(study, browser)
    start_run(run=run)
    assert browser.post(url(study), {"do": "drop", "run": str(run.pk)}).status_code == 400
    for wrong in ("", "nonsense", "00000000-0000-0000-0000-000000000000"):
        assert browser.post(url(study), {"do": "pause", "run": wrong}).status_code == 404


def test_a_policy_declared_twice_by_a_double_click_is_one_draft(study: Study) -> None:
    browser = as_role(study, "owner")
    run = declared(study, browser)
    assert declared(study, browser) == run
    start_run(run=run)
    assert declared(study, browser) != run
    assert Run.objects.count() == 2


def test_a_form_full_of_nonsense_is_refused_with_sentences() -> None:
    for field, value in (
        ("usd", "NaN"), ("usd", "-1"), ("audit", "ten"), ("seed_items", "1e9"), ("samples_1", "99"), ("name", "A b"),
        ("router", "magic"), ("random_seed", "x"), ("hours", "0"),
        ("hours", "inf"), ("hours", "1e300"), ("at_entropy", "nan"), ("at_entropy", "Infinity"), ("model_1", "a\0"),
        ("per_human_usd", "1e99"), ("goal", ""),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refusal:
            read_form(FORM | {"rung_entropy": "on", "at_entropy": "1"} | {field: value}, [])
        assert refusal.value.fields, field


def test_a_personal_question_has_no_best_labels(make_model: MakeModel) -> None:
    with pytest.raises(Invalid, match="cannot be used") as refusal:
        read_form(FORM | {"personal": "on"}, [])
    assert "models' labels are no votes" in " ".join(refusal.value.fields.values())
    assert read_form(FORM | {"personal": "on", "goal": "estimate"}, []).personal
    assert policy(steady(make_model)).personal is False


def test_names_of_lines_have_room_and_leave_the_axis_free() -> None:
    assert apart([20, 100, 180]) == [20, 100, 180]
    assert apart([100, 101, 224], lowest=224) == [100, 115, 224]
    # Nothing spent yet: both lines lie on the axis, whose numbers stand below it.
    assert apart([40, 228, 228], lowest=224) == [40, 209, 224]
