"""The embedded database: started once whoever asks, and never stopped under others."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from multivocal.embedded import needs_database

pytestmark = pytest.mark.processes


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder of its own (pytest's are too deep for a socket); its server is stopped at the end."""
    with TemporaryDirectory(prefix="mv") as name:
        place = Path(name)
        place.chmod(0o755)
        yield place
        embedded(place, "stop")


def begin(folder: Path, what: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "MULTIVOCAL_VAR": str(folder)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "multivocal.embedded", what]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def embedded(folder: Path, what: str) -> tuple[int, str]:
    process = begin(folder, what)
    out, problems = process.communicate(timeout=90)
    return process.returncode, (out + problems).strip()


def test_many_may_start_it_at_once_and_nobody_stops_it_under_another(folder: Path) -> None:
    starters = [begin(folder, "start") for _ in range(4)]
    outputs = [process.communicate(timeout=90) for process in starters]
    assert [process.returncode for process in starters] == [0] * 4, outputs
    urls = {out.strip() for out, _ in outputs}
    assert len(urls) == 1
    (url,) = urls

    with psycopg.connect(url, autocommit=True) as connection:
        for setting, value in (
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("jit", "off"),
            ("timezone", "UTC"),
        ):
            assert connection.execute(f"SHOW {setting}").fetchone() == (value,)
        connection.execute("CREATE EXTENSION vector")
        code, said = embedded(folder, "stop")
        assert code != 0 and "not stopped" in said
        assert connection.execute("SELECT 1").fetchone() == (1,)

    assert embedded(folder, "stop")[0] == 0
    assert embedded(folder, "stop")[0] == 0, "stopping what does not run is fine"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_a_folder_too_deep_for_a_socket_works_too(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    code, url = embedded(deep, "start")
    assert code == 0, url
    psycopg.connect(url).close()
    assert embedded(deep, "stop")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ([], False),
        (["help"], False),
        (["study", "import", "--help"], False),
        (["protocols", "compare", "--ratings", "r.csv"], False),
        (["moral_graph", "build"], False),
        (["study", "import", "x.yaml"], True),
        (["migrate"], True),
    ],
)
def test_only_commands_that_use_the_database_start_it(arguments: list[str], answer: bool) -> None:
    assert needs_database(arguments) is answer
