"""Where the figures are measured: a place of their own, and processes of the floors."""

import contextlib
import os
import sys
import time
import urllib.request
from collections.abc import Iterator

from tests.processes.servers import Place, Process, free_port


@contextlib.contextmanager
def floor_process(
    place: Place, application: str = "tests.bench.floor_app:application"
) -> Iterator[tuple[str, Process]]:
    """Run a floor's application in the same server as ours; yield its address and its process."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop",
        "--http", "httptools", "--ws", "websockets-sansio", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    environment = place.environment() | {"PYTHONPATH": os.getcwd()}
    environment.pop("DJANGO_SETTINGS_MODULE")
    process = Process("floor", command, environment, place.folder / "floor.log")
    process.start()
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()


def wait_for(url: str, seconds: float = 60) -> float:
    """Ask until ``url`` answers 200; return how long that took."""
    started = time.monotonic()
    while time.monotonic() < started + seconds:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return time.monotonic() - started
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(url)
