"""The page “How many?”: starts from the declared design, refuses with a sentence, and is right at its edges."""

import math
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.protocols.experiments.power.asked import Asked, read_question, solve
from annotation.protocols.experiments.power.declared import Declared, declared_design
from annotation.protocols.experiments.power.drawing import width_plot
from annotation.protocols.experiments.power_page import context
from annotation.statistics.power import pairs_for_half_width, proportion_half_width
from multivocal.studies.models import Membership, Study
from tests import people
from tests.comparison.kit import comparison_study, item
from tests.experiments.kit import SLUG, small_study

PAGE = {"slug": SLUG, "name": "power"}


def design(**more: object) -> Declared:
    """Return a design of one protocol."""
    fields = {
        "kind": "single", "pairs": 100, "people": 100, "per_pair": 1, "both": 0, "both_per_pair": 0,
        "same_items": False, "protocols": ("one",), "confidence": 0.95,
    }  # fmt: skip
    return Declared(**(fields | more))  # type: ignore[arg-type]


@pytest.mark.django_db
def test_it_starts_from_what_the_study_declares() -> None:
    declared = declared_design(small_study(per_person=24))
    assert declared is not None
    assert (declared.kind, declared.pairs, declared.people) == ("mixed", 70, 300)
    # 100 people rate 12 pairs each and 100 more rate 8: 2,000 ratings of 70 pairs; rankings are more.
    assert declared.per_pair == round(2000 / 70)
    assert (declared.both, declared.both_per_pair) == (100, round(800 / 70))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "kind", "per_pair"),
    [
        ({}, "single", 2),
        ({"protocols": {"a": {"kind": "pairwise3"}, "b": {"kind": "likert"}}, "protocol_by": {"within": "crossed"},
          "per_person": 8, "surplus": "more"}, "within", 20),
    ],
)  # fmt: skip
def test_other_designs_are_read_too(more: dict[str, object], kind: str, per_pair: int) -> None:
    declared = declared_design(comparison_study(items=[item(n) for n in range(10)], **more))
    assert declared is not None
    assert (declared.kind, declared.per_pair, declared.people) == (kind, per_pair, 100)


def test_a_thousand_lone_judgements_give_three_points() -> None:
    asked = Asked(pairs=1000, people=1000, per_pair=1, base=50.0, rater_sd=0.0, item_sd=0.0)
    found = solve(asked, design())
    assert found["declared"]["half_width"] == pytest.approx(proportion_half_width(1000), rel=0.01)
    assert found["for_half_width"]["pairs"] == pytest.approx(pairs_for_half_width(3), rel=0.01)


@settings(max_examples=8, deadline=None)
@given(
    pairs=st.integers(10, 200),
    per_pair=st.integers(1, 6),
    item_sd=st.floats(0, 2),
    rater_sd=st.floats(0, 2),
    base=st.integers(20, 80),
)
def test_more_pairs_never_hurt_and_clusters_never_help(
    pairs: int, per_pair: int, item_sd: float, rater_sd: float, base: int
) -> None:
    asked = Asked(
        pairs=pairs, people=50, per_pair=per_pair, base=float(base), item_sd=item_sd, rater_sd=rater_sd
    )
    found = solve(asked, design(), simulations=20)
    widths = [point["half_width"] for point in found["curve"]]
    assert widths == sorted(widths, reverse=True)
    assert found["design_effect"] >= 0.999
    ElementTree.fromstring(width_plot(found))


@pytest.mark.parametrize(
    ("query", "field"),
    [({"pairs": "0"}, "pairs"), ({"base": "nan"}, "base"), ({"goal": "-3"}, "goal"), ({"people": "many"}, "people"),
     ({"question": "else"}, "question"), ({"item_sd": "1e9"}, "item_sd")],
)  # fmt: skip
def test_a_number_that_cannot_be_is_named_and_the_design_stands(query: dict[str, str], field: str) -> None:
    asked, wrong = read_question(query, design())
    assert set(wrong) == {field}
    assert (asked.pairs, asked.people) == (100, 100)


@pytest.mark.parametrize(
    "query", [{"pairs": "20000", "per_pair": "1000"}, {"people": "2", "per_pair": "5"}, {"base": "-20"}]
)
def test_what_cannot_be_planned_is_refused_by_a_sentence(query: dict[str, str]) -> None:
    asked, wrong = read_question(query, design())
    assert not wrong
    assert solve(asked, design())["refused"].endswith(".")


@pytest.mark.django_db
def test_the_page_answers_its_designer_and_no_stranger(designer: User, stranger: User) -> None:
    study = small_study(is_open=False)
    Membership.objects.create(study=study, user=designer, role=Membership.Role.DESIGNER)
    browser = people.signed_in(designer)
    page = browser.get(reverse("admin:study_extra", kwargs=PAGE)).content.decode()
    assert "For ± 3 points:" in page
    assert "<svg" in page
    changed = browser.get(reverse("admin:study_extra", kwargs=PAGE), {"question": "preference", "pairs": "x"})
    assert changed.status_code == 200
    assert 'aria-invalid="true"' in changed.content.decode()
    assert people.signed_in(stranger).get(reverse("admin:study_extra", kwargs=PAGE)).status_code == 404
    assert people.nobody().get(reverse("admin:study_extra", kwargs=PAGE)).status_code == 302


@pytest.mark.django_db
def test_without_items_it_says_what_is_missing(operator: User) -> None:
    study = small_study(is_open=False, items="not-yet")
    assert declared_design(study) is None
    page = people.signed_in(operator).get(reverse("admin:study_extra", kwargs=PAGE))
    assert "No items yet" in page.content.decode()


@pytest.mark.django_db
def test_both_modes_count_both_ways_and_the_screens_of_a_person() -> None:
    small_study(per_person=12)
    study = Study.objects.get(slug=SLUG)
    for question in ("consistency", "preference"):
        found = context(study, {"question": question, "pairs": "100", "per_pair": "4", "people": "100"})
        assert found["answer"]["declared"]["judgements"] == 2 * 100 * 4
        enough = found["answer"]["for_half_width"]
        assert enough["judgements"] == 2 * enough["pairs"] * 4
        # A rating shows one response, so a pair takes two screens one way and one the other.
        needed = math.ceil(enough["judgements"] * 1.5 / 12)
        assert f"At 12 screens a person it takes at least {needed:,} people" in found["lead"]
        assert ("the screens bind" in found["lead"]) == (needed > enough["annotators"])
