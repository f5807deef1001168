"""What the verbs of ``manage.py routing`` that read files of pairs are given, and what of it is refused."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError


def add_verb(verbs: Any, name: str, *, help: str, description: str) -> Any:
    """Declare a verb whose description keeps its lines; return its parser."""
    return verbs.add_parser(
        name, help=help, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def budgets(text: str) -> list[float]:
    """Return shares of pairs that people may be asked about, each above 0 and at most 1."""
    try:
        shares = [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError("give shares like 0.1,0.2") from None
    if not all(0 < share <= 1 for share in shares):
        raise argparse.ArgumentTypeError("every budget is a share above 0 and at most 1")
    return shares


def check(*, seed: int, output: str, inputs: Sequence[Path]) -> None:
    """Refuse (exit code 2) a seed no generator takes, and an output that would replace what is read."""
    if not 0 <= seed < 2**31:
        raise CommandError("--seed: a whole number from 0, below 2,147,483,648", returncode=2)
    if output != "-" and Path(output).resolve() in [one.resolve() for one in inputs]:
        raise CommandError("the output is an input file", returncode=2)
