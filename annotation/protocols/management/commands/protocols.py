"""``protocols compare``: ratings beside rankings of the same responses, from files alone."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from multivocal.file_command import FileCommand

COMPARE = """\
Ratings: item, rater, stimulus, score (+ dimension, text, stratum). Rankings: item, rater, stimulus, rank with 1 the
best and equal ranks for ties. Pairwise: item, rater, a, b, outcome with a, b or tie. CSV with a header, in UTF-8.

All shares in OUT are fractions from 0 to 1, not per cent. A tie is a third class: tie and tie is consistent, a tie
against a or b is not. Of several rows with the same ids the first is used and the others are counted as duplicates.

Exit codes: 0 done; 1 done, with a finding on standard error; 2 bad input, named by line and reason, nothing written.
"""


class Command(FileCommand):
    """Needs no database and no server."""

    help = "Compare feedback protocols from files of judgements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe ``compare``."""
        forms = parser.add_subparsers(
            dest="form", required=True, metavar="compare", parser_class=ArgumentParser
        )
        compare = forms.add_parser(
            "compare",
            help="how far ratings and rankings of the same responses agree",
            description=COMPARE,
            formatter_class=RawDescriptionHelpFormatter,
        )
        compare.add_argument("--ratings", required=True, type=Path, metavar="R.csv")
        other = compare.add_mutually_exclusive_group(required=True)
        other.add_argument("--rankings", type=Path, metavar="K.csv")
        other.add_argument("--pairwise", type=Path, metavar="P.csv")
        compare.add_argument(
            "--pairing",
            choices=("within", "individual", "aggregated"),
            help="within: the same rater gave both; individual: every rating rater against every ranking rater; "
            "aggregated: mean score against mean rank (net votes of pairs). With --layout peering: within",
        )
        compare.add_argument(
            "--tie-margin",
            type=float,
            default=0.0,
            help="scores at most this far apart are a tie (default 0)",
        )
        compare.add_argument("--seed", type=int, default=0, help="of the bootstrap (default 0)")
        compare.add_argument(
            "--resamples",
            type=int,
            metavar="N",
            help="bootstrap draws (default 10000, fewer for large files)",
        )
        compare.add_argument("--dimension", metavar="NAME", help="which dimension of the ratings")
        compare.add_argument(
            "--scale", type=float, nargs=2, metavar=("LOW", "HIGH"), help="refuse scores off this scale"
        )
        compare.add_argument(
            "--ranks",
            choices=("best-first", "zero-based", "worst-first"),
            help="how ranks are written: 1 is the best (the default), 0 is the best, 1 is the worst",
        )
        compare.add_argument(
            "--partial", action="store_true", help="rankings may leave out responses of their item"
        )
        compare.add_argument("--delimiter", default=",", help="between columns (default a comma)")
        compare.add_argument(
            "--skip-invalid", action="store_true", help="leave bad rows out and count them, exit 1"
        )
        compare.add_argument(
            "--layout",
            choices=("interchange", "peering"),
            default="interchange",
            help="peering: the files of Bansal, Dang and Grover as they are, without header, texts as ids",
        )
        compare.add_argument(
            "--evaluation-rankings", type=Path, metavar="E.csv", help="peering: reference against system"
        )
        compare.add_argument(
            "--evaluation-ratings",
            type=Path,
            nargs=2,
            metavar=("REFERENCE.csv", "SYSTEM.csv"),
            help="peering: ratings of the reference and of the system",
        )
        compare.add_argument("-o", "--output", required=True, metavar="OUT.json", help="- is the screen")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, write and summarise; bad input is named on standard error and ends with 2."""
        # numpy is loaded here: the web server may import this module's package.
        from annotation.statistics.errors import NotEstimable
        from annotation.statistics.file_report import report_on_files

        with self.refusals(NotEstimable):
            report = report_on_files(self._request(options))
            self.write_json(report, options["output"])
        if options["output"] != "-":
            self._summarise(report)
        for finding in report["findings"]:
            self.stderr.write(f"Finding: {finding}")
        if report["findings"]:
            sys.exit(1)

    def _request(self, options: dict[str, Any]) -> Any:
        from annotation.statistics.errors import NotEstimable
        from annotation.statistics.file_report import Request
        from annotation.statistics.interchange import Rules

        peering = options["layout"] == "peering"
        evaluation = options["evaluation_rankings"] or options["evaluation_ratings"]
        inputs = [options[name] for name in ("ratings", "rankings", "pairwise") if options[name]]
        if options["pairing"] is None and not peering:
            raise NotEstimable("Say --pairing within, individual or aggregated.")
        if evaluation and not peering:
            raise NotEstimable("Evaluation files are read with --layout peering.")
        if len(options["delimiter"]) != 1:
            raise NotEstimable("The delimiter is one character.")
        if options["resamples"] is not None and options["resamples"] < 100:
            raise NotEstimable("Fewer than 100 bootstrap draws give no interval.")
        if options["seed"] < 0:
            raise NotEstimable("The seed is a whole number from 0.")
        if options["scale"] and not options["scale"][0] < options["scale"][1]:
            raise NotEstimable("The scale runs from its lowest to its highest score.")
        if options["output"] != "-" and any(
            one.resolve() == Path(options["output"]).resolve() for one in inputs
        ):
            raise NotEstimable("OUT is one of the input files.")
        return Request(
            ratings=options["ratings"],
            rankings=options["rankings"],
            pairwise=options["pairwise"],
            pairing=options["pairing"] or "within",
            tie_margin=options["tie_margin"],
            seed=options["seed"],
            resamples=options["resamples"],
            dimension=options["dimension"],
            scale=tuple(options["scale"]) if options["scale"] else None,
            ranks=options["ranks"],
            partial=options["partial"],
            rules=Rules(options["delimiter"], options["skip_invalid"]),
            layout=options["layout"],
            evaluation_rankings=options["evaluation_rankings"],
            evaluation_ratings=tuple(options["evaluation_ratings"])
            if options["evaluation_ratings"]
            else None,
        )

    def _summarise(self, report: dict[str, Any]) -> None:
        interval = report["ci95"]
        bounds = f" (95 %: {100 * interval[0]:.2f} to {100 * interval[1]:.2f})" if interval else ""
        say = self.stdout.write
        say(f"{report['matched_pairs']} matched pairs, {report['consistent']} consistent:", ending=" ")
        say(f"{100 * report['consistency']:.4f} %{bounds}")
        for name, row in zip(("a", "b", "tie"), report["table"], strict=True):
            say(f"  ratings {name:3}  " + "  ".join(f"{count:7d}" for count in row))
        for name, rate in (report["win_rates"] or {}).items():
            for label, one in {name: rate}.items() if name != "same_items" else (rate or {}).items():
                width = one["percent_half_width"]
                same = " on the same items" if name == "same_items" else ""
                say(f"  win rate by {label}{same}: {one['percent']:.4f} ± {width or 0:.4f} (n = {one['n']})")
        say("  rows: " + ", ".join(f"{name} {count}" for name, count in report["rows"].items()))
