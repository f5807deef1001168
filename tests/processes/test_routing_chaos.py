"""Routing while calls fail, an endpoint dies, workers are killed and the broker is emptied: nothing lost or doubled."""

import contextlib
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import psycopg
import pytest
import yaml

from annotation.protocols.annotators.running import _LOCK_SPACE
from multivocal import run as starting
from tests.comparison.kit import item
from tests.processes.servers import Place, Process, a_place

ITEMS = 30
STUDY = {
    "format": 1, "slug": "chaos", "title": "Chaos", "minutes": 2,
    "contact": {"name": "The lab", "email": "lab@example.org"},
    "stages": [
        {"id": "consent", "kind": "consent", "title": "Before you start", "version": "1", "body": "You compare.",
         "purposes": [{"key": "take_part", "text": "I take part", "required": True}]},
        {"id": "compare", "kind": "comparison", "items": [item(n) for n in range(ITEMS)],
         "protocols": {"pair": {"kind": "pairwise3"}}, "per_person": 10, "per_item": 2},
        {"id": "end", "kind": "debrief", "title": "Thank you", "text": "That was all."},
    ],
}  # fmt: skip
POLICY = {
    "name": "chaos", "stage": "compare", "router": "all_ai", "seed": {"items": 0}, "audit": 0.02, "double": 0,
    "judges": [{"name": name, "model": name, "max_tokens": 60, "at_once": 3} for name in ("one", "two")],
    "budget": {"usd": "3", "per_human_usd": "0.10"},
    "patience": {"cooldown_s": 0.5, "give_up_s": 6000, "rounds": 2},
}  # fmt: skip
FAULTS = {"429": 0.1, "500": 0.1, "empty": 0.05, "garbage": 0.05}
CURRENT = "superseded_at IS NULL"
JUDGED = (
    f"SELECT count(*) FROM protocols_judgement WHERE annotator_id IS NOT NULL AND {CURRENT} AND state = 'ok'"
)
STATE = "SELECT state FROM routing_run"
LABELS = f"SELECT count(*) FROM routing_finallabel WHERE {CURRENT}"


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A platform with a simulator and a study, and two judges that cost something."""
    with a_place("chaos", SIM_TOKENS_PER_SECOND="40") as made:
        made.start("simulator")
        with_models = (
            "INSERT INTO llm_languagemodel (name, label, family, provider, provider_type, model_type, base_url,"
            " model_id, parameters, header, key_variable, weight, price_in, price_out, timeout_s, active, simulated)"
            " SELECT n, n, '', '', 'open', 'Chat', base_url, model_id, '{\"taste\": {\"noise\": 0}}', '', '', 0,"
            " 1, 3, 600, true, true FROM llm_languagemodel, unnest(ARRAY['one', 'two']) n WHERE name = 'sim-warm'"
            " RETURNING name"
        )
        assert len(made.rows(with_models)) == 2
        made.open_study(yaml.safe_dump(STUDY, sort_keys=False))
        (made.folder / "policy.yaml").write_text(yaml.safe_dump(POLICY))
        yield made


def wait_for(what: Callable[[], bool], place: Place, patience: float = 400) -> None:
    """Return when something holds; fail with the worker's log where it never does.

    What is waited for comes on the slowest machine: how long it takes is no part of the test.
    """
    end = time.monotonic() + patience
    while not what():
        if time.monotonic() > end:
            run = place.rows("SELECT state, reason, sentence FROM routing_run")
            askings = place.rows("SELECT state, reason FROM annotators_asking")
            pytest.fail(f"{run} {askings}\n{place.log_of('worker')}\n{place.log_of('second')}")
        time.sleep(0.05)


@contextlib.contextmanager
def held_back(place: Place, number: int, skip: int = 0) -> Iterator[None]:
    """Hold questions of each judge, as another worker would: nobody asks them before they are let go.

    So there is something left to ask when it is needed, however fast the workers are.
    """
    rows = place.rows(
        "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY annotator_id ORDER BY position DESC) AS n"
        " FROM protocols_presentation WHERE annotator_id IS NOT NULL) p WHERE n > %(skip)s AND n <= %(most)s",
        skip=skip, most=skip + number,
    )  # fmt: skip
    assert len(rows) == 2 * number
    with psycopg.connect(place.database_url, autocommit=True) as connection:
        for (pk,) in rows:
            connection.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [_LOCK_SPACE, str(pk)])
        yield


def second_worker(place: Place) -> None:
    """Start another worker on the same queue, without a scheduler."""
    command = [part for part in starting._worker() if part != "--beat"]
    at = command.index("--schedule")
    process = Process(
        "second", command[:at] + command[at + 2 :], place.environment(), place.folder / "second.log"
    )
    process.start()
    place.processes["second"] = process


def empty_the_broker(place: Place) -> int:
    """Throw away every message that waits; return how many."""
    waiting = [path for path in (place.folder / "queue").glob("*") if path.is_file()]
    for path in waiting:
        path.unlink(missing_ok=True)
    return len(waiting)


def test_nothing_is_lost_or_doubled_and_spending_is_exact(place: Place) -> None:
    place.set_faults(FAULTS)
    place.manage("routing", "start", "chaos", str(place.folder / "policy.yaml"))
    with held_back(place, 10) as _for_the_kill:
        with held_back(place, 20, skip=10) as _for_the_silence:
            place.start("worker")
            second_worker(place)
            wait_for(lambda: place.one(JUDGED) >= 12, place)
            # The endpoint dies for a while: both judges stop, rest, and are tried again.
            place.set_faults({"500": 1.0})
        wait_for(lambda: place.one("SELECT count(*) FROM routing_runjudge WHERE failures > 0") >= 1, place)
        before = place.one(JUDGED)
        place.set_faults(FAULTS)
        wait_for(lambda: place.one(JUDGED) >= before + 8, place)
        # From here on no call is answered: whoever asks waits, until it is killed.
        place.set_faults({"timeout": 1.0})
        newest = place.one("SELECT max(id) FROM llm_call")
    waiting = "SELECT count(*) FROM llm_call WHERE state = 'started' AND id > %(newest)s"
    wait_for(lambda: place.one(waiting, newest=newest) > 0, place)

    # Workers are killed while they wait for answers, and what the broker held is gone.
    place.stop("worker", "second", number=9)
    killed = place.one(waiting, newest=newest)
    empty_the_broker(place)
    place.set_faults(FAULTS)
    place.start("worker")
    second_worker(place)
    wait_for(lambda: place.one(STATE) in ("labelling", "done", "paused"), place)
    place.set_faults({})

    assert killed, "nobody was being asked: the kill hit nothing"
    assert place.one(STATE) != "paused", place.one("SELECT sentence FROM routing_run")
    # Every item has exactly one current route, and every question of both judges exactly one current answer.
    assert place.one(f"SELECT count(*) FROM routing_route WHERE {CURRENT}") == ITEMS
    questions = place.rows(
        "SELECT p.id, count(j.id) FROM protocols_presentation p LEFT JOIN protocols_judgement j"
        " ON j.presentation_id = p.id AND j.superseded_at IS NULL WHERE p.annotator_id IS NOT NULL GROUP BY p.id"
    )
    assert len(questions) == ITEMS * 2 * 2
    assert {number for _id, number in questions} == {1}
    # Nobody was asked again after an answer that can be read; what was superseded had failed.
    twice = "SELECT subject FROM llm_call WHERE state = 'done' GROUP BY subject HAVING count(*) > 1"
    assert not place.rows(twice)
    again = "SELECT count(*) FROM protocols_judgement WHERE superseded_at IS NOT NULL AND state <> 'failed'"
    assert place.one(again) == 0
    assert place.one("SELECT count(*) FROM llm_call WHERE state = 'failed'") > 20
    # The run's books are the ledger, to the last place, within the budget.
    told = yaml.safe_load(place.manage("routing", "status", "chaos", "--json").stdout)
    ledger = place.one("SELECT sum(cost) FROM llm_call")
    assert Decimal(told["usd"]["ai"]) == ledger > 0
    assert ledger + place.one("SELECT set_aside_usd FROM routing_run") <= 3
    # What waits for nobody has its label.
    others = f"SELECT count(*) FROM routing_route WHERE {CURRENT} AND human_wanted = 0 AND \"to\" <> 'hold'"
    wait_for(lambda: place.one(LABELS) == place.one(others), place)
