"""``manage.py routing evaluate``: what routing would have done on a file of labelled pairs; no database, no server."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

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


def budgets(text: str) -> list[float]:
    """Return shares of pairs that people may be asked about, each above 0 and at most 1."""
    try:
        shares = [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError("give shares like 0.1,0.2") from None
    if not all(0 < share <= 1 for share in shares):
        raise argparse.ArgumentTypeError("every budget is a share above 0 and at most 1")
    return shares


class Command(FileCommand):
    """Evaluate routing."""

    help = "Say what routing between people and AI judges would have done on labelled pairs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the one verb there is."""
        verbs = parser.add_subparsers(
            dest="verb", metavar="VERB", required=True, parser_class=argparse.ArgumentParser
        )
        verb = verbs.add_parser(
            "evaluate",
            help="accuracies and frontier of a file, written as JSON",
            description=EVALUATE,
            formatter_class=argparse.RawDescriptionHelpFormatter,
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

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, evaluate and write; bad input is named and nothing is written."""
        given = argparse.Namespace(**options)
        if given.folds < 2:
            raise CommandError("--folds: at least 2", returncode=2)
        if given.seed < 0:
            raise CommandError("--seed: a whole number from 0", returncode=2)
        if given.output != "-" and given.pairs.resolve() == Path(given.output).resolve():
            raise CommandError("OUT.json is the input file", returncode=2)
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
        self.stdout.write(f"{result['n']} pairs with gold; accuracy: {names}")
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
