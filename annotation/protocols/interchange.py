"""The datasets that ``protocols compare`` and other tools read: ratings, pairwise and rankings, a row each."""

from collections.abc import Iterator, Mapping
from typing import Any

from annotation.protocols.derived import Answer, answers, ranks_of
from multivocal.domain.datasets import Column, Dataset

_ITEM = (
    Column("item", "uuid", "The item; joins with items"),
    Column(
        "rater",
        "string",
        "Pseudonym of the person in this study, or name/order.sample of a model's annotator",
    ),
)
_ABOUT = (
    Column("stratum", "string", "What kind of item it is", null="the item names none"),
    Column("item_name", "string", "The item's id in its file", null="a live conversation"),
    Column("rater_kind", "string", "person or model"),
    Column("version", "integer", "Number of the study version the person is on", null="a model"),
    Column("arm", "string", "Arm of the study", null="no arm was drawn, or a model"),
    Column("stage", "string", "Stage of the study"),
    Column("protocol", "string", "Which of the stage's ways of asking; its kind where it has only one"),
    Column("protocol_kind", "string", "Kind of feedback protocol"),
    Column("protocol_sha256", "string", "Hash of its configuration; joins with judgements"),
    Column("judgement_id", "uuid", "The judgement it follows from; rows of one are not independent"),
    Column("presentation_id", "uuid", "What was shown; joins with exposures"),
    Column(
        "position", "integer", "Place among the person's screens at this stage", null="a live conversation"
    ),
    Column("given_at", "timestamp", "When the judgement was stored"),
    Column("duration_ms", "integer", "How long the whole judgement took", unit="ms", null="not recorded"),
)
_WHICH = (
    " Only current answers of people and models to main items: corrections, non-answers, repeats, practice, gold"
    " and attention items are in judgements."
)


def _about(answer: Answer) -> tuple[Any, ...]:
    facts = answer.facts
    return (
        facts["stratum"] or None, facts["item_name"], facts["annotator_kind"], facts["version"], facts["arm"],
        facts["stage"], facts["protocol"], facts["kind"], facts["sha256"], facts["judgement_id"],
        facts["presentation_id"], facts["position"], facts["given_at"].isoformat(), facts["duration_ms"],
    )  # fmt: skip


def rating_rows(connection: Any, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield a row per judgement, response and dimension."""
    for answer in answers(connection, parameters):
        for score in answer.scores:
            stimulus, role, system = answer.response(score.slot)
            yield (
                answer.facts["item"], answer.rater, stimulus, score.value, score.dimension or "overall",
                score.slot, system, role, *_about(answer),
            )  # fmt: skip


def pair_rows(connection: Any, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield a row per judgement and pair of responses that was compared in it."""
    for answer in answers(connection, parameters):
        for pair in answer.stated:
            (a, role_a, system_a), (b, role_b, system_b) = answer.response(pair.a), answer.response(pair.b)
            yield (
                answer.facts["item"], answer.rater, a, b, pair.outcome, pair.magnitude,
                pair.a, pair.b, system_a, system_b, role_a, role_b, *_about(answer),
            )  # fmt: skip


def ranking_rows(connection: Any, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield a row per judgement and response, of judgements that order everything they show."""
    for answer in answers(connection, parameters):
        for slot, rank in ranks_of(answer.stated, tuple(answer.where)).items():
            stimulus, role, system = answer.response(slot)
            yield (
                answer.facts["item"], answer.rater, stimulus, rank, slot, system, role, *_about(answer),
            )  # fmt: skip


RATINGS = Dataset(
    key="ratings",
    title="Ratings",
    description="One row per judgement, response and dimension: the score, on the protocol's own scale."
    + _WHICH,
    columns=(
        *_ITEM,
        Column("stimulus", "uuid", "The response; joins with items"),
        Column("score", "number", "Higher is better, on the protocol's own scale"),
        Column("dimension", "string", "What was rated; overall where the protocol has one number"),
        Column("slot", "string", "Where it stood: A, B, …"),
        Column("system", "string", "Who wrote it", null="the item's file names nobody"),
        Column("stimulus_role", "string", "system, hidden_reference, low_anchor or mid_anchor"),
        *_ABOUT,
    ),
    derive=rating_rows,
)
PAIRWISE = Dataset(
    key="pairwise",
    title="Pairwise comparisons",
    description="One row per judgement and pair of responses that was compared in it; pairs that only follow from"
    " scores are not here." + _WHICH,
    columns=(
        *_ITEM,
        Column("a", "uuid", "One response; joins with items"),
        Column("b", "uuid", "The other response"),
        Column("outcome", "string", "a, b or tie: which is better"),
        Column("strength", "number", "How much better, ≥ 0; 1 where the protocol does not grade"),
        Column("slot_a", "string", "Where a stood: A is the first or left"),
        Column("slot_b", "string", "Where b stood"),
        Column("system_a", "string", "Who wrote a", null="the item's file names nobody"),
        Column("system_b", "string", "Who wrote b", null="the item's file names nobody"),
        Column("role_a", "string", "system, hidden_reference, low_anchor or mid_anchor"),
        Column("role_b", "string", "system, hidden_reference, low_anchor or mid_anchor"),
        *_ABOUT,
    ),
    derive=pair_rows,
)
RANKINGS = Dataset(
    key="rankings",
    title="Rankings",
    description="One row per judgement and response, of judgements that put all they show in order." + _WHICH,
    columns=(
        *_ITEM,
        Column("stimulus", "uuid", "The response; joins with items"),
        Column("rank", "integer", "1 is the best; equal ranks are ties (1, 1, 3)"),
        Column("slot", "string", "Where it stood: A, B, …"),
        Column("system", "string", "Who wrote it", null="the item's file names nobody"),
        Column("stimulus_role", "string", "system, hidden_reference, low_anchor or mid_anchor"),
        *_ABOUT,
    ),
    derive=ranking_rows,
)
