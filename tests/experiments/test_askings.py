"""A model's askings each stand for themselves, and the report and the files of one study give the same numbers."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from annotation.protocols.experiments.build import build
from annotation.protocols.experiments.rows import collect
from annotation.protocols.models import AiAnnotator, Item, Judgement, Presentation, Stimulus
from annotation.protocols.registry import protocols, store_protocol
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Study
from tests import people
from tests.experiments.kit import LIKERT_ONLY, bring, planted, small_study

pytestmark = pytest.mark.django_db
ITEMS = 10


def model(study: Study, name: str, kind: str) -> AiAnnotator:
    """Return a model's annotator with the way of asking ``kind``."""
    config = protocols()[kind].config.model_validate({"kind": kind})
    return AiAnnotator.objects.create(
        study=study, name=name, model=LanguageModel.objects.first(), protocol=store_protocol(config),
        prompt_sha256="0" * 64,
    )  # fmt: skip


def said(
    judge: AiAnnotator, key: str, item: Item, shown: list[Stimulus], payload: Any, **asking: int
) -> None:
    """Write one answer of a model to the responses ``shown``."""
    screen = Presentation.objects.create(
        annotator=judge, item=item, protocol=judge.protocol, protocol_key=key, stage="compare", seed=1, **asking,
        slots=[{"slot": "AB"[n], "stimulus": str(one.pk)} for n, one in enumerate(shown)],
    )  # fmt: skip
    Judgement.objects.create(presentation=screen, annotator=judge, key=screen.pk, payload=payload)


@pytest.fixture
def judged() -> Study:
    """A study with a model that rates, and one that prefers the left response of all items but the last two."""
    study = small_study()
    call_command("llm", "seed", verbosity=0)
    rater, chooser = model(study, "rater", "likert"), model(study, "chooser", "pairwise3")
    for n, item in enumerate(Item.objects.filter(study=study, split="main").order_by("number")[:ITEMS]):
        shown = list(item.stimuli.order_by("number"))[:: -1 if n % 2 else 1]
        for one, rating in zip(shown, (5, 2), strict=True):
            said(rater, "rating", item, [one], {"rating": rating})
        for order in (0, 1):
            choice = {"choice": "b" if order and n >= ITEMS - 2 else "a"}
            said(chooser, "ranking", item, shown[:: -1 if order else 1], choice, order_row=order)
    return study


def test_a_model_that_always_picks_the_left_one_is_right_half_of_the_time_there(judged: Study) -> None:
    report = build(judged, {})
    assert report["rows"]["models"] == 2
    (found,) = report["models"]["consistency"]
    assert found["duplicates"] == {"ratings": 0, "rankings": 0}
    each = found["pairings"]["individual"]
    assert (each["matched_pairs"], each["consistent"]) == (2 * ITEMS, ITEMS + 2)
    # Its two askings cancel, so together it prefers neither.
    together = found["pairings"]["aggregated"]
    assert (together["matched_pairs"], together["ranking_tie_only"]) == (ITEMS, ITEMS - 2)
    assert {row.annotator for row in collect(judged).rows} == {"rater", "chooser"}


@pytest.mark.django_db(transaction=True)  # datasets are read over a connection of their own
def test_the_report_and_the_files_agree(judged: Study, tmp_path: Path) -> None:
    bring(judged, 12, planted(LIKERT_ONLY))
    report = build(judged, {})
    browser = people.signed_in(people.make_operator("Olu Reads"))
    for part, kind in (("models", "model"), ("without_exclusions", "person")):
        given = [
            write(browser, judged, name, kind, tmp_path / f"{name}.csv") for name in ("ratings", "pairwise")
        ]
        for pairing in ("individual", "aggregated"):
            written = tmp_path / "out.json"
            call_command(
                "protocols", "compare", "--ratings", given[0], "--pairwise", given[1], "--pairing", pairing,
                "--resamples", "100", "-o", str(written),
            )  # fmt: skip
            from_files, found = json.loads(written.read_text()), report[part]["consistency"][0]["pairings"]
            for key in ("matched_pairs", "consistent", "table", "baselines", "kappa"):
                assert from_files[key] == found[pairing][key], (part, pairing, key)


def write(browser: Any, study: Study, name: str, kind: str, path: Path) -> str:
    """Write the rows of a dataset that people, or models, gave."""
    answer = browser.get(f"/api/v1/studies/{study.slug}/datasets/{name}.csv")
    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode())))
    with path.open("w", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(row for row in rows if row["rater_kind"] == kind)
    return str(path)
