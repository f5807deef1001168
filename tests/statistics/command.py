"""``protocols compare`` as a process of its own, with nothing to lean on but files."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def compare(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command; the database it is told of does not exist."""
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://nobody@/nowhere"}
    return subprocess.run(
        [sys.executable, "manage.py", "protocols", "compare", *map(str, arguments)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
