"""A data scientist with a token takes everything away over REST, and finds the report's numbers again from files."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from multivocal.exports.models import Scope
from multivocal.exports.tokens import make_token
from multivocal.studies.models import Enrolment, Study
from tests import people
from tests.comparison.kit import Judge, comparison_study, item

pytestmark = pytest.mark.django_db(transaction=True)

PLAN = {"aggregation": "within", "resamples": 300, "seed": 7, "tie_margin": 1}
SAME = (
    "matched_pairs", "consistent", "consistency", "ci95", "table", "both_decisive", "kappa", "reversed",
    "rating_tie_only", "ranking_tie_only",
)  # fmt: skip


def judged_study() -> Study:
    """Let four people rate and compare the same pairs, one withdraw and a designer look; some are not sure."""
    checks = [
        item(20, split="gold", gold={"any": {"best": ["r1"], "score": {"r1": [4, 7]}}}),
        item(21, split="attention", gold={"any": {"best": ["r2"], "score": {"r2": [1, 7]}}}),
        item(22, split="practice"),
    ]
    study = comparison_study(
        items=[item(n, stratum="odd" if n % 2 else "even") for n in range(6)] + checks,
        protocols={
            "rating": {"kind": "likert", "points": 7, "allow": ["unsure"]},
            "ranking": {"kind": "pairwise3", "allow": ["unsure"]},
        },
        protocol_by={"within": "same_items"},
        per_person=12, per_item=5, repeats=0.2, repeat_gap=3, gold={"count": 1}, attention=1, practice=1, plan=PLAN,
    )  # fmt: skip
    for name in ("noor", "sven", "tamar", "vera", "chidi"):
        Judge(name).arrive_at_screens().read_and_judge()
    gone = Judge("chidi").enrolment
    gone.status, gone.withdrawn_at = "withdrawn", gone.started_at
    gone.save()
    Enrolment.objects.filter(pk=Judge("vera").enrolment.pk).update(preview=True)
    return study


class Scientist:
    """Somebody with a token and nothing else."""

    def __init__(self, study: Study) -> None:
        _token, secret = make_token(
            study=study,
            user=None,
            name="script",
            scopes=[Scope.READ],
            expires_at=timezone.now() + timedelta(days=1),
        )
        self.client, self.slug = Client(headers={"Authorization": f"Bearer {secret}"}), study.slug

    def get(self, rest: str) -> bytes:
        """Return what the interface answers."""
        answer = self.client.get(f"/api/v1/studies/{self.slug}/{rest}")
        assert answer.status_code == 200, answer
        return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return a dataset's rows."""
        return [json.loads(line) for line in self.get(f"datasets/{name}.jsonl").splitlines()]


def test_compare_on_the_exported_files_gives_the_reports_consistency(tmp_path: Path) -> None:
    scientist = Scientist(judged_study())
    report = json.loads(scientist.get("reports/comparison/"))
    (there,) = report["without_exclusions"]["consistency"]
    for name in ("ratings", "pairwise", "rankings"):
        (tmp_path / f"{name}.csv").write_bytes(scientist.get(f"datasets/{name}.csv"))
    for pairing in ("within", "individual", "aggregated"):
        for other in ("pairwise", "rankings"):
            out = tmp_path / "out.json"
            call_command(
                "protocols", "compare", "--ratings", str(tmp_path / "ratings.csv"),
                f"--{other}", str(tmp_path / f"{other}.csv"), "--pairing", pairing, "--tie-margin", "1",
                "--seed", "7", "--resamples", "300", "-o", str(out),
            )  # fmt: skip
            found = json.loads(out.read_text())
            assert found["matched_pairs"] >= 6
            # Which of two ranked responses is called a is not in a ranking: the table may lie on its other side.
            keys = SAME if other == "pairwise" else [key for key in SAME if key not in ("table", "kappa")]
            reported = there["pairings"][pairing]
            assert {key: found[key] for key in keys} == {key: reported[key] for key in keys}, (pairing, other)
            assert found["rows"]["invalid"] == 0


