"""From rows to the arrays of the statistics: ratings, pairs as given, and pairs that follow from ratings."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from annotation.protocols.experiments.rows import Response, Row

if TYPE_CHECKING:
    from annotation.statistics.rows import Comparisons, Ratings

Name = Callable[[str], str]


def ratings_of(rows: Iterable[Row], name: Name = str) -> "Ratings":
    """Return the scores of ``rows``; ``name`` turns a stimulus into what is compared (itself, or its system).

    Kinds with several dimensions give their ``overall`` where they ask for it, else the mean of the dimensions.
    """
    from annotation.statistics.rows import Ratings

    columns: dict[str, list[Any]] = {key: [] for key in ("item", "rater", "stimulus", "score")}
    for row in rows:
        for stimulus, score in overall(row).items():
            columns["item"].append(row.item)
            columns["rater"].append(row.rater)
            columns["stimulus"].append(name(stimulus))
            columns["score"].append(score)
    return Ratings.from_columns(columns)


def overall(row: Row) -> dict[str, float]:
    """Return one number per stimulus of a judgement; empty where its kind rates nothing."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for stimulus, dimension, value in row.scores:
        found[stimulus][dimension] = value
    return {
        stimulus: values["overall"] if "overall" in values else sum(values.values()) / len(values)
        for stimulus, values in found.items()
    }


def comparisons_of(rows: Iterable[Row], name: Name = str) -> "Comparisons":
    """Return the pairs of ``rows`` as they were given."""
    from annotation.statistics.rows import Comparisons

    columns = _columns()
    for row in rows:
        for pair in row.pairs:
            _add(columns, row.item, row.rater, name(pair.a), name(pair.b), pair.outcome, row.judgement)
            columns["strength"][-1] = pair.magnitude
    return Comparisons.from_columns(columns)


def implied(rows: Iterable[Row], margin: float, name: Name = str) -> "Comparisons":
    """Return the pairs that follow from the ratings one person gave to two responses of one item.

    Ratings at most ``margin`` apart are a tie. All pairs of one person and item share a judgement: they are not
    independent.
    """
    from annotation.statistics.rows import Comparisons

    columns = _columns()
    for (item, rater), scores in by_item_and_rater(rows).items():
        shown = sorted(scores)
        for n, a in enumerate(shown):
            for b in shown[n + 1 :]:
                gap = scores[a] - scores[b]
                outcome = 0 if abs(gap) <= margin else (1 if gap > 0 else -1)
                _add(columns, item, rater, name(a), name(b), outcome, f"{item}/{rater}")
    return Comparisons.from_columns(columns)


def by_item_and_rater(rows: Iterable[Row]) -> dict[tuple[str, str], dict[str, float]]:
    """Return the scores of each person for each item: ``{(item, rater): {stimulus: score}}``; the last one counts."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in rows:
        found[row.item, row.rater].update(overall(row))
    return {key: scores for key, scores in found.items() if scores}


def of_systems(rows: Sequence[Row], responses: Mapping[str, Response]) -> list[Row]:
    """Return ``rows`` without references and anchors: what estimates of systems rest on."""

    def system(stimulus: str) -> bool:
        return responses[stimulus].role == "system"

    return [
        row._replace(
            pairs=tuple(pair for pair in row.pairs if system(pair.a) and system(pair.b)),
            scores=tuple(score for score in row.scores if system(score[0])),
        )
        for row in rows
    ]


def _columns() -> dict[str, list[Any]]:
    return {key: [] for key in ("item", "rater", "a", "b", "outcome", "strength", "judgement")}


def _add(
    columns: dict[str, list[Any]], item: str, rater: str, a: str, b: str, outcome: int, judgement: str
) -> None:
    for key, value in zip(columns, (item, rater, a, b, outcome, 1.0, judgement), strict=True):
        columns[key].append(value)
