"""The declared exclusions carried out: who and what does not count in the results “with exclusions”."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from annotation.protocols.experiments.plan import Exclusions
from annotation.protocols.experiments.rows import Row

RULES = ("too_fast", "failed_gold", "failed_attention")


@dataclass(frozen=True)
class Excluded:
    """``people``: pseudonym → every rule that was broken; ``judgements``: single answers that were too fast."""

    people: dict[str, tuple[str, ...]]
    judgements: frozenset[str]

    def kept(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows that count."""
        return [row for row in rows if row.rater not in self.people and row.judgement not in self.judgements]

    def as_json(self) -> dict[str, object]:
        """Return numbers only: whom it met is in the datasets.

        ``people`` is how many are out; who broke two rules stands under both in ``by_rule``.
        """
        by_rule = Counter(rule for broken in self.people.values() for rule in broken)
        return {
            "people": len(self.people),
            "by_rule": {rule: by_rule[rule] for rule in RULES},
            "judgements_too_fast": len(self.judgements),
        }


def exclude(rows: Sequence[Row], rules: Exclusions) -> Excluded:
    """Return what ``rules`` exclude. Only people are; practice counts neither for nor against anybody."""
    people: dict[str, tuple[str, ...]] = {}
    judged = [row for row in rows if row.role != "practice" and not row.model]
    fast: frozenset[str] = frozenset()
    if rules.too_fast_ms is not None:
        hasty = [row for row in judged if row.ms is not None and row.ms < rules.too_fast_ms]
        fast = frozenset(row.judgement for row in hasty)
        given, quick = Counter(row.rater for row in judged), Counter(row.rater for row in hasty)
        for rater, n in quick.items():
            if n > rules.too_fast_share * given[rater]:
                people[rater] = ("too_fast",)
    for role, most in (("gold", rules.failed_gold), ("attention", rules.failed_attention)):
        if most is None:
            continue
        failed = Counter(row.rater for row in judged if row.role == role and row.passed is False)
        for rater, n in failed.items():
            if n > most:
                people[rater] = (*people.get(rater, ()), f"failed_{role}")
    return Excluded(people, fast)
