"""The PRISM profile against a validator written from the published schema, and the validator against damage."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annotation.conversations.prism import census, flags, subsets
from multivocal.exports.build import write_release
from multivocal.exports.cut import Cut
from tests.exports.prism_validator import main, problems
from tests.exports.seed import Seeded


@pytest.fixture(scope="module")
def release(shared: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A PRISM release of the seeded study."""
    target = tmp_path_factory.mktemp("out") / "release"
    write_release(study=shared.study, target=target, cut=Cut(shared.study.id), profile_key="prism")
    yield target


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


def test_the_release_is_as_published(release: Path) -> None:
    assert problems(release) == []
    assert main([str(release)]) == 0


def test_people_and_conversations_are_the_right_ones(release: Path) -> None:
    survey, talks = _rows(release, "survey"), _rows(release, "conversations")
    assert [(row["survey_only"], row["num_completed_conversations"]) for row in survey] == [
        (False, 4),
        (True, 0),
    ]
    assert [row["conversation_type"] for row in talks] == [
        "unguided", "values guided", "controversy guided", "unguided",
    ]  # fmt: skip
    assert sum(row["included_in_balanced_subset"] for row in talks) == 3
    assert survey[0]["age"] == "25-34 years old"
    assert survey[0]["study_locale"] == "uk"
    assert survey[0]["location"]["same_birth_reside_country"] == "Yes"


def test_blank_texts_are_empty_string_and_not_applicable_is_null(release: Path) -> None:
    answers = {row["model_response"] for row in _rows(release, "utterances")}
    assert "" not in answers
    assert _rows(release, "conversations")[0]["performance_attributes"]["safety"] is None


def test_nothing_identifying_leaves(release: Path, shared: Seeded) -> None:
    secrets = [*shared.secrets, "secret-endpoint", "SECRET_KEY_OF_ACME", "pana0000", "pchidi0002"]
    for path in release.rglob("*"):
        if path.is_file():
            text = path.read_text()
            assert not [secret for secret in secrets if secret in text], path


def test_every_answer_is_chosen_once_also_where_two_are_alike(release: Path) -> None:
    for row in _rows(release, "conversations"):
        for turn in range(row["conversation_turns"]):
            chosen = [i.get("if_chosen") for i in row["conversation_history"] if i["turn"] == turn]
            assert chosen.count(True) == 1


def _drop(key: str) -> Callable[[list[dict[str, Any]]], None]:
    return lambda rows: rows[0].pop(key)


def _put(key: str, value: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda rows: rows[0].update({key: value})


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("survey", _drop("included_in_UK_REP")),
        ("survey", _put("num_completed_conversations", 9)),
        ("survey", _put("lm_usecases", {})),
        ("conversations", _put("conversation_turns", 9)),
        ("conversations", _put("conversation_type", "values_guided")),
        ("conversations", _put("open_feedback", "")),
        ("conversations", lambda rows: rows.pop()),
        ("utterances", _put("interaction_id", "int1")),
        ("utterances", _put("score", 101)),
        ("utterances", lambda rows: rows.append(rows[0])),
        ("metadata", lambda rows: rows.pop()),
        ("metadata", _put("utterance_id", "ut0")),
        ("models", _put("model_provider_type", "Commercial")),
        ("models", lambda rows: rows.pop(0)),
    ],
)
def test_the_validator_sees_damage(
    name: str, damage: Callable[[list[dict[str, Any]]], Any], release: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(release, copy)
    rows = _rows(copy, name)
    damage(rows)
    (copy / f"{name}.jsonl").chmod(0o644)
    (copy / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert problems(copy)


def test_balanced_subset_takes_the_rarest_type_as_measure() -> None:
    held = [(f"c{n}", "user0", kind) for n, kind in enumerate("aaabbc")] + [("c9", "user1", "a")]
    chosen = subsets.balanced(held, ["a", "b", "c"])
    assert len(chosen) == 3
    assert "c5" in chosen
    assert "c9" not in chosen
    assert chosen == subsets.balanced(held, ["a", "b", "c"])


def _person(n: int, **fields: Any) -> dict[str, Any]:
    row = {"user_id": f"user{n}", "study_locale": "uk", "age": "25-34 years old", "gender": "Female"}
    return {
        **row,
        "ethnicity": {"self_described": "white", "categorised": None, "simplified": None},
        **fields,
    }


def test_census_subset_gives_each_cell_its_share_of_300_plus_one() -> None:
    if not census.cells("uk"):
        pytest.skip(f"no census file in {census.folder()}")
    share = census.cells("uk")["25-34 years old", "White", "Female"]
    crowd = [_person(n) for n in range(200)] + [
        _person(200, gender="Non-binary"),
        _person(201, study_locale="us"),
    ]
    chosen = subsets.representative("uk", crowd)
    assert chosen is not None
    assert len(chosen) == int(share * 300) + 1
    assert not {"user200", "user201"} & chosen
    for country in ("uk", "us"):
        assert sum(census.cells(country).values()) == pytest.approx(1)
        assert len(census.cells(country)) == 60


def test_without_census_files_there_is_no_subset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MULTIVOCAL_DATA", str(tmp_path))
    census.cells.cache_clear()
    assert subsets.representative("uk", [_person(1)]) is None
    census.cells.cache_clear()


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("Write to ana@example.org please", True),
        ("See https://example.org/me", True),
        ("Call +44 20 7946 0958 now", True),
        ("I am @ana_maria there", True),
        ("In 2023 it cost 1,500,000 in 12 months", False),
        ("From 1999 to 2024", False),
        ("", False),
    ],
)
def test_contact_details_are_seen(text: str, flag: bool) -> None:
    assert flags.has_contact(text) is flag


def test_language_is_guessed_and_moderation_is_not() -> None:
    assert flags.language_of("What do you think about the next election in my country?") == "en"
    assert flags.language_of("ما رأيك في الانتخابات القادمة في بلدي؟") == "ar"
    assert flags.language_of("12 …") is None
    assert flags.moderation()["flagged"] is None
