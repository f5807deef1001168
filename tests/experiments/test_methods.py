"""Every way of asking has its own estimates in the report, and a planted order of systems comes out of each."""

import random
from typing import Any

import pytest

from annotation.protocols.experiments.build import build
from annotation.protocols.experiments.figures import figures
from annotation.protocols.models import Judgement, Presentation, Stimulus
from multivocal.studies.models import Study
from tests.comparison.kit import SYSTEMS, comparison_study, item
from tests.comparison.test_kinds import ANCHORED
from tests.experiments.kit import bring

pytestmark = pytest.mark.django_db
BEST_FIRST = list(SYSTEMS[:4])
WAYS: dict[str, tuple[int, set[str]]] = {
    "likert": (4, {"severity"}),
    "pairwise3": (2, {"rank_centrality", "elo"}),
    "ranking": (4, {"orders", "rank_centrality", "elo"}),
    "best_worst": (4, {"best_worst", "rank_centrality", "elo"}),
    "rate_then_rank": (4, {"severity", "orders", "joint", "rank_centrality", "elo"}),
    "mushra": (4, {"severity", "mushra"}),
}


def judged(kind: str, people: int = 12) -> Study:
    """Return a study in which people judged six items with a little noise; the first system is the best."""
    items = [item(n, responses=WAYS[kind][0]) for n in range(6)]
    if kind == "mushra":
        items = [
            one | {"responses": [*one["responses"], *ANCHORED], "reference": "The reference itself."}
            for one in items
        ]
    if kind == "pairwise3":
        items = [one | {"responses": item(n, 4)["responses"]} for n, one in enumerate(items)]
    study = comparison_study(
        items=items, protocols={"way": {"kind": kind}}, per_person=36, per_item=people,
        **({"responses": 2} if kind == "pairwise3" else {}),
    )  # fmt: skip
    came = bring(study, people)
    rng = random.Random(3)
    worth = dict(Stimulus.objects.values_list("pk", "system"))
    Judgement.objects.bulk_create(
        Judgement(
            presentation=one,
            enrolment=one.enrolment,
            key=one.pk,
            payload=payload(kind, goods),
            duration_ms=10,
        )
        for one in Presentation.objects.filter(enrolment__in=came).select_related("enrolment")
        for goods in [{slot["slot"]: good(worth, slot["stimulus"], rng) for slot in one.slots}]
    )
    return study


def good(systems: dict[Any, str], stimulus: str, rng: random.Random) -> float:
    """Return how good somebody finds a response: systems with noise, the reference above them, the anchor below."""
    system = next(name for pk, name in systems.items() if str(pk) == stimulus)
    if system in BEST_FIRST:
        return 4.0 - BEST_FIRST.index(system) + rng.gauss(0, 1.2)
    return 6.0 if "reference" in Stimulus.objects.get(pk=stimulus).role else 0.0


def payload(kind: str, goods: dict[str, float]) -> dict[str, Any]:
    """Return what somebody answers who finds the responses so good."""
    order = sorted(goods, key=goods.__getitem__, reverse=True)
    ranks = {slot: n for n, slot in enumerate(order, 1)}
    steps = {slot: round(min(max(value, 0), 6)) + 1 for slot, value in goods.items()}
    return {
        "likert": {"rating": next(iter(steps.values()))},
        "pairwise3": {"choice": "a" if order[0] == min(goods) else "b"},
        "ranking": {"ranks": ranks},
        "best_worst": {"best": order[0], "worst": order[-1]},
        "rate_then_rank": {"ratings": steps, "ranks": ranks, "first": "rate"},
        "mushra": {
            "ratings": {slot: round(min(max(value, 0), 6.2) * 16) for slot, value in goods.items()},
            "viewed": dict.fromkeys(goods, 1),
        },
    }[kind]


def order_of(name: str, found: dict[str, Any]) -> list[str]:
    """Return the systems by what a method estimates, best first."""
    if name == "elo":
        lines = [(one["label"], one["rating"]) for one in found["systems"]]
    elif name == "rank_centrality":
        lines = [(one["label"], one["worth"]) for one in found["systems"]]
    elif name == "mushra":
        lines = [(one["label"], one["estimate"]) for one in found["kept"] if one["role"] == "system"]
    else:
        columns = found["systems"] if name == "severity" else found
        lines = list(zip(columns["labels"], columns["estimate"], strict=True))
    return [label for label, _ in sorted(lines, key=lambda line: -line[1])]


@pytest.mark.parametrize("kind", WAYS)
def test_a_planted_order_comes_out_of_every_method(kind: str) -> None:
    found = build(judged(kind), {})
    (line,) = found["without_exclusions"]["methods"]
    names = WAYS[kind][1]
    assert set(line) == {"protocol", "kind"} | names
    for name in sorted(names - {"severity"} if kind == "mushra" else names):
        assert "refused" not in line[name], (name, line[name])
        assert order_of(name, line[name]) == BEST_FIRST, name
    drawn = {one.key: one for one in figures(found)}
    assert {f"{name}_way" for name in names} <= set(drawn)
    assert all(drawn[f"{name}_way"].rows or drawn[f"{name}_way"].refused for name in names)


def test_mushra_tells_whom_the_screening_leaves_out() -> None:
    study = judged("mushra")
    careless = Presentation.objects.exclude(enrolment=None).order_by("enrolment__pseudonym").first()
    assert careless is not None
    for one in Judgement.objects.filter(enrolment=careless.enrolment):
        one.payload["ratings"] = dict.fromkeys(one.payload["ratings"], 50)
        one.save(update_fields=["payload"])
    (line,) = build(study, {})["without_exclusions"]["methods"]
    assert line["mushra"]["excluded"] == 1
    assert {one["role"] for one in line["mushra"]["all"]} == {"system", "hidden_reference", "low_anchor"}


def test_the_side_is_judged_by_people_not_by_answers() -> None:
    study = judged("pairwise3")
    Judgement.objects.update(payload={"choice": "a"})
    (side,) = build(study, {})["without_exclusions"]["sides"]
    found = side["first_preferred"]
    assert (found["share"], found["clusters"]) == (1.0, {"annotators": 12})
    assert found["low"] == pytest.approx(0.025 ** (1 / 12))
