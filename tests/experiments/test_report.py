"""The comparison report over pages and REST: every section for whole, small and empty studies; never a crash or NaN."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from annotation.protocols.experiments.build import build
from annotation.protocols.experiments.figures import figures
from annotation.protocols.experiments.report import numbers
from annotation.protocols.models import Judgement
from multivocal.studies.models import Enrolment, Membership, Study
from multivocal.studies.stored_reports.models import StoredReport
from tests import people
from tests.comparison.kit import comparison_study, item
from tests.experiments.kit import LIKERT_ONLY, SLUG, bring, planted, small_study

pytestmark = pytest.mark.django_db
REPORT = f"/api/v1/studies/{SLUG}/reports/comparison/"
# R1–R13 of the reference: where each stands in the numbers, and in which plot or table of the page.
PARTS = {
    "R1": ("protocols", "rows"), "R2": ("consistency", "table"), "R3": ("consistency", "consistency"),
    "R4": ("consistency", "table"), "R5": ("consistency", "by_gap"), "R6": ("consistency", "consistency"),
    "R7": ("consistency", "by_stratum"), "R8": ("sway", "length"), "R9": ("transitivity", "circles"),
    "R10": ("agreement", "agreement"), "R11": ("scores", "systems"), "R12": ("win_rates", "wins"),
    "R13": ("timing", "time"),
}  # fmt: skip


def leaves(value: Any) -> Iterator[Any]:
    """Yield every number and text of nested data."""
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def whole(study: Study, **asked: str) -> dict[str, Any]:
    """Return the report, and make sure that it is JSON, holds no NaN, and can be drawn."""
    found = numbers(study, asked)
    assert found is not None
    json.dumps(found, allow_nan=False)
    for figure in figures(found):
        assert "nan" not in figure.svg
        assert figure.rows or figure.refused or figure.svg
    return found


@pytest.fixture
def judged() -> Study:
    """A study that 18 people went through."""
    study = small_study(attention=1)
    bring(study, 18, planted(LIKERT_ONLY))
    return study


def test_every_required_part_has_numbers_and_a_place_on_the_page(judged: Study) -> None:
    report = whole(judged)
    shown = {figure.key for figure in figures(report)}
    for name, (key, figure) in PARTS.items():
        assert report["without_exclusions"][key], name
        assert figure in shown, name
    (one,) = report["without_exclusions"]["consistency"]
    found = one["pairings"]["within"]
    table = found["table"]
    assert (
        sum(map(sum, table))
        == found["matched_pairs"]
        == found["rows"]["pairs"]["read"] - found["rows"]["pairs"]["unmatched"]
    )
    assert found["consistent"] == sum(table[n][n] for n in range(3))
    apart = found["reversed"] + found["rating_tie_only"] + found["ranking_tie_only"]
    assert found["consistent"] + apart == found["matched_pairs"]
    for key in ("by_gap", "by_stratum"):
        assert sum(line["n"] for line in found[key]) == found["matched_pairs"]
        assert sum(line["consistent"] for line in found[key]) == found["consistent"]
    assert found["ci95"][0] <= found["consistency"] <= found["ci95"][1]
    assert {"rating_vs_rating", "ranking_vs_ranking", "rating_halves", "ranking_halves"} == set(
        one["baselines"]
    )
    for line in report["without_exclusions"]["win_rates"]["protocols"]:
        assert all(system["p_corrected"] >= system["p"] for system in line["systems"])


def test_win_rates_of_all_protocols_rest_on_the_same_pairs(judged: Study) -> None:
    main = Judgement.objects.filter(presentation__role="main").values_list("presentation__item", flat=True)
    by_all = [set(main.filter(presentation__protocol_key=key)) for key in ("rating", "ranking")]
    lonely = min(set.intersection(*by_all))
    before = whole(judged)["without_exclusions"]["win_rates"]["pairs"]
    Judgement.objects.filter(presentation__protocol_key="ranking", presentation__item=lonely).update(
        superseded_at=timezone.now()
    )
    after = whole(judged)["without_exclusions"]["win_rates"]
    assert after["pairs"] == before - 1
    sizes = [sum(one["n"] for one in line["systems"]) for line in after["protocols"]]
    assert all(sizes)


def test_nobody_came_yet(operator: User) -> None:
    study = small_study()
    report = whole(study)
    assert report["rows"]["judgements"] == 0
    assert "refused" in report["without_exclusions"]["win_rates"]
    page = people.signed_in(operator).get(reverse("admin:study_reports", args=[SLUG])).content.decode()
    assert "No judgements yet" in page


def test_a_draft_has_a_report_too(operator: User) -> None:
    study = small_study(is_open=False)
    assert {one["code"] for one in whole(study)["plan"]["departures"]} == {"not_frozen"}


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_few_people_get_sentences_not_numbers(n: int) -> None:
    study = small_study()
    bring(study, n, planted(LIKERT_ONLY))
    report = whole(study)
    refusals = [text for text in leaves(report) if isinstance(text, str) and text.endswith(".")]
    assert refusals


@pytest.mark.parametrize(
    "protocol", [{"kind": "pairwise3"}, {"kind": "likert"}, {"kind": "ranking"}, {"kind": "vas"}]
)
def test_one_protocol_alone_has_no_comparison(protocol: dict[str, Any]) -> None:
    study = comparison_study(
        "alone", items=[item(n, responses=3 if protocol["kind"] == "ranking" else 2) for n in range(6)],
        protocols={"one": protocol}, per_person=6, per_item=2,
    )  # fmt: skip
    people_of(study, 2)
    report = whole(study)
    assert report["without_exclusions"]["consistency"] == []
    assert report["rows"]["judgements"] == 12
    assert {one["code"] for one in report["plan"]["departures"]} >= {"no_plan"}


def people_of(study: Study, n: int) -> None:
    """Let people judge every screen by reading its form."""
    from tests.comparison.kit import Judge

    for k in range(n):
        Judge(f"judge-{k}", study.slug).arrive_at_screens().read_and_judge()


def test_everybody_ties_and_everybody_is_unsure() -> None:
    study = small_study()
    came = bring(study, 12, planted(LIKERT_ONLY, tie=1000.0))
    Judgement.objects.filter(presentation__protocol_key="rating").update(payload={"rating": 4})
    report = whole(study)
    assert report["without_exclusions"]["consistency"][0]["pairings"]["within"]["consistency"] == 1.0
    assert "refused" in report["without_exclusions"]["scores"]["protocols"][0]["model"]
    Judgement.objects.filter(enrolment__in=came).update(
        no_answer="unsure", payload={"no_answer": "unsure", "why": ""}, superseded_at=None, paradata={"n": 1}
    )
    StoredReport.objects.all().delete()
    report = whole(study)
    assert report["rows"]["no_answer"] == {"unsure": report["rows"]["judgements"]}
    assert report["rows"]["counted"] == 0


def test_exclusions_are_carried_out_as_declared(judged: Study) -> None:
    study = small_study(plan={"exclusions": {"too_fast_ms": 1500, "too_fast_share": 0.2}}, attention=1)
    version = study.versions.order_by("-number").first()
    assert version is not None and version.number == 2
    hasty = Enrolment.objects.filter(study=study, arm="ranking").first()
    Judgement.objects.filter(enrolment=hasty).update(duration_ms=900)
    report = whole(study)
    assert report["exclusions"]["by_rule"]["too_fast"] == 1
    with_, without = report["with_exclusions"], report["without_exclusions"]
    people_in = [
        {line["protocol"]: line["people"] for line in part["protocols"]} for part in (with_, without)
    ]
    assert people_in[1]["ranking"] - people_in[0]["ranking"] == 1


def test_the_report_says_where_it_departs_from_the_plan(judged: Study) -> None:
    told = {one["code"] for one in build(judged, {})["plan"]["departures"]}
    assert told == {"interim"}
    first = build(judged, {})["plan"]["sha256"]
    small_study(attention=1, plan={"tie_margin": 1.0})
    report = build(judged, {})
    assert report["plan"]["sha256"] != first
    changed = {one["code"]: one["told"] for one in report["plan"]["departures"]}
    assert "tie_margin 0.0 → 1.0" in changed["plan_changed"]
    assert {one["code"] for one in build(judged, {"arm": "both"})["plan"]["departures"]} >= {"narrowed"}
    Study.objects.filter(pk=judged.pk).update(state="closed")
    judged.refresh_from_db()
    assert {one["code"] for one in build(judged, {"version": "1"})["plan"]["departures"]} == set()
    version = judged.versions.get(number=1)
    type(version).objects.filter(pk=version.pk).update(sha256="0" * 64)
    assert {one["code"] for one in build(judged, {"version": "1"})["plan"]["departures"]} == {"altered"}


def test_the_same_rows_are_computed_once_and_give_the_same_numbers(judged: Study) -> None:
    first, second = whole(judged), whole(judged)
    assert StoredReport.objects.count() == 1
    assert first["at"] == second["at"]
    anew = build(judged, {})
    assert anew["without_exclusions"] == first["without_exclusions"]


def test_who_may_read_it(judged: Study, analyst: User, designer: User, stranger: User) -> None:
    Membership.objects.create(study=judged, user=analyst, role=Membership.Role.ANALYST)
    Membership.objects.create(study=judged, user=designer, role=Membership.Role.DESIGNER)
    pages = [
        reverse("admin:study_reports", args=[SLUG]),
        reverse("admin:study_report", args=[SLUG, "comparison"]),
        reverse("admin:study_figure", args=[SLUG, "comparison", "length", "svg"]),
        reverse("admin:study_figure", args=[SLUG, "comparison", "wins", "csv"]),
        REPORT,
    ]
    for page in pages:
        assert people.signed_in(analyst).get(page).status_code == 200, page
        assert people.signed_in(designer).get(page).status_code == 403, page
        assert people.signed_in(stranger).get(page).status_code == 404, page
        assert people.nobody().get(page).status_code in {302, 401}, page


def test_pages_and_rest_give_the_same_numbers(judged: Study, operator: User) -> None:
    browser = people.signed_in(operator)
    found = browser.get(REPORT).json()
    difference = found["without_exclusions"]["sway"]["differences"][0]["difference"]
    page = browser.get(reverse("admin:study_reports", args=[SLUG])).content.decode()
    assert f"{difference['estimate']:.2f} [{difference['low']:.2f}, {difference['high']:.2f}]" in page
    assert browser.get(REPORT, {"arm": "no such arm"}).status_code == 400
    narrowed = browser.get(REPORT, {"arm": "both", "exclusions": "applied"}).json()
    assert narrowed["rows"]["people"] == 6
    table = browser.get(reverse("admin:study_figure", args=[SLUG, "comparison", "length", "csv"]))
    assert table.content.decode().splitlines()[0] == "way of asking,pull,low,high,n"


def test_a_command_prints_one_part(judged: Study) -> None:
    out = StringIO()
    call_command("study", "report", SLUG, "--part", "balance.arms", stdout=out)
    assert json.loads(out.getvalue())["people"] == {"rating": 6, "ranking": 6, "both": 6}
    with pytest.raises(CommandError) as refused:
        call_command("study", "report", SLUG, "--part", "balance.none")
    assert "balance" not in str(refused.value)
    assert "arms, exact, orders, sides" in str(refused.value)
    with pytest.raises(CommandError, match="There is no report"):
        call_command("study", "report", SLUG, "unheard-of")
