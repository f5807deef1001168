"""The moral graph: planted truths and what is found of them; graphs at size; 10,000 cards merged."""

import os
import resource
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import merging, voting
from tests.bench.figures import Figure
from tests.bench.statistics import best
from tests.moral_graph.planted import table
from tests.processes.servers import ROOT, Place

BARE = """
import sys
import numpy, pyarrow.csv, scipy.sparse, scipy.special
columns = pyarrow.csv.read_csv(sys.argv[1], read_options=pyarrow.csv.ReadOptions(use_threads=False))
codes = [columns[name].combine_chunks().dictionary_encode() for name in ("from_value", "to_value")]
source, target = (numpy.frombuffer(one.indices.buffers()[1], numpy.int32, len(one)) for one in codes)
n = 1 + max(source.max(), target.max())
move = scipy.sparse.csr_array((numpy.ones(len(source)), (target, source)), shape=(n, n))
move = move @ scipy.sparse.dia_array((1 / numpy.maximum(move.sum(axis=0), 1)[None], [0]), shape=(n, n))
rank = numpy.full(n, 1 / n)
for _ in range(200 * 20):
    rank = 0.85 * (move @ rank)
    rank += (1 - rank.sum()) / n
"""
"""What no program does without: the libraries, the file, and 200 plain PageRanks of 20 steps over its votes."""


def run(place: Place, quick: bool) -> list[Figure]:
    """Print the table of planted truths, and measure; one context of all values is as usual as many of few each."""
    votes, values = (5_000, 200) if quick else (100_000, 2_000)
    print(table(4 if quick else 40), flush=True)
    return [
        *_commands(votes, values),
        *voting.figures(place, votes, values),
        *merging.figures(place, (100, 200, 400) if quick else (1_000, 3_000, 10_000)),
    ]


def _commands(votes: int, values: int) -> list[Figure]:
    """Build as a person does: the whole command, its start included."""
    figures = []
    with tempfile.TemporaryDirectory(prefix="multivocal-bench-") as folder:
        out = Path(folder, "graph.json")
        for contexts in (max(values // 10, 1), 1):
            file = Path(folder, f"votes-{contexts}.csv")
            voting.write_votes(file, votes, values, contexts)
            floor = best(partial(_python, "-c", BARE, str(file)), 2)
            for estimator in ("published", "posterior"):
                command = (
                    "moral_graph",
                    "build",
                    "--votes",
                    str(file),
                    "--estimator",
                    estimator,
                    "-o",
                    str(out),
                )
                before = _cpu()
                seconds = best(partial(_python, "manage.py", *command), 3)
                told = f"{votes:,} votes, {values:,} values, {contexts} contexts; CPU {(_cpu() - before) / 3:.1f} s"
                figures.append(
                    Figure(
                        f"moral_graph build, {estimator}, {contexts} contexts",
                        seconds,
                        "s",
                        5.0,
                        "low",
                        floor,
                        f"{told}; floor: libraries, file and 200 bare PageRanks",
                    )
                )
    return figures


def _cpu() -> float:
    """Return the seconds of CPU that finished children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _python(*command: str) -> None:
    environment: dict[str, Any] = {**os.environ, "DATABASE_URL": "postgresql://nobody@/nowhere"}
    subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
    )
