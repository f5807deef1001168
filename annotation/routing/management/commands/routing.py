"""``manage.py routing``: what it would have done on a file of pairs, and whether it holds where the truth is known."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from annotation.routing.management import published, runs
from annotation.routing.management.arguments import add_verb, budgets, check
from multivocal.file_command import FileCommand

EVALUATE = """\
Pairs: JSONL, one object a line, with id, instruction, input, response_1, response_2, human_labels (0 = tie, 1, 2;
null: gave none) and ai_labels {judge: label}. Labels name the response, never the place it stood at. A judge's label
may also be a list of samples, or an object with label, order (0 or 1), scores [of 1, of 2], certainty, samples,
swapped; optional beside it: ai_labels_swapped, ai_scores, ai_certainty, each by judge.

Gold of a pair is what most people say other than the one who would be asked: pairs of fewer than three people, and
pairs without such a majority, are counted and not used.

Exit codes: 0 done; 1 done, with a finding on standard error; 2 bad input, named by line and reason, nothing written.
"""

SIMULATE = """\
Items with a known truth are routed, audited and estimated again and again, with the code that studies run. Prints how
often every interval covers the truth (nominally 95 %; the one that is watched at every peek: at least 95 %), how far
off each estimate is on average, the most that was spent of a budget, and whether items were drawn as often as their
probabilities say. The naive mean of mixed labels stands in the same table. 2,000 rounds take two minutes.

A coverage is a count, so it is judged with a tolerance of two of its standard errors, which is printed: 1.4 % for 1,000
rounds, 1.0 % for 2,000. Fewer than 500 rounds judge nothing.

