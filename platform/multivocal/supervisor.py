"""A small supervisor (standard library only): starts processes, restarts those that die, stops them all."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

# A process that lived this long was fine; its next death is a first one again.
_HEALTHY_AFTER = 60.0
_LONGEST_WAIT = 30.0


@dataclass
class Child:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        """Start the process in a session of its own: the terminal's Ctrl-C reaches only the supervisor."""
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # safe: the supervisor has one thread
        )
        self.started = time.monotonic()

    def send(self, number: int) -> None:
        """Signal the process and everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Supervisor:
    """Keeps children running until it is told to stop."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.children: list[Child] = []
        self.stopping = threading.Event()
        self._impatient = False

    def listen(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal mean: stop. A second one means: at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: object) -> None:
        self._impatient = self.stopping.is_set()
        self.stopping.set()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Child:
        """Start a process and keep it running from now on."""
        child = Child(name, command, environment)
        child.start()
        self.children.append(child)
        return child

    def watch(self) -> None:
        """Restart what dies, waiting longer each time, until told to stop."""
        while not self.stopping.wait(0.5):
            self.look()

    def look(self) -> None:
        """Look after every child once."""
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                code = child.process.returncode
                child.send(signal.SIGKILL)  # what it started must not outlive it and hold its port
                child.process = None
                child.deaths = 1 if now - child.started > _HEALTHY_AFTER else child.deaths + 1
                wait = min(_LONGEST_WAIT, 0.5 * 2 ** (child.deaths - 1))
                child.not_before = now + wait
                self.say(f"The {child.name} stopped ({_reason(code)}). Starting it again in {wait:g} s.")
            elif child.process is None and now >= child.not_before:
                child.start()

    def stop_all(self, patience: float = 15.0) -> None:
        """Ask every child to end, in the reverse of their order; after ``patience`` seconds, make it."""
        running = [child for child in reversed(self.children) if child.process is not None]
        for child in running:
            child.send(signal.SIGTERM)
        end = time.monotonic() + patience
        for child in running:
            assert child.process is not None
            while child.process.poll() is None and time.monotonic() < end and not self._impatient:
                time.sleep(0.05)
            child.send(signal.SIGKILL)
            child.process.wait()


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _die_with_parent() -> None:
    # Should the supervisor be killed outright, Linux ends its children too; elsewhere they would be orphans.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
