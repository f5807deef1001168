"""The verbs of ``manage.py routing`` for a metric of the whole set: candidates to train on, and what they teach."""

import argparse
import sys
from pathlib import Path
from typing import Any

from annotation.routing.management.arguments import add_verb, budgets, check
from multivocal.file_command import FileCommand, write_whole

VERBS = ("candidates", "predict")

CANDIDATES = """\
For a metric that does not add up over pairs, such as the score of a reward model trained on the labels. Writes
routings as the published algorithm draws them, a line each: {"candidate", "asked", "human": [ids], "metric": null}.
Label each as it says (people's labels for the ids in human, the judge's for the rest), train, measure, and put the
number at metric. Pairs as in `routing evaluate`.
"""

PREDICT = """\
Reads the candidates with their metrics, and fits from how many pairs of each kind go to people to the metric. The kinds
are bins of the pairs' texts and of the judges' signals, three of each. The declared model may route only where, on
candidates it has not seen, its error is surely below that of a model that knows the number asked alone; else it says so
and no routing is written. What a routing brings has to be measured: predictions of the best flatter themselves.

Exit codes: 0 done; 1 done, and the model may not route; 2 bad input, named by line and reason, nothing written.
"""


def add_verbs(verbs: Any) -> None:
    """Declare the verbs."""
    draw = add_verb(
        verbs, "candidates", help="routings to train on and measure, as JSONL", description=CANDIDATES
    )
    draw.add_argument("--count", type=int, default=250, help="of candidates (250)")
    draw.add_argument("-o", "--output", required=True, metavar="OUT.jsonl")
    learn = add_verb(
        verbs, "predict", help="the routing of the best predicted metric, as JSON", description=PREDICT
    )
    learn.add_argument("--candidates", required=True, type=Path, metavar="FILE.jsonl")
    learn.add_argument(
        "--budgets", required=True, type=budgets, metavar="0.1,0.2", help="shares asked of people"
    )
    learn.add_argument("--kind", default="ridge", choices=["linear", "ridge", "quadratic", "boosted"])
    learn.add_argument("--strategy", default="top_k", choices=["top_k", "simulated"])
    learn.add_argument("--folds", type=int, default=10, help="of the validation (10)")
    learn.add_argument("-o", "--output", required=True, metavar="OUT.json", help="- is the screen")
    for verb in (draw, learn):
        verb.add_argument("--pairs", required=True, type=Path, metavar="FILE.jsonl")
        verb.add_argument("--seed", type=int, default=0)


def run_verb(given: argparse.Namespace, command: FileCommand) -> None:
    """Run one verb."""
    inputs = [given.pairs, *([given.candidates] if given.verb == "predict" else [])]
    check(seed=given.seed, output=given.output, inputs=inputs)
    (_draw if given.verb == "candidates" else _predict)(given, command)


def _draw(given: argparse.Namespace, command: FileCommand) -> None:
    from annotation.routing.domain.pairs import read_pairs
    from annotation.routing.domain.ppm.choosing import tags_of
    from annotation.routing.domain.ppm.files import lines_of
    from annotation.statistics.errors import NotEstimable

    with command.refusals(NotEstimable):
        pairs = read_pairs(given.pairs)
        cases = [pair.case for pair in pairs.pairs]
        tags, _version = tags_of(cases, pairs.judges)
        text = lines_of([case.key for case in cases], tags.values, count=given.count, seed=given.seed)
        write_whole(Path(given.output), lambda beside: beside.write_text(text, encoding="utf-8"))
    command.stdout.write(f"{given.count} candidates of {len(cases)} pairs: put what each brings at “metric”.")


def _predict(given: argparse.Namespace, command: FileCommand) -> None:
    from annotation.routing.domain.pairs import read_pairs
    from annotation.routing.domain.ppm.choosing import choose
    from annotation.routing.domain.ppm.files import read_candidates
    from annotation.statistics.errors import NotEstimable

    with command.refusals(NotEstimable):
        pairs = read_pairs(given.pairs)
        cases = [pair.case for pair in pairs.pairs]
        found = read_candidates(given.candidates, [case.key for case in cases])
        result = choose(
            cases,
            pairs.judges,
            found,
            budgets=given.budgets,
            kind=given.kind,
            strategy=given.strategy,
            folds=given.folds,
            seed=given.seed,
        )
        command.write_json(result, given.output)
    if given.output != "-":
        command.stdout.write(
            f"{result['candidates']} candidates of {result['n']} pairs, error of each model:"
        )
        command.stdout.write(f"  constant: {result['constant_rmse']:.4f}")
        for skill in result["skills"]:
            command.stdout.write(f"  {skill['kind']}: {skill['rmse']:.4f}")
        if result["routings"]:
            command.stdout.write(result["sentence"])
    for finding in result["findings"]:
        command.stderr.write(f"Finding: {finding}")
    if result["findings"]:
        sys.exit(1)
