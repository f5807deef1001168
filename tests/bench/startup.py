"""``make run`` from a fresh clone to the first page, once more, and the memory of everything it starts when idle."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.places import wait_for
from tests.processes.servers import ROOT, free_port

IDLE_S = 20


def run(quick: bool) -> list[Figure]:
    """Clone, start, wait for the study's page, stop, start again."""
    folder = Path(tempfile.mkdtemp(prefix="multivocal-clone-"))
    clone = folder / "multivocal"
    try:
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        first, _ = _start(clone, idle=0)
        again, memory = _start(clone, idle=3 if quick else IDLE_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [
        Figure("make run, fresh clone to the first page", first, "s", 60),
        Figure("make run again", again, "s", 5),
        Figure("idle memory of everything it starts (PSS)", memory, "MB", 400),
    ]


def _start(clone: Path, idle: float) -> tuple[float, float]:
    """Return (seconds to the first page, megabytes when idle)."""
    kept = (
        "PATH",
        "HOME",
        "LANG",
        "PIP_",
        "UV_",
        "NPM_",
        "npm_",
        "HTTP",
        "http",
        "NO_PROXY",
        "no_proxy",
        "SSL_",
    )
    environment = {k: v for k, v in os.environ.items() if k.startswith(kept)}
    environment["PATH"] = ":".join(p for p in environment["PATH"].split(":") if ".venv" not in p)
    environment["PORT"] = str(free_port())
    environment["SIMULATOR_PORT"] = str(free_port())
    with (clone / "run.log").open("ab") as log:
        started = time.monotonic()
        running = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        url = f"http://127.0.0.1:{environment['PORT']}/s/quick-chat/"
        try:
            wait_for(url, 300)
        except TimeoutError:
            raise RuntimeError((clone / "run.log").read_text()[-3000:]) from None
        seconds = time.monotonic() - started
        urllib.request.urlopen(url, timeout=10).close()
        time.sleep(idle)
        return seconds, _pss_mb(clone)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(60)


def _pss_mb(clone: Path) -> float:
    """Return the proportional memory of every process that runs from the clone, its database's included."""
    total = 0
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            command = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes()
            where = os.readlink(process / "cwd")
            if str(clone).encode() in command + environment or where.startswith(str(clone)):
                rollup = (process / "smaps_rollup").read_text()
                total += int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")))
        except OSError:
            continue
    return total / 1024
