"""Kill -9 of the web server and of the worker while answers stream: nothing acknowledged is lost or doubled."""

from multivocal.studies.simulate.crowd import Crowd
from multivocal.studies.simulate.records import Acknowledged
from tests.processes.conftest import Bots, said
from tests.processes.servers import Place
from tests.processes.studies import short


def test_killed_servers_lose_nothing_and_double_nothing(place: Place) -> None:
    place.open_study(short())
    place.start("simulator", "web", "worker")
    bots = Bots(Crowd(place.url, "short", people=12, at_once=12, seed=7, patience=60)).start()
    bots.wait_until(lambda acts: said(acts, "say") >= 8)
    place.stop("web", number=9)
    interrupted = place.one("SELECT count(*) FROM conversations_turn WHERE state = 'answering'")
    place.start("web")
    bots.wait_until(lambda acts: said(acts, "say") >= 20)
    place.stop("worker", "web", number=9)
    place.start("web", "worker")
    bots.wait_until(lambda acts: said(acts, "say") >= 28)
    place.stop("worker", number=9)
    records = bots.finish()

    assert interrupted, "nobody was waiting for an answer: the kill hit nothing"
    assert records.count("complete") == 12, bots.told()
    assert_all_there_once(place, records.acknowledged)
    assert place.one("SELECT count(*) FROM conversations_conversation WHERE state <> 'complete'") == 0
    assert place.one("SELECT count(*) FROM conversations_turn WHERE state <> 'judged'") == 0
    assert place.one("SELECT count(*) FROM studies_enrolment WHERE status = 'complete'") == 12
    # One live answer per slot, all of them shown whole.
    assert not place.rows(
        "SELECT turn_id, slot FROM conversations_candidate WHERE state = 'complete'"
        " GROUP BY turn_id, slot HAVING count(*) > 1"
    )
    assert not place.rows(
        "SELECT s.id FROM protocols_stimulus s JOIN conversations_candidate c ON c.stimulus_id = s.id"
        " WHERE c.state = 'complete' AND s.text = ''"
    )


def assert_all_there_once(place: Place, acknowledged: list[Acknowledged]) -> None:
    """Assert that every acknowledged answer is in the database exactly once, with what was sent."""
    assert len({one.key for one in acknowledged}) == len(acknowledged)
    spent = {str(key) for (key,) in place.rows("SELECT key FROM studies_submission")}
    turns = {str(key): prompt for key, prompt in place.rows("SELECT key, prompt FROM conversations_turn")}
    judged = {
        str(key): payload for key, payload in place.rows("SELECT key, payload FROM protocols_judgement")
    }
    pages = {
        (str(key), page): answers
        for key, page, answers in place.rows("SELECT key, page, answers FROM profiles_pageresponse")
    }
    for one in acknowledged:
        if one.act == "submit":
            assert one.key in spent, one
            pairs = dict(one.sent["pairs"])
            if one.sent["stage"] == "about":
                page = "two" if "more" in pairs else "one"
                typed = pages[one.key, page]
                assert all(typed[name] == pairs[name] for name in ("story", "more") if name in typed), one
        elif one.act == "say":
            assert turns[one.key] == one.sent["text"], one
        elif one.act == "judge":
            assert judged[one.key] == one.sent["payload"], one
    said_keys = {one.key for one in acknowledged if one.act == "say"}
    judge_keys = {one.key for one in acknowledged if one.act == "judge"}
    # Everybody finished, so every turn and judgement there is was acknowledged: nothing is there twice.
    assert set(turns) == said_keys
    assert set(judged) == judge_keys
    assert not place.rows(
        "SELECT presentation_id FROM protocols_judgement WHERE superseded_at IS NULL"
        " GROUP BY presentation_id HAVING count(*) > 1"
    )
    assert not place.rows(
        "SELECT enrolment_id, stage, scope, page FROM profiles_pageresponse WHERE superseded_at IS NULL"
        " GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
    )
