"""Models that fail and money that runs out: nobody is stranded, failures are rows, spending keeps to its limit."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from multivocal.studies.simulate.crowd import Crowd
from tests.processes.conftest import Bots
from tests.processes.servers import Place, a_place
from tests.processes.studies import short

FAULTS = {"timeout": 0.06, "429": 0.07, "500": 0.07, "empty": 0.05, "garbage": 0.03, "truncated": 0.02}


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A platform whose models fail three times in ten, with a wait that is short enough for a test."""
    with a_place("faults", SIM_TOKENS_PER_SECOND="0", WEB_THREADS="4") as made:
        made.start("simulator", "web", "worker")
        yield made


def test_nobody_is_stranded_when_three_calls_in_ten_fail(place: Place) -> None:
    assert sum(FAULTS.values()) == pytest.approx(0.3)
    place.open_study(short(wait=1.5))
    place.set_faults(FAULTS)
    bots = Bots(Crowd(place.url, "short", people=10, at_once=10, seed=3, patience=60)).start()
    records = bots.finish()
    place.set_faults({})

    assert records.count("complete") == 10, bots.told()
    failed = place.rows(
        f"SELECT error, count(*) FROM {calls_of('short')} AND c.state = 'failed' GROUP BY error"
    )
    kinds = dict(failed)
    assert {"timeout", "rate_limited", "server", "empty", "garbage"} <= set(kinds), kinds
    total = place.one(f"SELECT count(*) FROM {calls_of('short')}")
    assert 0.15 < sum(kinds.values()) / total < 0.45, kinds
    # Every answer that people saw, and every one that failed, has its attempts in the ledger.
    assert not place.rows(
        "SELECT c.stimulus_id FROM conversations_candidate c WHERE c.state IN ('complete', 'failed')"
        " AND NOT EXISTS (SELECT 1 FROM llm_call l WHERE l.subject = c.stimulus_id::text)"
    )
    assert place.one(f"SELECT count(*) FROM {calls_of('short')} AND c.state = 'started'") == 0
    assert within_budget(place, "short")


def test_people_finish_when_the_money_is_gone(place: Place) -> None:
    place.open_study(short(usd=0.002).replace("slug: short", "slug: poor"))
    bots = Bots(Crowd(place.url, "poor", people=8, at_once=8, seed=4, patience=60)).start()
    records = bots.finish()

    assert records.count("complete") == 8, bots.told()
    stopped = place.one(f"SELECT count(*) FROM {calls_of('poor')} AND c.error = 'budget' AND c.cost = 0")
    assert stopped, "the budget was never reached"
    assert within_budget(place, "poor")


def calls_of(slug: str) -> str:
    """Return the ledger's rows of one study, as the FROM of a query: the tests here share a platform."""
    return f"llm_call c JOIN studies_study s ON s.id = c.account WHERE s.slug = '{slug}'"


def within_budget(place: Place, slug: str) -> bool:
    """Return whether what a study's calls cost, and still hold reserved, is at most its account's limit."""
    (spent, limit), = place.rows(
        "SELECT coalesce(sum(CASE WHEN c.state = 'started' THEN c.reserved ELSE c.cost END), 0), a.limit_usd"
        " FROM studies_study s JOIN llm_account a ON a.id = s.id LEFT JOIN llm_call c ON c.account = a.id"
        " WHERE s.slug = %(slug)s GROUP BY a.limit_usd",
        slug=slug,
    )  # fmt: skip
    return Decimal(0) < spent <= limit