def test_a_judgements_row_says_who_saw_what_how_it_was_asked_and_what_for() -> None:
    study = judged_study()
    scientist = Scientist(study)
    rows = scientist.rows("judgements")
    items = {row["stimulus_id"]: row for row in scientist.rows("items")}
    exposures = {(row["presentation_id"], row["slot"]): row for row in scientist.rows("exposures")}
    assert {row["annotator"] for row in rows} == {
        Judge(name).enrolment.pseudonym for name in ("noor", "sven", "tamar")
    }
    assert {row["role"] for row in rows} == {"main", "repeat", "gold", "attention", "practice"}
    by_presentation = {row["presentation_id"]: row for row in rows}
    version = study.versions.get()
    assert any(row["probability"] for row in rows if row["role"] == "main")
    for row in rows:
        assert row["annotator_kind"] == "person" and row["version_sha256"] == version.sha256
        assert (
            row["protocol_key"] in ("rating", "ranking") and row["protocol_config"]["kind"] == row["protocol"]
        )
        assert len(row["item_set_sha256"]) == 64 and row["state"] == "ok"
        assert row["handed_out_at"] <= row["given_at"] and row["duration_ms"] >= 0
        assert row["order_seed"] and row["order_row"] is not None
        assert (
            # Null where the balance of sides had a say.
            (row["probability"] is None or 0 < row["probability"] <= 1)
            if row["role"] == "main"
            else row["repeat_of"] or not row["probability"]
        )
        assert ("no_answer" in row["payload"]) == (row["no_answer"] is not None)
        for place, slot in enumerate(row["slots"], start=1):
            shown = exposures[row["presentation_id"], slot["slot"]]
            assert (shown["place"], shown["stimulus_id"]) == (place, slot["stimulus"])
            assert items[slot["stimulus"]]["item"] == row["item"]
            assert items[slot["stimulus"]]["system"] == shown["system"]
        if row["role"] == "repeat":
            first = by_presentation[row["repeat_of"]]
            assert row["position"] >= first["position"] + 3
            assert [s["stimulus"] for s in row["slots"]] == [s["stimulus"] for s in first["slots"]][::-1]
        if row["role"] in ("gold", "attention"):
            assert items[row["slots"][0]["stimulus"]]["gold"]["any"]
    positions = [row["position"] for row in rows if row["annotator"] == rows[0]["annotator"]]
    assert sorted(positions) == list(range(1, len(positions) + 1))


def test_the_codebook_describes_every_column_of_the_files() -> None:
    study = comparison_study(items=[item(n) for n in range(3)], per_person=3, per_item=1)
    Judge("noor").arrive_at_screens().judge_all()
    scientist = Scientist(study)
    told: dict[str, list[str]] = {}
    for line in csv.DictReader(io.StringIO(scientist.get("codebook.csv").decode())):
        told.setdefault(line["dataset"], []).append(line["name"])
        assert line["description"]
    for name in ("judgements", "exposures", "items", "ratings", "pairwise", "rankings"):
        header = scientist.get(f"datasets/{name}.csv").decode().split("\n")[0]
        assert header.split(",") == told[name]
    rank = {(row["slot"], row["rank"]) for row in scientist.rows("rankings")}
    assert rank == {("A", 1), ("B", 2)}
    (outcome,) = {(row["outcome"], row["slot_a"]) for row in scientist.rows("pairwise")}
    assert outcome == ("a", "A")


def test_a_stranger_gets_nothing() -> None:
    study = comparison_study(items=[item(n) for n in range(3)], per_person=3, per_item=1)
    client = Client()
    assert client.get(f"/api/v1/studies/{study.slug}/datasets/ratings.csv").status_code == 401
    client.force_login(people.make_stranger())
    assert client.get(f"/api/v1/studies/{study.slug}/datasets/ratings.csv").status_code == 404
