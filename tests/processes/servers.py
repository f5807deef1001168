"""Real servers on free ports, with a database and a folder of their own; shared by these tests and the benchmarks."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from multivocal import embedded, run
from tests.processes.databases import address_of

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Process:
    """One server process, with what it needs to be started again just as it was."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a process group of its own."""
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self.popen is not None
        return self.popen.pid

    def kill(self, number: int = signal.SIGKILL, patience: float = 15.0) -> None:
        """Send a signal to it and all it started; wait until it is gone, or make it."""
        if self.popen is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(patience)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait(5)
        self.popen = None

    def cpu_seconds(self) -> float:
        """Return the CPU time it has used since it started, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Place:
    """A whole platform in a folder of its own: database, simulator, web server, worker."""

    folder: Path
    database_url: str
    port: int = field(default_factory=free_port)
    simulator_port: int = field(default_factory=free_port)
    extra: dict[str, str] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator_url(self) -> str:
        """The model simulator's address, without /v1."""
        return f"http://127.0.0.1:{self.simulator_port}"

    def environment(self) -> dict[str, str]:
        """Return the environment of every process."""
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "MULTIVOCAL_", "PYTEST_"))
        }
        own = {
            "DATABASE_URL": self.database_url,
            "MULTIVOCAL_VAR": str(self.folder),
            "SIMULATOR_URL": f"{self.simulator_url}/v1",
            "DJANGO_SETTINGS_MODULE": "multivocal.settings",
            "PYTHONUNBUFFERED": "1",
        }
        return {**kept, **own, **self.extra}

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a management command against this place."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(),
            text=True,
            capture_output=True,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(
                f"manage.py {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done

    def start(self, *names: str) -> None:
        """Start processes by name (simulator, web, worker) and wait until those with a port answer."""
        commands = {
            "simulator": run._simulator(self.simulator_port),
            "web": run._web("127.0.0.1", self.port),
            "worker": [*run._worker(), "--schedule", str(self.folder / "beat")],
        }
        for name in names:
            process = Process(name, commands[name], self.environment(), self.folder / f"{name}.log")
            process.start()
            self.processes[name] = process
        for name in names:
            if name != "worker":
                self._wait(name, self.port if name == "web" else self.simulator_port)

    def stop(self, *names: str, number: int = signal.SIGTERM) -> None:
        """Stop processes by name; all of them without names."""
        for name in names or list(self.processes):
            self.processes.pop(name).kill(number)

    def _wait(self, name: str, port: int) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            process = self.processes[name]
            if process.popen is not None and process.popen.poll() is not None:
                raise RuntimeError(f"{name} ended: {self.log_of(name)}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{name} does not answer: {self.log_of(name)}")

    def log_of(self, name: str) -> str:
        """Return the end of a process's log."""
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def set_faults(self, shares: dict[str, float]) -> None:
        """Tell the running simulator which share of calls is to fail, and how."""
        request = urllib.request.Request(
            f"{self.simulator_url}/faults", data=json.dumps(shares).encode(), method="POST"
        )
        urllib.request.urlopen(request, timeout=10).close()

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the place's database."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(sql, values).fetchall()

    def one(self, sql: str, **values: Any) -> Any:
        """Return the single value of a query."""
        return self.rows(sql, **values)[0][0]

    def open_study(self, text: str) -> None:
        """Import a study from YAML text and open it."""
        path = self.folder / "study.yaml"
        path.write_text(text, encoding="utf-8")
        self.manage("study", "import", str(path))
        slug = next(line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("slug:"))
        self.manage("study", "open", slug)


@contextlib.contextmanager
def a_place(name: str, **extra: str) -> Iterator[Place]:
    """Make a place: migrated database and models' rows, no process running yet; remove all of it at the end."""
    database = f"{name}_{os.getpid()}"
    server = os.environ.get("DATABASE_URL") or embedded.start()
    folder = Path(tempfile.mkdtemp(prefix=f"multivocal-{name}-"))
    with psycopg.connect(address_of(server, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{database}"')
    place = Place(folder, address_of(server, database), extra=extra)
    try:
        place.manage("migrate", "--verbosity", "0")
        place.manage("llm", "seed")
        yield place
    finally:
        place.stop(number=signal.SIGKILL)
        with psycopg.connect(address_of(server, "postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')
        shutil.rmtree(folder, ignore_errors=True)
