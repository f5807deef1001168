"""``manage.py moral_graph build``: a graph from a file of votes, without a database or a server."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from elicitation.moral_graph.domain.votes import JUDGED, read_votes
from multivocal.file_command import FileCommand


class Command(FileCommand):
    """Build a moral graph."""

    help = "Build a moral graph from a file of votes."

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

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, build and write; bad input is named and nothing is written."""
        given = argparse.Namespace(**options)
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

    def _build(self, votes: Any, given: argparse.Namespace) -> dict[str, Any]:
        if given.estimator == "published":
            from elicitation.moral_graph.domain.published import Thresholds, published_graph

            thresholds = Thresholds(given.min_wiser, given.min_likelihood, given.max_entropy)
            return published_graph(votes, thresholds, all_edges=given.all_edges)
        from elicitation.moral_graph.domain.posterior import posterior_graph

        return posterior_graph(votes, seed=given.seed, rounds=given.bootstrap, all_edges=given.all_edges)
