"""Every way of asking, asked of a model over HTTP: answers in form that follow what the model thinks."""

from collections import Counter
from typing import Any

import pytest

from annotation.protocols.annotators.asking import shown_for
from annotation.protocols.annotators.making import settings_of
from annotation.protocols.annotators.shapes import AskParams
from annotation.protocols.models import Stimulus
from annotation.protocols.registry import parse_response, protocols
from tests.annotators.kit import UNITS, annotator, ask_all, current, pair_study, steady
from tests.llm.conftest import MakeModel

KINDS = sorted(protocols())
SETTINGS: dict[str, dict[str, Any]] = {
    "dimensions": {"overall": "last", "confidence": 5},
    "mushra": {"sheet": {}},
    "justified": {"tags": [{"key": "tone", "label": "Tone"}], "points": 5, "elaboration_min": 30},
    "ranking": {"ties": False},
}


@pytest.mark.parametrize("structured", [True, False], ids=["schema", "words"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_model_answers_every_kind_and_tells_good_from_poor(
    rows: None, make_model: MakeModel, kind: str, structured: bool
) -> None:
    study = pair_study(items=2, responses=3, units=UNITS)
    config = protocols()[kind].config(kind=kind, **(SETTINGS.get(kind, {}) if structured else {}))
    judge = annotator(study, steady(make_model), config=config, params=AskParams(structured=structured))
    ran = ask_all(judge)
    assert set(ran.counts) == {"ok"}, [(j.paradata, j.payload) for j in current(judge)]
    scores: dict[str, list[float]] = {"good": [], "poor": []}
    for one in current(judge):
        (shown,) = shown_for([one.presentation])
        response = parse_response(config, one.payload, shown)
        assert response.model_dump(mode="json") == one.payload
        systems = {
            entry["slot"]: Stimulus.objects.get(pk=entry["stimulus"]).system
            for entry in one.presentation.slots
        }
        for slot, score in protocols()[kind].scores(config, response, shown).items():
            if score is not None and systems[slot] in scores:
                scores[systems[slot]].append(score)
    means = {system: sum(given) / len(given) for system, given in scores.items()}
    assert means["good"] > means["poor"], means


def test_what_the_row_says_is_what_was_asked(rows: None, make_model: MakeModel) -> None:
    study = pair_study(items=2)
    judge = annotator(study, make_model(), "likert", params=AskParams(temperature=0.5, max_tokens=99))
    ask_all(judge)
    first = current(judge)[0]
    _rubric, _config, params = settings_of(judge)
    assert params.temperature == 0.5
    assert first.paradata["parameters"] == {"max_tokens": 99, "temperature": 0.5}
    assert first.paradata["prompt_sha256"] == judge.prompt_sha256
    assert len(first.paradata["model_sha256"]) == 64
    # One answer on a screen has no other order.
    assert Counter(j.presentation.order_row for j in current(judge)) == {0: 4}
