"""``python -m tests``: every test, in two processes side by side; with arguments, what pytest makes of them.

Tests with browsers and servers mostly wait, the others mostly compute; each kind has a database of its own. They
could not share a process anyhow: Playwright's event loop would run beneath the others' coroutines.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence

PYTEST = [sys.executable, "-m", "pytest"]
WITH_SERVERS = ["tests/e2e", "tests/processes"]
OTHERS = [f"--ignore={path}" for path in WITH_SERVERS]


def on_database(name: str) -> dict[str, str]:
    """Return an environment whose tests use the test database of this name."""
    return {**os.environ, "MULTIVOCAL_TEST_DATABASE": name}


def main(arguments: Sequence[str]) -> int:
    """Run the tests; return 0 when all passed, else what a half that failed returned."""
    if arguments:
        return subprocess.call([*PYTEST, *arguments])
    with tempfile.TemporaryFile() as said:
        servers = subprocess.Popen(
            [*PYTEST, *WITH_SERVERS], env=on_database("test_servers"), stdout=said, stderr=subprocess.STDOUT
        )
        others = subprocess.Popen([*PYTEST, *OTHERS], env=on_database("test_others"))
        codes = []
        for half in (others, servers):
            try:
                codes.append(half.wait())
            except KeyboardInterrupt:  # it heard it too, and tells what failed until now
                codes.append(half.wait())
        said.seek(0)
        print(f"\nWith servers and browsers ({', '.join(WITH_SERVERS)}):", flush=True)
        sys.stdout.buffer.write(said.read())
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
