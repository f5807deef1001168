"""``manage.py routing evaluate``: what routing would have done on a file of labelled pairs; no database, no server."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from annotation.routing.domain.pairs import read_pairs
from multivocal.file_command import FileCommand


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
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        verb = verbs.add_parser("evaluate", help="accuracies and frontier of a file, written as JSON")
        verb.add_argument("--pairs", required=True, type=Path, metavar="FILE.jsonl")
        verb.add_argument(
            "--budgets", required=True, type=budgets, metavar="0.1,0.2", help="shares asked of people"
        )
        verb.add_argument("--folds", type=int, default=10, help="of the cross-fitting (10)")
        verb.add_argument("--seed", type=int, default=0, help="of folds, lots and resamples (0)")
        verb.add_argument("-o", dest="output", required=True, metavar="OUT.json", help="- is the screen")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, evaluate and write; bad input is named and nothing is written."""
        given = argparse.Namespace(**options)
        if given.folds < 2:
            raise CommandError("--folds: at least 2", returncode=2)
        from annotation.routing.domain.evaluate import evaluate

        with self.refusals():
            pairs = read_pairs(given.pairs)
            result = evaluate(pairs, budgets=given.budgets, folds=given.folds, seed=given.seed)
            self.write_json(result, given.output)
        if given.output == "-":
            return
        names = ", ".join(f"{name} {share:.3f}" for name, share in result["accuracy"].items())
        self.stdout.write(f"{result['n']} pairs with gold; accuracy: {names}")
        for point in result["frontier"]:
            low, high = point["lift_ci95"]
            self.stdout.write(
                f"  {point['budget']:.0%} asked of people: {point['policy']['accuracy']:.3f}, at random "
                f"{point['random']['accuracy']:.3f}, lift {point['lift']:+.3f} [{low:+.3f}, {high:+.3f}]"
            )
