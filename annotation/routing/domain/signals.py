"""The judges' own hesitation: what changes with the order, between samples, and from judge to judge."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from annotation.routing.domain.cases import Case, Label, Reply
from annotation.routing.domain.certainty import Calibrator
from annotation.routing.domain.verdicts import Verdict, conflict, mean_gap, shares, verdict
from annotation.statistics.errors import NotEstimable
from annotation.statistics.means.audited import audit_share
from annotation.statistics.means.mean import Mean
from annotation.statistics.shares import clustered_share

PARTS = ("failed", "unresolved", "tie", "conflict", "spread", "entropy", "gap", "certainty")
TOGETHER = ("disagree", "oppose", "entropy")
_NAN = math.nan


def judge_signals(
    replies: Sequence[Reply], judges: Sequence[str], *, calibrators: Mapping[str, Calibrator] | None = None
) -> dict[str, float]:
    """Return the signals of every judge, ``J: conflict`` and so on (``PARTS``), and of all together (``judges: …``).

    failed is a share of calls, conflict 1 where the label changes with the order, spread 1 − the share of the commonest
    label, entropy FairEval's over both orders in nats, gap the |mean score difference|. NaN is what cannot be known: a
    judge that was not asked, one order only for conflict, no scores for gap. With two judges or more: disagree is
    1 − the largest share of the verdicts there are, oppose 1 where one says a and another b.
    """
    return signals_and_verdicts(replies, judges, calibrators)[0]


def signals_and_verdicts(
    replies: Sequence[Reply], judges: Sequence[str], calibrators: Mapping[str, Calibrator] | None = None
) -> tuple[dict[str, float], dict[str, Verdict]]:
    """Return the signals, and what each judge says of the pair."""
    mine: dict[str, list[Reply]] = {judge: [] for judge in judges}
    for reply in replies:
        if reply.judge in mine:
            mine[reply.judge].append(reply)
    row: dict[str, float] = {}
    verdicts: dict[str, Verdict] = {}
    for judge in judges:
        verdicts[judge], signals = _one(judge, mine[judge], (calibrators or {}).get(judge))
        row |= {f"{judge}: {part}": value for part, value in zip(PARTS, signals, strict=True)}
    if len(judges) > 1:
        row |= _together([one.label for one in verdicts.values()])
    return row, verdicts


def _one(
    judge: str, replies: list[Reply], calibrator: Calibrator | None
) -> tuple[Verdict, tuple[float, ...]]:
    if all(r.score_a is None and r.certainty is None for r in replies):
        return _of_labels(tuple((r.label, r.order != 0) for r in replies))
    return _of_replies(judge, replies, calibrator)


@lru_cache(maxsize=100_000)
def _of_labels(said: tuple[tuple[Label | None, bool], ...]) -> tuple[Verdict, tuple[float, ...]]:
    """Return the same for labels alone: few patterns, many pairs."""
    return _of_replies("", [Reply("", label, int(swapped)) for label, swapped in said], None)


def _of_replies(
    judge: str, replies: list[Reply], calibrator: Calibrator | None
) -> tuple[Verdict, tuple[float, ...]]:
    if not replies:
        return Verdict(None, "failed"), (_NAN,) * len(PARTS)
    straight = [r for r in replies if r.label is not None and not r.order]
    swapped = [r for r in replies if r.label is not None and r.order]
    read = [order for order in (straight, swapped) if order]
    failed = 1 - sum(map(len, read)) / len(replies)
    if not read:
        return Verdict(None, "failed"), (1.0, 1.0, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN)
    said = verdict(replies, judge)
    parts = shares([[r.label for r in order] for order in read])
    gap = mean_gap(read)
    certain = [r.certainty for r in replies if r.certainty is not None]
    certainty = sum(certain) / len(certain) if certain else _NAN
    if calibrator and certain:
        certainty = float(calibrator.apply(certainty))
    several = sum(map(len, read)) > 1
    return said, (
        failed,
        float(said.label is None),
        float(said.label == "tie"),
        float(conflict(straight, swapped)) if len(read) == 2 else _NAN,
        1 - max(parts.values()) if several else _NAN,
        entropy(parts) if several else _NAN,
        _NAN if gap is None else abs(gap),
        certainty,
    )


def _together(labels: Sequence[Label | None]) -> dict[str, float]:
    read = Counter(label for label in labels if label is not None)
    total = read.total()
    if total < 2:
        return dict.fromkeys((f"judges: {part}" for part in TOGETHER), _NAN)
    return {
        "judges: disagree": 1 - max(read.values()) / total,
        "judges: oppose": float(read["a"] > 0 and read["b"] > 0),
        "judges: entropy": entropy({label: n / total for label, n in read.items()}),
    }


def entropy(parts: Mapping[Label, float]) -> float:
    """Return −Σ p ln p of shares, in nats."""
    return -sum(p * math.log(p) for p in parts.values() if p > 0) + 0.0


def bpde(straight: Sequence[Label | None], swapped: Sequence[Label | None]) -> float:
    """Return FairEval's balanced position diversity entropy, in nats; NaN where nothing could be read.

    Labels are of the responses, not of the places. The orders weigh alike, so an unreadable sample does not tip it.
    """
    parts = shares([straight, swapped])
    return entropy(parts) if parts else _NAN


def conflict_rate(cases: Iterable[Case], judge: str) -> Mean:
    """Return the share of pairs whose label changes with the order, among those answered in both."""
    found = [s for case in cases if (s := judge_signals(case.replies, [judge])[f"{judge}: conflict"]) == s]
    if not found:
        raise NotEstimable(f"{judge} answered no pair in both orders.")
    return audit_share(int(sum(found)), len(found))


def first_slot_share(cases: Iterable[Case], judge: str) -> Mean:
    """Return the share of decisive answers that went to what stood first, among pairs answered as often in both orders.

    ½ is no bias: each response has stood first as often as the other.
    """
    hits: list[bool] = []
    pairs: list[int] = []
    for number, case in enumerate(cases):
        mine = [r for r in case.replies if r.judge == judge and r.label is not None]
        if not mine or 2 * sum(r.order != 0 for r in mine) != len(mine):
            continue
        decided = [r.label == ("b" if r.order else "a") for r in mine if r.label != "tie"]
        hits += decided
        pairs += [number] * len(decided)
    if not hits:
        raise NotEstimable(f"{judge} decided no pair that was shown in both orders.")
    # The answers of one pair are not independent: without a pull the second is the opposite of the first.
    found = clustered_share(hits, pairs, kind="pairs")
    if not found.se:
        return audit_share(round(found.share * found.clusters), found.clusters)
    return Mean(found.share, found.se, found.low, found.high, found.level, found.n, found.method, found.notes)
