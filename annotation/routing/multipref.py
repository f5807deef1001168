"""The release profile ``multipref``: pairs with people's annotations in MultiPref's fields, models' in a file apart."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from annotation.protocols.sql import JUDGED, by_people_and_models
from annotation.routing import multipref_shape as shape
from annotation.routing.multipref_names import readable_names
from annotation.routing.pool import expert_arms
from multivocal.domain.datasets import Dataset
from multivocal.errors import Invalid
from multivocal.exports.build import Job

_GIVEN = by_people_and_models(
    """SELECT p.item_id::text AS item, {who}, p.slots, p.protocol_key, c.kind, c.config, j.payload,
           j.no_answer, j.duration_ms, j.given_at, p.order_row, p.sample,
           EXISTS (SELECT FROM routing_hint h WHERE h.presentation_id = p.id) AS verified, j.id::text AS judgement"""
    + JUDGED,
    via="j",
    moment="j.given_at",
    more="AND p.role = 'main' AND j.superseded_at IS NULL AND j.state = 'ok'",
    order="item, given_at, judgement",
)
_ITEM = """
SELECT i.prompt, i.context, i.stratum, t.name,
       (SELECT jsonb_object_agg(s.id, jsonb_build_array(s.number, s.text, coalesce(nullif(s.system, ''), m.name)))
          FROM protocols_stimulus s LEFT JOIN llm_languagemodel m ON m.id = s.model_id WHERE s.item_id = i.id)
  FROM protocols_item i LEFT JOIN protocols_itemset t ON t.id = i.item_set_id WHERE i.id = %s
"""
_EVERYBODY = "SELECT pseudonym FROM studies_enrolment WHERE study_id = %s ORDER BY started_at, id"
_ARMS = "SELECT definition -> 'arms' FROM studies_studyversion WHERE study_id = %s AND frozen_at IS NOT NULL"
_SPEAKERS = {"user": "Person", "assistant": "Model"}
Row = dict[str, Any]


@dataclass
class _Told:
    """What the notes of the release say was left out, and why."""

    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    no_answer: int = 0
    verified: int = 0
    not_two: int = 0


def write_multipref(job: Job) -> list[Dataset]:
    """Write ``multipref.jsonl`` and ``multipref-models.jsonl``; Invalid, naming each protocol, where nothing maps.

    Source: reference/routing.md 1.3.
    """
    told, written = _Told(), 0
    for described, models in ((shape.MULTIPREF, False), (shape.MODELS, True)):
        written += _write(job, described, _rows(job, _Told() if models else told, models=models))
    if not written:
        named = "; ".join(f"{kind}: it {why} ({n})" for (kind, why), n in sorted(told.refused.items()))
        message = _("No answer of this study has MultiPref's five labels. {named}")
        raise Invalid(message.format(named=named or _("Nobody has compared anything yet.")))
    _add_notes(job, told)
    return [shape.MULTIPREF, shape.MODELS]


def _write(job: Job, described: Dataset, rows: Iterator[Row]) -> int:
    count = 0

    def encoded() -> Iterator[bytes]:
        nonlocal count
        for row in rows:
            count += 1
            yield (
                json.dumps({name: row[name] for name in described.names}, ensure_ascii=False).encode() + b"\n"
            )

    file = job.folder.write(f"{described.key}.jsonl", encoded())
    job.folder.files[-1] = type(file)(file.name, count, file.bytes, file.sha256)
    return count


def _rows(job: Job, told: _Told, *, models: bool) -> Iterator[Row]:
    connection = job.moment.connection
    names = readable_names(str(row[0]) for row in connection.execute(_EVERYBODY, [job.study.id]))
    experts = expert_arms(row[0] for row in connection.execute(_ARMS, [job.study.id]))
    with connection.cursor(name="multipref") as cursor:
        cursor.execute(_GIVEN, job.cut.parameters())
        columns = [column.name for column in cursor.description or ()]
        facts = (dict(zip(columns, row, strict=True)) for row in cursor)
        for item, given in groupby(facts, key=lambda one: one["item"]):
            mapped = [one for one in given if _maps(one, told)]
            found = connection.execute(_ITEM, [item]).fetchone() if mapped else None
            for pair in _pairs(mapped, found, told) if found else ():
                normal, expert, machine = _annotations(pair, names, experts)
                row = _described(item, pair, found)
                if models and machine:
                    yield row | {"model_annotations": machine}
                elif not models and (normal or expert):
                    yield row | {"normal_worker_annotations": normal, "expert_worker_annotations": expert}


@dataclass
class _Pair:
    a: Sequence[Any]
    b: Sequence[Any]
    ids: tuple[str, str]
    given: list[Row]


def _maps(one: Row, told: _Told) -> bool:
    why = shape.refusal_of(one["kind"], one["config"])
    if why:
        told.refused[one["kind"], why] += 1
    elif one["no_answer"]:
        told.no_answer += 1
    elif one["verified"]:
        told.verified += 1
    else:
        return True
    return False


def _pairs(given: list[Row], item: Any, told: _Told) -> Iterator[_Pair]:
    """Yield an item's pairs in the order of its responses, each with the answers about it."""
    stimuli: Mapping[str, Sequence[Any]] = item[4] or {}
    by_pair: dict[tuple[str, str], list[Row]] = {}
    for one in given:
        shown = [slot["stimulus"] for slot in one["slots"]]
        if len(shown) != 2 or any(stimulus not in stimuli for stimulus in shown):
            told.not_two += 1
            continue
        first, second = sorted(shown, key=lambda stimulus: (stimuli[stimulus][0], stimulus))
        one["turned"] = shown[0] != first
        by_pair.setdefault((first, second), []).append(one)
    for ids, some in sorted(by_pair.items(), key=lambda pair: [stimuli[one][0] for one in pair[0]]):
        yield _Pair(stimuli[ids[0]], stimuli[ids[1]], ids, some)


