"""Routing of a hundred thousand items: features of texts and judges, chances, and who is asked under a budget."""

import time

import numpy as np

from tests.bench.figures import Figure

SEED_SET = 1_000
WORDS = 2_000


def run(quick: bool) -> list[Figure]:
    """Measure every step once: prompts of 40 words, responses of about 120, no text twice; two judges, both orders."""
    from threadpoolctl import threadpool_limits

    # Workers do routing one each to a core; a second thread here would flatter the figures.
    with threadpool_limits(1):
        return _run(10_000 if quick else 100_000)


def _run(n: int) -> list[Figure]:
    from annotation.routing.domain.cases import Case, Reply
    from annotation.routing.domain.gathering import feature_table
    from annotation.routing.domain.knapsack import choose
    from annotation.routing.domain.ladder import read, urgency
    from annotation.routing.domain.routers import fit

    random = np.random.default_rng(1)
    texts = _texts(random, 5_000, 120)
    prompts = _texts(random, 5_000, 40)
    labels = ("a", "b", "tie", None)
    drawn = random.choice(4, (n, 4), p=[0.45, 0.45, 0.07, 0.03]).tolist()
    places = random.integers(0, 5_000, (n, 3)).tolist()
    cases = [
        Case(
            str(number), f"{prompts[p]} {number}", f"{texts[a]} {number} a", f"{texts[b]} {number} b",
            tuple(Reply(f"judge-{k // 2}", labels[said], k % 2) for k, said in enumerate(one)),
        )
        for number, ((p, a, b), one) in enumerate(zip(places, drawn, strict=True))
    ]  # fmt: skip

    def spent(call):  # type: ignore[no-untyped-def]
        started = time.perf_counter()
        found = call()
        return time.perf_counter() - started, found

    floor, _ = spent(lambda: [len(f"{c.prompt} {c.a} {c.b}".split()) for c in cases])
    worked = time.process_time()
    taken, table = spent(lambda: feature_table(cases, judges=["judge-0", "judge-1"]))
    worked = time.process_time() - worked
    right = (random.random(n) < 0.7).astype(float)
    people = (random.random(n) < 0.95).astype(float)
    learnt, router = spent(lambda: fit(table.pick(np.arange(SEED_SET)), right[:SEED_SET], people[:SEED_SET]))
    trees_learnt, trees = spent(
        lambda: fit(table.pick(np.arange(SEED_SET)), right[:SEED_SET], people[:SEED_SET], kind="boosted")
    )
    gained, gain = spent(lambda: router.gain(table))
    trees_gained, _ = spent(lambda: trees.gain(table))
    chosen, choice = spent(lambda: choose(gain, 0.5, budget=0.1 * n, audit=0.1, double=0.05, seed=1))
    rungs = read(["failed", "orders_conflict", "judges_disagree"])
    climbed, _ = spent(lambda: urgency(rungs, table))
    assert choice.spent_usd <= 0.1 * n
    whole = taken + learnt + gained + chosen
    told = f"{n:,} items; floor: splitting the same texts once"
    return [
        Figure("features and routing, from texts to who is asked", whole, "s", 60.0, "low", floor, told),
        Figure(
            "  features of texts and of two judges in both orders",
            taken,
            "s",
            None,
            "low",
            floor,
            f"{worked:.1f} s of it a processor's",
        ),
        Figure(f"  learning from {SEED_SET:,} items, logistic, ten folds", learnt, "s"),
        Figure("  chances of every item, logistic", gained, "s"),
        Figure("  who is asked: knapsack, audit, second labels", chosen, "s"),
        Figure("ladder over every item", climbed, "s", None, "low", floor),
        Figure(f"learning from {SEED_SET:,} items, boosted, ten folds", trees_learnt, "s"),
        Figure("chances of every item, boosted", trees_gained, "s"),
    ]


def _texts(random: np.random.Generator, count: int, length: int) -> list[str]:
    words = np.array([f"word{n}" if n % 9 else f"Name{n}" for n in range(WORDS)])
    common = np.minimum(random.zipf(1.3, (count, 2 * length)), WORDS) - 1
    lengths = random.integers(length // 2, 3 * length // 2, count)
    return [" ".join(words[row[:size]]) + "." for row, size in zip(common, lengths, strict=True)]