Exit codes: 0 every coverage is within 93 to 97 %, give or take the tolerance, and no budget was exceeded; 1 one is not,
or the rounds were too few to tell.
"""


class Command(FileCommand):
    """Evaluate routing."""

    help = "Say what routing between people and AI judges would have done on labelled pairs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the verbs."""
        verbs = parser.add_subparsers(
            dest="verb", metavar="VERB", required=True, parser_class=argparse.ArgumentParser
        )
        verb = add_verb(
            verbs, "evaluate", help="accuracies and frontier of a file, written as JSON", description=EVALUATE
        )
        verb.add_argument("--pairs", required=True, type=Path, metavar="FILE.jsonl")
        verb.add_argument(
            "--budgets", required=True, type=budgets, metavar="0.1,0.2", help="shares asked of people"
        )
        verb.add_argument("--folds", type=int, default=10, help="of the cross-fitting (10)")
        verb.add_argument("--seed", type=int, default=0, help="of folds, lots and resamples (0)")
        verb.add_argument(
            "--skip-invalid", action="store_true", help="leave bad lines out and count them, exit 1"
        )
        verb.add_argument("-o", "--output", required=True, metavar="OUT.json", help="- is the screen")

        known = add_verb(
            verbs,
            "simulate",
            help="whether intervals, budgets and probabilities hold where the truth is known",
            description=SIMULATE,
        )
        known.add_argument("--rounds", type=int, default=2000, help="sets of items per budget (2000)")
        known.add_argument("--items", type=int, default=1000, help="items in a set (1000)")
        known.add_argument("--budgets", type=budgets, default=[0.2, 0.4], metavar="0.2,0.4")
        known.add_argument("--audit", type=float, default=0.1, help="share of audited items (0.1)")
        known.add_argument("--seed", type=int, default=0)
        known.add_argument("-o", "--output", metavar="OUT.json", help="the table as JSON; - is the screen")

        published.add_verbs(verbs)
        runs.add_verbs(verbs)

    def handle(self, *args: Any, **options: Any) -> None:
        """Evaluate, simulate or run; bad input is named and nothing is written."""
        given = argparse.Namespace(**options)
        if given.verb in runs.VERBS:
            runs.run_verb(given, self.stdout.write)
        elif given.verb in published.VERBS:
            published.run_verb(given, self)
        elif given.verb == "simulate":
            self._simulate(given)
        else:
            self._evaluate(given)

    def _evaluate(self, given: argparse.Namespace) -> None:
        if given.folds < 2:
            raise CommandError("--folds: at least 2", returncode=2)
        check(seed=given.seed, output=given.output, inputs=[given.pairs])
        # numpy is loaded here: the web server may import this module's package.
        from annotation.routing.domain.evaluate import evaluate
        from annotation.routing.domain.pairs import read_pairs
        from annotation.statistics.errors import NotEstimable

        with self.refusals(NotEstimable):
            pairs = read_pairs(given.pairs, skip_invalid=given.skip_invalid)
            result = evaluate(pairs, budgets=given.budgets, folds=given.folds, seed=given.seed)
            self.write_json(result, given.output)
        for problem in pairs.problems:
            self.stderr.write(f"{pairs.name}: {problem}")
        if given.output != "-":
            self._summarise(result)
        for finding in result["findings"]:
            self.stderr.write(f"Finding: {finding}")
        if result["findings"]:
            sys.exit(1)

    def _summarise(self, result: dict[str, Any]) -> None:
        names = ", ".join(f"{name} {share:.3f}" for name, share in result["accuracy"].items())
        rows = result["rows"]
        twice = f", {rows['duplicate']} of them twice with the same content" if rows["duplicate"] else ""
        self.stdout.write(
            f"{rows['read']} lines read{twice}; {result['n']} pairs with gold; accuracy: {names}"
        )
        for point in result["frontier"]:
            low, high = point["lift_ci95"]
            told = "" if low > 0 else "  (not above chance for sure)"
            self.stdout.write(
                f"  {point['budget']:.0%} asked of people: {point['policy']['accuracy']:.3f}, at random "
                f"{point['random']['accuracy']:.3f}, lift {point['lift']:+.3f} [{low:+.3f}, {high:+.3f}]{told}"
            )
        for name, points in result["strategies"].items():
            lifts = ", ".join(f"{point['budget']:.0%} {point['lift']:+.3f}" for point in points)
            self.stdout.write(f"  beside it, {name}: {lifts}")

    def _simulate(self, given: argparse.Namespace) -> None:
        if given.rounds < 20 or given.items < 100 or given.seed < 0 or not 0.02 <= given.audit <= 1:
            reason = "at least 20 rounds of 100 items, a seed from 0, and an audit from 0.02 to 1"
            raise CommandError(reason, returncode=2)
        from annotation.routing.domain.simulation import misses, simulate, tolerance
        from annotation.statistics.errors import NotEstimable

        with self.refusals(NotEstimable):
            lines, kept = simulate(
                rounds=given.rounds,
                items=given.items,
                budgets=tuple(given.budgets),
                audit=given.audit,
                seed=given.seed,
            )
            found = misses(lines, kept)
            if given.output:
                table = {"lines": [one.as_json() for one in lines], "kept": [one.as_json() for one in kept]}
                self.write_json(table | {"findings": found}, given.output)
        if given.output != "-":
            self.stdout.write(
                f"{'budget':>6}  {'estimate':<44} {'bias':>8} {'half-width':>10} {'coverage':>8}  claims"
            )
            for one in lines:
                told = f"{one.bias:>+8.4f} {one.half_width:>10.4f} {one.coverage:>8.3f}  {one.claim}"
                self.stdout.write(f"{one.budget:>6.0%}  {one.estimate:<44} {told}")
            self.stdout.write(
                f"coverages are counted in {given.rounds:,} rounds: give or take {tolerance(given.rounds):.1%}"
            )
            for held in kept:
                self.stdout.write(
                    f"{held.budget:>6.0%}  most spent {held.most_spent:.4f} of the budget; least probability "
                    f"{held.least_probability:.3f}; frequencies less probabilities: {held.spread:.2f} standard errors "
                    f"(about 1 is right), at most {held.worst:.2f}"
                )
        for finding in found:
            self.stderr.write(f"Finding: {finding}")
        if found:
            sys.exit(1)
