"""``make run``'s supervisor: what dies comes back, what stops stops whole, and a taken port is said in a sentence."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from multivocal.supervisor import Supervisor

pytestmark = pytest.mark.processes

# A child with a child of its own, like the worker with its scheduler; it writes both ids down.
FAMILY = """
import os, pathlib, subprocess, sys, time
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(f"{os.getpid()} {inner.pid}")
time.sleep(600)
"""


def wait_until(condition: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def family(note: Path) -> list[int]:
    wait_until(lambda: note.exists() and len(note.read_text().split()) == 2)
    return [int(pid) for pid in note.read_text().split()]


def test_a_killed_child_comes_back_and_its_own_child_does_not_linger(tmp_path: Path) -> None:
    note = tmp_path / "note"
    said: list[str] = []
    supervisor = Supervisor(said.append)
    child = supervisor.start("worker", [sys.executable, "-c", FAMILY, str(note)], os.environ)
    try:
        outer, inner = family(note)
        os.kill(outer, signal.SIGKILL)
        assert child.process is not None
        child.process.wait()
        note.unlink()
        supervisor.look()
        assert said == ["The worker stopped (SIGKILL). Starting it again in 0.5 s."]
        wait_until(lambda: not alive(inner))
        wait_until(lambda: supervisor.look() is None and child.process is not None)
        again, _ = family(note)
        assert again != outer
    finally:
        supervisor.stop_all()
    assert not any(alive(pid) for pid in family(note))


def test_a_child_that_keeps_dying_is_waited_for_longer_each_time() -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    child = supervisor.start("web server", [sys.executable, "-c", "raise SystemExit(3)"], os.environ)
    wait_until(lambda: supervisor.look() is None and len(said) == 3)
    supervisor.stop_all()
    assert [line.split()[-2] for line in said] == ["0.5", "1", "2"]
    assert "exit code 3" in said[0]
    assert child.deaths == 3


def test_a_child_that_does_not_listen_is_ended_all_the_same() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    supervisor = Supervisor(lambda line: None)
    child = supervisor.start("worker", [sys.executable, "-c", deaf], os.environ)
    assert child.process is not None
    time.sleep(0.3)
    supervisor.stop_all(patience=0.5)
    assert child.process.poll() is not None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_a_supervisor_killed_outright_leaves_no_server_behind(tmp_path: Path) -> None:
    note = tmp_path / "note"
    script = (
        "import os, sys, time; from multivocal.supervisor import Supervisor;"
        f"Supervisor(print).start('x', [sys.executable, '-c', {FAMILY!r}, {str(note)!r}], os.environ);"
        "time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    outer, inner = family(note)
    process.kill()
    process.wait()
    wait_until(lambda: not alive(outer))
    os.kill(inner, signal.SIGKILL)


def run(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MULTIVOCAL_VAR": str(tmp_path), **variables}
    command = [sys.executable, "-m", "multivocal.run"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_port_in_use_is_said_with_a_way_on(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run(tmp_path, PORT=str(port))
    assert result.returncode == 2
    assert f"Port {port} cannot be used" in result.stdout
    assert "make run PORT=" in result.stdout
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("port", ["many", "0", "70000", "-1"])
def test_a_port_that_is_none_is_said(tmp_path: Path, port: str) -> None:
    result = run(tmp_path, PORT=port)
    assert result.returncode == 2
    assert "is not a port" in result.stdout
