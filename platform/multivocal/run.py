"""``make run``: the whole platform on one machine, from the database to the printed links."""

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from multivocal.supervisor import Supervisor

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(os.environ.get("MULTIVOCAL_VAR", BASE_DIR / "var"))


class CannotStartError(Exception):
    """The platform cannot start as asked; the message says what to do."""


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Start everything, keep it running, stop everything; return the exit code."""
    try:
        port = _port("PORT", 8000)
        host = os.environ.get("HOST", "127.0.0.1")
        with _only_one(port):
            _check_free(host, port, "PORT")
            return _run(host, port)
    except CannotStartError as error:
        say(str(error))
        return 2


def _run(host: str, port: int) -> int:
    environment = dict(os.environ)
    environment.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")
    environment.setdefault("PUBLIC_URL", f"http://localhost:{port}")
    supervisor = Supervisor(say)
    supervisor.listen()
    facts: dict[str, str | bool] = {}
    try:
        if not environment.get("OPENAI_BASE_URL"):
            simulator_port = _port("SIMULATOR_PORT", port + 1)
            _check_free("127.0.0.1", simulator_port, "SIMULATOR_PORT")
            environment["SIMULATOR_URL"] = f"http://127.0.0.1:{simulator_port}/v1"
            supervisor.start("model simulator", _simulator(simulator_port), environment)
        facts = _prepare(environment)
        environment["DATABASE_URL"] = str(facts["database_url"])
        if not supervisor.stopping.is_set():
            supervisor.start("web server", _web(host, port), environment)
            supervisor.start("worker", _worker(), environment)
        while not supervisor.stopping.wait(0.05) and not _answers(port):
            supervisor.look()
        if not supervisor.stopping.is_set():
            _welcome(port, facts)
            supervisor.watch()
        say("\nStopping.")
        return 0
    finally:
        supervisor.stop_all()
        if facts.get("started_database"):
            # Not under others: a test run or a command may be using the same server; then it stays.
            # Its own session: a second, impatient Ctrl-C must not cut this off and leave the server behind.
            stop = [sys.executable, "-m", "multivocal.embedded", "stop"]
            subprocess.run(stop, env=environment, check=False, start_new_session=True)


def _simulator(port: int) -> list[str]:
    return [sys.executable, "-m", "multivocal.llm.simulator", "--port", str(port)]


def _web(host: str, port: int) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "multivocal.asgi:application",
        "--host",
        host,
        "--port",
        str(port),
    ]
    command += [
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--ws",
        "websockets-sansio",
        "--ws-max-size",
        "1000000",
    ]
    # Without a deadline an open socket would hold the old process for as long as its browser likes.
    return [
        *command,
        "--lifespan",
        "on",
        "--no-access-log",
        "--log-level",
        "warning",
        "--timeout-graceful-shutdown",
        "8",
    ]


def _worker() -> list[str]:
    command = [
        sys.executable,
        "-m",
        "celery",
        "--quiet",
        "-A",
        "multivocal",
        "worker",
        "--loglevel",
        "warning",
    ]
    command += ["--pool", "threads", "--concurrency", "4", "--beat", "--schedule", str(VAR_DIR / "beat")]
    return [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"]


def _prepare(environment: dict[str, str]) -> dict[str, str | bool]:
    say("Preparing the database and the demonstration studies")
    result = subprocess.run(
        [sys.executable, "-m", "multivocal.prepare"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        start_new_session=True,
    )
    if result.returncode:
        raise CannotStartError("The database could not be prepared; the lines above say why.")
    facts: dict[str, str | bool] = json.loads(result.stdout)
    return facts


def _welcome(port: int, facts: dict[str, str | bool]) -> None:
    say("")
    say(f"  Take part    http://localhost:{port}/s/quick-chat/   (two minutes)")
    say(f"               http://localhost:{port}/s/prism/        (the whole PRISM protocol)")
    say(f"               http://localhost:{port}/s/rating-vs-ranking/  (rate or compare texts)")
    say(f"               http://localhost:{port}/s/values/       (say what you value, vote on steps)")
    say(f"               http://localhost:{port}/s/hybrid/       (people and models label the same pairs)")
    say(f"  Administer   http://localhost:{port}/admin/")
    if facts.get("password"):
        say(f"               name admin, password {facts['password']}   (shown this once)")
    say("  Ctrl-C stops everything.\n")


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStartError(f"{variable}={text} is not a port; give a number from 1 to 65535.")
    return int(text)


def _check_free(host: str, port: int, variable: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStartError(
                f"Port {port} cannot be used ({error.strerror}). "
                f"Choose another: make run {variable}={port + 10}"
            ) from None


@contextlib.contextmanager
def _only_one(port: int) -> Iterator[None]:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    file: IO[str] = (VAR_DIR / "run.lock").open("a+")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise CannotStartError(f"It already runs from this folder: {file.read().strip()}") from None
        file.truncate(0)
        file.write(f"http://localhost:{port}/ (process {os.getpid()})")
        file.flush()
        yield


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