def _annotations(
    pair: _Pair, names: Mapping[str, str], experts: set[str]
) -> tuple[list[Row], list[Row], list[Row]]:
    """Return normal people's, experts' and models' annotations: one for each annotator, all aspects in it."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for one in pair.given:
        # A model that is asked twice about a pair says two things.
        again = () if one["annotator_kind"] == "person" else (str(one["order_row"]), str(one["sample"]))
        found.setdefault((one["annotator_kind"], one["annotator"], *again), []).append(one)
    normal: list[Row] = []
    expert: list[Row] = []
    machine: list[Row] = []
    for (kind, who, *_again), some in found.items():
        annotation = _annotation(names[who] if kind == "person" else who, some)
        side = machine if kind == "model" else expert if some[0]["arm"] in experts else normal
        side.append(annotation)
    return normal, expert, machine


def _annotation(evaluator: str, given: Sequence[Row]) -> Row:
    annotation = shape.blank(evaluator)
    milliseconds = [one["duration_ms"] for one in given if one["duration_ms"] is not None]
    for one in given:
        aspect = shape.aspect_of(one["protocol_key"])
        annotation[f"{aspect}_pref"] = shape.label_of(one["payload"], one["turned"])
        for reasoned, ticked in shape.reasons_of(one["payload"], one["config"]).items():
            annotation[f"{reasoned}_checked_reasons"] = ticked
        if aspect != "overall" and (statement := one["payload"].get("statement")):
            annotation[f"{aspect}_own_reason"] = statement
    last: datetime = max(one["given_at"] for one in given)
    return annotation | {
        "time_spent": round(sum(milliseconds) / 1000) if milliseconds else None,
        "timestamp": last.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
    }


def _described(item: str, pair: _Pair, found: Any) -> Row:
    prompt, context, stratum, item_set, _stimuli = found
    lines = [f"{_SPEAKERS.get(one['role'], one['role'])}: {one['content']}" for one in context or ()]
    text = "\n\n".join([*lines, f"Person: {prompt}"] if lines and prompt else lines or [prompt])
    return {
        "comparison_id": _short(item, *pair.ids),
        "prompt_id": _short(text),
        "text": text,
        "model_a": pair.a[2],
        "completion_a": pair.a[1],
        "model_b": pair.b[2],
        "completion_b": pair.b[1],
        "source": item_set or "conversations",
        "category": stratum or None,
        "subject_study": None,
        "highest_level_degree": None,
    }


def _short(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def _add_notes(job: Job, told: _Told) -> None:
    notes = job.folder.notes
    for (kind, why), n in sorted(told.refused.items()):
        notes.append(
            f"{n} answers of the kind `{kind}` are left out: it {why}, so none of the five labels is said."
        )
    for n, what in (
        (told.no_answer, "answers that were no judgement are left out; they are never ties"),
        (told.verified, "answers of people who had seen a model's label are left out: another kind of label"),
        (told.not_two, "answers about other than two responses are left out"),
    ):
        if n:
            notes.append(f"{n} {what}.")
    notes += [
        "A is the response that stands first in the item, whatever side it was shown on. Repeated, practice, gold and "
        "attention screens are left out. Everything that is left out stands in the dataset `judgements`.",
        "`evaluator` is a name made of the pseudonym: the same person has the same one in all releases of this study.",
        "People count as experts where their arm is named `expert` or has a level `expert`; all others are normal.",
        "What models said is in `multipref-models.jsonl` and nowhere else.",
    ]
