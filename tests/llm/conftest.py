"""The simulator as a real process on loopback, and models whose rows point at it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest

from multivocal.llm.models import LanguageModel
from multivocal.llm.threads import close_pool


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(**environment: str) -> tuple[subprocess.Popen[bytes], str]:
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "multivocal.llm.simulator", "--port", str(port)],
        env={**os.environ, "SIM_TOKENS_PER_SECOND": "0", "FAULTS": "", "SIM_SEED": "7", **environment},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1):
                return process, address
        except OSError:
            time.sleep(0.05)
    process.kill()
    process.wait()
    raise RuntimeError("the simulator did not start")


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    """The address of a simulator that answers at once."""
    process, address = _start()
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def slow_simulator() -> Iterator[str]:
    """The address of a simulator that speaks slowly: ten words a second."""
    process, address = _start(SIM_TOKENS_PER_SECOND="10")
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def locked_simulator() -> Iterator[str]:
    """The address of a simulator that wants the key ``open-sesame-4711``."""
    process, address = _start(SIM_API_KEY="open-sesame-4711")
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture
def rows(transactional_db: None) -> Iterator[None]:
    """Rows that other threads see too; the threads' connections are closed at the end."""
    yield
    close_pool()


MakeModel = Callable[..., LanguageModel]


@pytest.fixture
def make_model(rows: None, simulator: str) -> MakeModel:
    """A function that makes a model's row at the simulator; ``faults="429"`` makes every call of it fail so."""

    def make(
        name: str = "warm", faults: str = "", address: str = simulator, **fields: object
    ) -> LanguageModel:
        path = f"/faults/{faults}/v1" if faults else "/v1"
        values = {
            "model_id": "sim-warm", "base_url": address + path, "price_in": 1, "price_out": 3,
            "timeout_s": 5.0, "simulated": True, "parameters": {"max_tokens": 256},
        }  # fmt: skip
        return LanguageModel.objects.create(name=name, **{**values, **fields})

    return make


@pytest.fixture
def account() -> UUID:
    """The id of an account without limits."""
    return uuid4()
