"""``python -m tests.bench [GROUP …] [--quick]``: measure and print; 1 where a target is missed."""

import argparse
import importlib
import os
import signal
import sys

from tests.bench.figures import Figure, keep
from tests.processes.servers import a_place

GROUPS = (
    "submits",
    "streams",
    "relay",
    "exports",
    "statistics",
    "moral_graph",
    "routing",
    "annotate",
    "startup",
)
WITHOUT_PLACE = {"statistics", "routing", "startup"}


def main() -> int:
    """Run the groups asked for, each in a place of its own."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument(
        "--quick", action="store_true", help="smaller numbers, to try the benchmarks themselves"
    )
    options = parser.parse_args()
    # Stopped from outside, the servers and the database of the run still go.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"there is no group {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    groups = options.groups or list(GROUPS)
    if len(groups) > 1:
        # A process of its own for each: what one has imported or connected to must not weigh on the next.
        codes = [os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-m", "tests.bench", group,
                           *(["--quick"] if options.quick else [])) for group in groups]  # fmt: skip
        return max(1 if code else 0 for code in codes)
    return run(groups[0], options.quick)


def run(group: str, quick: bool) -> int:
    """Measure one group, print and keep its figures."""
    figures: list[Figure]
    if group in WITHOUT_PLACE:
        figures = importlib.import_module(f"tests.bench.{group}").run(quick)
    else:
        from tests.bench.rows import connect

        with a_place(f"bench_{group}") as place:
            connect(place.database_url, str(place.folder))
            try:
                figures = importlib.import_module(f"tests.bench.{group}").run(place, quick)
            finally:
                from django.db import connections

                connections.close_all()
    keep(group, figures)
    return 1 if any(figure.reached is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
