"""The whole PRISM study by bots through the command, and its release judged by the published schema."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exports.prism_validator import problems
from tests.processes.servers import Place, a_place

PEOPLE = 8


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A platform with the shipped studies."""
    with a_place("prism", SIM_TOKENS_PER_SECOND="0", WEB_THREADS="4") as made:
        made.manage("study", "seed")
        made.start("simulator", "web", "worker")
        yield made


def test_prism_runs_end_to_end_and_releases_its_five_files(place: Place, tmp_path: Path) -> None:
    told = place.manage(
        "study", "simulate", "prism", "-n", str(PEOPLE), "--concurrency", "4", "--seed", "11",
        "--url", place.url, "--json", str(tmp_path / "run.json"), check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"complete {PEOPLE}" in told.stdout

    place.manage("dataset", "release", "prism", "-o", str(tmp_path / "release"), "--profile", "prism")
    assert problems(tmp_path / "release") == []
    assert len((tmp_path / "release" / "survey.jsonl").read_text().splitlines()) == PEOPLE
    assert place.one("SELECT count(*) FROM studies_enrolment") == PEOPLE
    assert place.one("SELECT count(*) FROM conversations_conversation WHERE state = 'complete'") == 6 * PEOPLE
    current = "SELECT presentation_id FROM protocols_judgement WHERE superseded_at IS NULL"
    assert not place.rows(f"{current} GROUP BY 1 HAVING count(*) > 1")


def test_bad_input_is_said_and_sends_nobody(place: Place) -> None:
    before = place.one("SELECT count(*) FROM studies_enrolment")
    for arguments, said in (
        (("no-such-study", "--url", place.url), "There is no study"),
        (("prism", "--url", "http://127.0.0.1:9"), "does not answer"),
        (("prism", "--url", "nonsense"), "give an address"),
        (("prism", "--url", place.url, "-n", "0"), "at least 1"),
    ):
        done = place.manage("study", "simulate", *arguments, check=False)
        assert done.returncode == 2, done.stdout + done.stderr
        assert said in done.stderr
    assert place.one("SELECT count(*) FROM studies_enrolment") == before
