"""Who is for what: each group's answers to each step, and its own first values; cells too small are hidden."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from elicitation.moral_graph.domain.answers import JUDGED, WISER
from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.said import Numbers
from elicitation.moral_graph.report.traits import named_traits

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.votes import Votes

MOST_GROUPS = 8
SHOWN = 30
UNSAID = ""


def grouped(basis: Basis) -> Numbers:
    """Return the answers by arm and by every trait that the study names; ``k`` is the smallest cell that is shown.

    There is no narrowing by a group on purpose: two views of the same step would tell what each hides.
    """
    found = []
    people: dict[str, Sequence[str]] = {"arm": basis.ballots.arms}
    for name in named_traits(basis.study):
        people[name] = [_as_text(traits.get(name)) for traits in basis.ballots.traits]
    for name, values in people.items():
        groups = [value for value, _n in Counter(values).most_common() if value != UNSAID]
        if 2 <= len(groups) <= MOST_GROUPS:
            found.append(_variable(basis, name, values, sorted(groups)))
    return {"k": basis.small_cell, "variables": found}


def _variable(basis: Basis, name: str, values: Sequence[str], groups: Sequence[str]) -> Numbers:
    votes, k = basis.ballots.votes, basis.small_cell
    # Those who did not say stand as a group of their own, so that rows add up to what is known of them.
    columns = [*groups, UNSAID] if UNSAID in values else list(groups)
    code = np.array([columns.index(value) for value in values], dtype=np.int64)
    sizes = Counter(code[np.unique(votes.participant)].tolist())
    return {
        "name": name,
        "groups": [
            {"group": group, **size}
            for group, size in zip(columns, _sizes([sizes[n] for n in range(len(columns))], k), strict=True)
        ],
        "steps": [_step(basis, one, code, len(columns)) for one in _most_asked(votes)[:SHOWN]],
        "firsts": _firsts(basis, code, columns),
    }


def _sizes(sizes: Sequence[int], k: int) -> Iterable[Numbers]:
    from elicitation.moral_graph.domain.criteria.cells import hidden

    for size, hide in zip(sizes, hidden(sizes, k), strict=True):
        yield {"people": None, "hidden": True} if hide else {"people": size, "hidden": False}


def _most_asked(votes: "Votes") -> list[tuple[int, int, int]]:
    """Return (context, source, target) of the steps that were answered, most answers first."""
    judged = votes.outcome < JUDGED
    keys = zip(
        votes.context[judged].tolist(),
        votes.source[judged].tolist(),
        votes.target[judged].tolist(),
        strict=True,
    )
    counted = Counter(keys)
    return sorted(counted, key=lambda key: (-counted[key], key))


def _step(basis: Basis, step: tuple[int, int, int], code: Any, columns: int) -> Numbers:
    from elicitation.moral_graph.domain.criteria.cells import hidden
    from elicitation.moral_graph.domain.criteria.intervals import wilson

    votes = basis.ballots.votes
    context, source, target = step
    rows = np.flatnonzero(
        (votes.context == context)
        & (votes.source == source)
        & (votes.target == target)
        & (votes.outcome < JUDGED)
    )
    sizes = np.bincount(code[votes.participant[rows]], minlength=columns).tolist()
    yes = np.bincount(code[votes.participant[rows[votes.outcome[rows] == WISER]]], minlength=columns).tolist()
    hide = hidden(sizes, basis.small_cell)
    cells: list[Numbers] = []
    for n, hits, small in zip(sizes, yes, hide, strict=True):
        share = wilson(hits, n)
        cells.append(
            {"hidden": True} if small else {"hidden": False, "n": n, **(share.as_json() if share else {})}
        )
    key = votes.contexts[context]
    ends = votes.values[source], votes.values[target]
    return {
        "context": key, "text": basis.situations.get(key, (key, ()))[0],
        "from": int(ends[0]), "to": int(ends[1]),
        "titles": [basis.titles.get(end, end) for end in ends],
        "people": sum(sizes), "wiser": sum(yes), "cells": cells,
    }  # fmt: skip


def _firsts(basis: Basis, code: Any, columns: Sequence[str]) -> list[Numbers]:
    """Return each group's own first value in each context; None where fewer than ``k`` of it voted there."""
    from elicitation.moral_graph.domain.criteria.leaving_out import winners

    votes, resampled = basis.ballots.votes, basis.resampled
    view = resampled.views[0]
    judged = votes.outcome < JUDGED
    there: dict[tuple[int, int], set[int]] = defaultdict(set)
    for who, context in zip(votes.participant[judged].tolist(), votes.context[judged].tolist(), strict=True):
        there[context, int(code[who])].add(who)
    blocks = np.unique(view.blocks.block).tolist()
    firsts = {n: winners(view, (code == n).astype(float)) for n in range(len(columns))}
    found = []
    for place, block in enumerate(blocks):
        cells: list[Numbers] = []
        for n, _group in enumerate(columns):
            if len(there[block, n]) < basis.small_cell:
                cells.append({"hidden": True})
                continue
            value = votes.values[view.blocks.value[firsts[n][place]]]
            cells.append({"hidden": False, "value": int(value), "title": basis.titles.get(value, value)})
        key = votes.contexts[block]
        found.append({"context": key, "text": basis.situations.get(key, (key, ()))[0], "cells": cells})
    return sorted(found, key=lambda one: one["context"])


def _as_text(value: Any) -> str:
    """Return a trait's value as a group's name; what is no single value is nobody's group."""
    return str(value) if isinstance(value, (str, bool, int)) else UNSAID
