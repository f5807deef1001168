"""Runs from start to end: who is asked, what becomes a label, and where it is from."""

import pytest

from annotation.routing.live import report
from annotation.routing.models import FinalLabel, Route
from annotation.routing.routes import current_routes
from annotation.routing.spending import spent
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import begun, go, policy, rated, routed_study


def test_a_ladder_needs_no_seed_and_ends_with_a_label_for_every_item(make_model: MakeModel) -> None:
    study = routed_study()
    rules = [{"where": "stratum", "equals": "health"}]
    run = begun(study, policy(steady(make_model), must_human=rules, audit=0.25, double=0))
    go(run, "labelling")
    routes = current_routes(run)
    assert len(routes) == 12
    assert all(0 < one.probability <= 1 for one in routes.values())
    kept = [one for one in routes.values() if one.reason == "must_human"]
    assert len(kept) == 2 and all(one.ai_label is None and one.probability == 1 for one in kept)
    asked = sum(one.human_wanted for one in routes.values())
    assert rated("Ana") + rated("Ben") == asked
    go(run, "done")
    labels = FinalLabel.objects.filter(superseded_at=None, route__run=run)
    assert labels.count() == 12
    assert {one.provenance for one in labels} == {"ai", "human"}
    money = spent(run)
    assert money.human == asked * run.price_usd and money.open == 0 and money.ai > 0
    assert rated("Cleo") == 0  # nothing is wanted any more, and she goes on
    assert Route.objects.filter(run=run, superseded_at=None, to="both", audit=True).exists()


def test_a_router_learns_from_a_seed_both_have_labelled(make_model: MakeModel) -> None:
    study = routed_study(items=64, per_person=40)
    model = make_model("shaky", parameters={"max_tokens": 64, "taste": {"noise": 0.2}})
    run = begun(
        study,
        policy(model, router="logistic", seed={"items": 40}, budget={"usd": "11", "per_human_usd": "0.10"}),
    )
    # Of some items people think otherwise than any judge.
    odd = ("1)", "4)")
    assert rated("Ana", wrong=odd) == 40
    assert rated("Ben", wrong=odd) == 40
    go(run, "labelling")
    routes = current_routes(run)
    assert len(routes) == 64
    seeds = [one for one in routes.values() if one.reason == "seed"]
    assert len(seeds) == 40 and {one.probability for one in seeds} == {1.0}
    others = [one for one in routes.values() if one.reason != "seed"]
    assert all(0.1 <= one.probability <= 1 and one.p_ai is not None for one in others)
    assert run.router["sha256"] and run.router["edges"]
    wanted = sum(one.human_wanted for one in others)
    assert 2 <= wanted <= 27
    rated("Cleo", wrong=odd)
    rated("Dov", wrong=odd)
    go(run, "done")
    assert FinalLabel.objects.filter(superseded_at=None, route__run=run).count() == 64
    money = spent(run)
    assert money.human >= (80 + wanted) * run.price_usd
    assert money.total <= 11


@pytest.mark.parametrize("router", ["all_human", "all_ai", "random"])
def test_baselines_need_no_seed(make_model: MakeModel, router: str) -> None:
    study = routed_study()
    budget = {"usd": "20", "per_human_usd": "0.10", "human_labels": 6 if router == "random" else None}
    run = begun(study, policy(steady(make_model), router=router, budget=budget, double=0))
    go(run, "labelling")
    wanted = sum(one.human_wanted for one in current_routes(run).values())
    expected = {"all_human": 12, "all_ai": range(4), "random": 6}[router]
    assert wanted == expected or (isinstance(expected, range) and wanted in expected)
    assert bool(run.judges.count()) == (router != "all_human")
    rated("Ana")
    rated("Ben")
    go(run, "done")
    assert FinalLabel.objects.filter(superseded_at=None).count() == 12


def test_what_was_labelled_before_a_run_costs_it_nothing(make_model: MakeModel) -> None:
    study = routed_study()
    config = policy(
        steady(make_model), router="all_human", budget={"usd": "20", "per_human_usd": "0.10"}, double=0
    )
    first = begun(study, config)
    go(first, "labelling")
    rated("Ana")
    rated("Ben")
    go(first, "done")
    again = begun(study, config)
    go(again, "done")
    costs = {
        run.pk: sum(one.cost_usd for one in FinalLabel.objects.filter(superseded_at=None, route__run=run))
        for run in (first, again)
    }
    assert costs[first.pk] == spent(first).human == 12 * first.price_usd
    assert costs[again.pk] == spent(again).human == 0
    assert FinalLabel.objects.filter(superseded_at=None, route__run=again).count() == 12


def test_what_is_labelled_after_a_run_costs_it_nothing_and_changes_none_of_its_figures(
    make_model: MakeModel,
) -> None:
    study = routed_study()
    config = policy(steady(make_model), router="all_human", double=0, seed={"items": 0})
    first = begun(study, config)
    go(first, "labelling")
    rated("Ana")
    rated("Ben")
    first = go(first, "done")
    before, told = spent(first), report(first)
    again = begun(study, config.model_copy(update={"name": "second", "double": 0.9}))
    go(again, "labelling")
    rated("Cleo")
    rated("Dan")
    assert spent(again).human > 0
    assert spent(first) == before
    assert {key: report(first)[key] for key in ("money", "counts", "methods")} == {
        key: told[key] for key in ("money", "counts", "methods")
    }
