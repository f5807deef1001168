"""The votes that count, with what a report must know of each: who gave it, in which arm, when, and as it was shown."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from elicitation.moral_graph.models import VoteDraw
from elicitation.moral_graph.voting import Filters, counted_votes, value_names
from multivocal.studies.models import Study

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.votes import IntArray, Votes

_COLUMNS = (
    "enrolment", "voter", "upgrade", "upgrade__source", "upgrade__target", "upgrade__context__key", "answer",
    "created_at", "why", "enrolment__arm", "enrolment__traits",
)  # fmt: skip
_Row = tuple[tuple[str, str, str, str], datetime, int, bool | None, bool]


@dataclass(frozen=True)
class Ballots:
    """``votes`` as estimators read them, and per vote when it came, its place among the person's stories (0: not drawn)
    and whether its answers stood in the other order; per participant the arm, the traits and the enrolment."""

    votes: "Votes"
    moment: list[float]
    position: "IntArray"
    mirrored: list[bool | None]
    reasons: int
    arms: list[str]
    traits: list[dict[str, Any]]
    enrolments: list[str]


def read_ballots(study: Study, filters: Filters | None = None) -> Ballots:
    """Return a study's ballots; ``votes`` are those of ``votes_of`` with the same filters, in the same order."""
    from elicitation.moral_graph.domain.votes import make_votes

    filters = filters or Filters()
    names = value_names(study, filters, None)
    drawn = {
        (enrolment, upgrade): (position, mirrored)
        for enrolment, upgrade, position, mirrored in VoteDraw.objects.filter(
            enrolment__study=study
        ).values_list("enrolment", "upgrade", "position", "mirrored")
    }
    people: dict[str, list[_Row]] = defaultdict(list)
    facts: dict[str, tuple[str, dict[str, Any]]] = {}
    for row in counted_votes(study, filters, None).values_list(*_COLUMNS):
        enrolment, voter, upgrade, source, target, context, answer, at, why, arm, traits = row
        if source not in names or target not in names or names[source] == names[target]:
            continue
        who = str(enrolment or f"import:{voter}")
        position, mirrored = drawn.get((enrolment, upgrade), (0, None))
        vote = (names[source], names[target], context, answer)
        people[who].append((vote, at, position, mirrored, bool(why.strip())))
        facts[who] = (arm or "", traits or {})
    for votes in people.values():
        votes.sort(key=lambda row: row[:2])
    everybody = sorted(people, key=lambda who: [row[0] for row in people[who]])
    given: dict[tuple[str, str, str, str], _Row] = {}
    rows = []
    for number, who in enumerate(everybody, 1):
        for one in people[who]:
            rows.append((f"p{number}", *one[0], one[1]))
            key = (f"p{number}", *one[0][:3])
            # Two votes on steps that became one: the later counts, as it does for ``make_votes``.
            if key not in given or given[key][1] <= one[1]:
                given[key] = one
    kept = list(given.values())
    return Ballots(
        votes=make_votes(rows),
        moment=[row[1].timestamp() for row in kept],
        position=np.array([row[2] for row in kept], dtype=np.int64),
        mirrored=[row[3] for row in kept],
        reasons=sum(row[4] for row in kept),
        arms=[facts[who][0] for who in everybody],
        traits=[facts[who][1] for who in everybody],
        enrolments=everybody,
    )
