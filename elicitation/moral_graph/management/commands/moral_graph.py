"""``manage.py moral_graph build`` makes a graph from a file of votes alone; its other verbs work on a study's rows."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from elicitation.moral_graph.arguments import add_verbs
from elicitation.moral_graph.domain.answers import JUDGED
from elicitation.moral_graph.domain.reading import read_votes
from multivocal.errors import Refused
from multivocal.file_command import FileCommand, write_whole

LARGE = 20_000  # votes from which more than one process is worth its start


class Command(FileCommand):
    """Build a moral graph."""

    help = "Build a moral graph from a file of votes, or from the votes of a study."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the one verb there is."""
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        build = verbs.add_parser("build", help="make the graph and write it as JSON")
        build.add_argument("--votes", required=True, type=Path, metavar="FILE", help="CSV of wisdom votes")
        build.add_argument(
            "--estimator",
            required=True,
            choices=("published", "posterior"),
            help="published: the original authors' arithmetic; posterior: ours, with intervals",
        )
        build.add_argument("--min-wiser", type=int, default=2, help="published: least votes for an edge (2)")
        build.add_argument("--min-likelihood", type=float, default=0.33, help="published: (0.33)")
        build.add_argument("--max-entropy", type=float, default=1.69, help="published: (1.69)")
        build.add_argument("--all-edges", action="store_true", help="also write the steps that are no edges")
        build.add_argument(
            "--bootstrap", type=int, default=200, metavar="N", help="posterior: resamples (200)"
        )
        build.add_argument("--seed", type=int, default=0, help="posterior: seed of the resamples (0)")
        build.add_argument("-o", dest="output", required=True, metavar="OUT.json", help="- is the screen")
        add_verbs(verbs)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, build and write; bad input is named and nothing is written."""
        given = argparse.Namespace(**options)
        if given.verb != "build":
            self._on_rows(given)
            return
        if given.bootstrap < 20:
            raise CommandError("--bootstrap: an interval needs at least 20 resamples", returncode=2)
        with self.refusals():
            votes = read_votes(given.votes)
            judged = int((votes.outcome < JUDGED).sum())
            graph: dict[str, Any] = {
                "estimator": given.estimator,
                "rows": {
                    "read": votes.read,
                    "used": judged,
                    "duplicate": votes.duplicate,
                    "notAnswered": len(votes) - judged,
                    "unmatched": 0,
                    "invalid": 0,
                },
            }
            graph |= self._build(votes, given)
            self.write_json(graph, given.output)
        if given.output == "-":
            return
        self.stdout.write(
            f"{len(graph['values'])} values, {len(graph['edges'])} edges from {judged} votes "
            f"({votes.duplicate} duplicate, {len(votes) - judged} without an answer)."
        )

    def _on_rows(self, given: argparse.Namespace) -> None:
        """Do a verb on a study's rows; the exit code is 1 where a graph could not be made again."""
        from elicitation.moral_graph.verbs import VERBS, study_of

        with self.refusals(Refused):
            try:
                document, told = VERBS[given.verb](study_of(given.slug), given)
            except Refused as refusal:
                for place, reason in refusal.fields.items():
                    self.stderr.write(f"{place}: {reason}")
                raise
            if document and given.output not in ("", "-"):
                write_whole(Path(given.output), lambda beside: beside.write_text(document, encoding="utf-8"))
        if document and given.output == "-":
            self.stdout.write(document, ending="")
        self.stderr.write(told)
        if told.startswith("ANOTHER"):
            sys.exit(1)

    def _build(self, votes: Any, given: argparse.Namespace) -> dict[str, Any]:
        if given.estimator == "published":
            from elicitation.moral_graph.domain.published import Thresholds, published_graph

            thresholds = Thresholds(given.min_wiser, given.min_likelihood, given.max_entropy)
            return published_graph(votes, thresholds, all_edges=given.all_edges)
        from elicitation.moral_graph.domain.posterior import posterior_graph

        return posterior_graph(
            votes, seed=given.seed, rounds=given.bootstrap, all_edges=given.all_edges,
            workers=min(os.cpu_count() or 1, 4) if len(votes) > LARGE else 1,
        )  # fmt: skip
