"""What follows from judgements, as the interchange files have it: ratings, pairs and rankings, read as a stream."""

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from annotation.protocols.registry import Preference, ProtocolConfig, Score, Shown, protocols
from annotation.protocols.sql import JUDGED, by_people_and_models

# These ask for scores and, beside them, for an order of its own; elsewhere an order beside scores only repeats them.
ASK_FOR_BOTH = frozenset({"rate_then_rank"})
_KNOWN = 20_000
_AT_A_TIME = 1_000  # the default of 100 asks the server ten times as often

_ANSWERS = by_people_and_models(
    """SELECT j.given_at, j.id::text AS judgement_id, p.id::text AS presentation_id,
           p.item_id::text AS item, nullif(i.external_id, '') AS item_name, {who}, p.stage,
           coalesce(nullif(p.protocol_key, ''), c.kind) AS protocol, c.id AS protocol_id, c.kind, c.sha256,
           i.stratum, p.position, p.order_row, p.sample, p.slots, i.units::text AS units,
           j.payload::text AS payload, j.duration_ms,
           (SELECT jsonb_object_agg(s.id, jsonb_build_array(s.role, coalesce(nullif(s.system, ''), m.name)))
              FROM protocols_stimulus s LEFT JOIN llm_languagemodel m ON m.id = s.model_id
             WHERE s.item_id = i.id) AS stimuli"""
    + JUDGED,
    via="j",
    moment="j.given_at",
    more="AND p.role = 'main' AND j.superseded_at IS NULL AND j.no_answer = '' AND j.state = 'ok'",
    order="given_at, judgement_id",
)


def rater_of(who: str, model: bool, order_row: int | None, sample: int) -> str:
    """Return who judged. A model that is asked twice about a screen says two things: each asking has its name."""
    return f"{who}/{order_row or 0}.{sample}" if model else who


@dataclass(frozen=True)
class Answer:
    """One judgement that estimates rest on, with what follows from it; ``facts`` are its columns by name."""

    facts: Mapping[str, Any]
    where: Mapping[str, str]
    stimuli: Mapping[str, Sequence[Any]]
    pairs: tuple[Preference, ...]
    scores: tuple[Score, ...]

    @property
    def rater(self) -> str:
        """Who judged, as the files name them."""
        facts = self.facts
        model = facts["annotator_kind"] == "model"
        return rater_of(facts["annotator"], model, facts["order_row"], facts["sample"])

    @property
    def stated(self) -> tuple[Preference, ...]:
        """The pairs somebody gave, not those that only follow from scores."""
        return self.pairs if not self.scores or self.facts["kind"] in ASK_FOR_BOTH else ()

    def response(self, slot: str) -> tuple[str, str, str | None]:
        """Return (stimulus, its role, the system that wrote it) of a slot."""
        stimulus = self.where[slot]
        role, system = self.stimuli.get(stimulus, ("system", None))
        return stimulus, role, system


def answers(connection: Any, parameters: Mapping[str, Any]) -> Iterator[Answer]:
    """Yield the current answers to main items, people's and models', in the order they were given.

    Left out are corrected answers, non-answers, repeats, practice, gold and attention items, models' replies that
    could not be read, and what ``parameters`` leave out: the dataset of judgements has them all.
    """
    configs: dict[int, ProtocolConfig | None] = {}

    @functools.lru_cache(_KNOWN)  # a thousand people who press “4” are read once
    def follows(version: int, *answer: Any) -> tuple[tuple[Preference, ...], tuple[Score, ...]]:
        config = configs[version]
        assert config is not None
        return follows_from(config, *answer)

    with connection.cursor(name="derived") as cursor:
        cursor.itersize = _AT_A_TIME
        cursor.execute(_ANSWERS, parameters)
        names = [column.name for column in cursor.description]
        for row in cursor:
            facts = dict(zip(names, row, strict=True))
            version = facts["protocol_id"]
            if version not in configs:
                configs[version] = _config(connection, version)
            if configs[version] is None:
                continue  # a way of asking this server has no more; its judgements are in their dataset
            where = {slot["slot"]: slot["stimulus"] for slot in facts.pop("slots")}
            stimuli = facts.pop("stimuli") or {}
            roles = tuple(stimuli[one][0] if one in stimuli else "system" for one in where.values())
            pairs, scores = follows(version, facts.pop("payload"), tuple(where), roles, facts.pop("units"))
            yield Answer(facts, where, stimuli, pairs, scores)


def _config(connection: Any, version: int) -> ProtocolConfig | None:
    kind, config = connection.execute(
        "SELECT kind, config FROM protocols_protocolversion WHERE id = %s", [version]
    ).fetchone()
    known = protocols().get(kind)
    return known.config.model_validate(config) if known else None


def follows_from(
    config: ProtocolConfig, payload: str, slots: tuple[str, ...], roles: tuple[str, ...], units: str | None
) -> tuple[tuple[Preference, ...], tuple[Score, ...]]:
    """Return the preferences and scores that follow from a stored answer; ``payload`` and ``units`` are JSON."""
    kind = protocols()[config.kind]
    shown = Shown(
        slots, roles=dict(zip(slots, roles, strict=True)), units=tuple(json.loads(units) if units else ())
    )
    # Stored payloads were checked when they came; the shape alone is read here.
    response = kind.response.model_validate(kind.settle(config, json.loads(payload), shown))
    return kind.preferences(config, response, shown), kind.ratings(config, response, shown)


def ranks_of(pairs: Sequence[Preference], slots: Sequence[str]) -> dict[str, int]:
    """Return the rank of each slot (1 the best, equal where tied) that ``pairs`` give; empty where they give none.

    They give none where a pair is missing, as among those a person did not choose, or where they go in a circle.
    """
    over = {(pair.a, pair.b): pair.outcome for pair in pairs}
    over |= {(b, a): _TURNED[outcome] for (a, b), outcome in list(over.items())}
    if len(slots) < 2 or any(pair not in over for pair in combinations(slots, 2)):
        return {}
    ranks = {slot: 1 + sum(over[other, slot] == "a" for other in slots if other != slot) for slot in slots}
    straight = all(
        (outcome == "a") == (ranks[a] < ranks[b])
        for (a, b), outcome in over.items()
        if a in ranks and b in ranks
    )
    return ranks if straight else {}


_TURNED: Mapping[Literal["a", "b", "tie"], Literal["a", "b", "tie"]] = {"a": "b", "b": "a", "tie": "tie"}
