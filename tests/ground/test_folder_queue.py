"""The broker of one machine, with real processes: many writers, readers beside them, nothing lost and nobody dies."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

WRITERS, MESSAGES = 6, 150

COMMON = """
import sys, warnings
from kombu import Connection, Exchange, Queue
from multivocal.celery import app  # as in every process of ours: the address means our transport
folder, number = sys.argv[1], sys.argv[2]
queue = Queue("bells", Exchange("bells", type="direct"), routing_key="bells")
options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder + "-tables"}
connection = Connection("filesystem://localhost/", transport_options=options)
"""
# A message of this size takes several pages to write: half of one is easily seen.
WRITE = f"""
producer = connection.Producer()
for n in range({MESSAGES}):
    producer.publish(
        {{"id": f"{{number}}-{{n}}", "ballast": "x" * 200_000}},
        exchange=queue.exchange, routing_key="bells", declare=[queue],
    )
"""
READ = """
from queue import Empty
import socket, time
heard, quiet_since = [], time.monotonic()
def hear(body, message):
    heard.append(body["id"]); message.ack()
with connection.Consumer(queue, callbacks=[hear], accept=["json"]):
    while time.monotonic() - quiet_since < 4:
        before = len(heard)
        try:
            connection.drain_events(timeout=0.2)
        except socket.timeout:
            pass
        if len(heard) > before:
            quiet_since = time.monotonic()
print("\\n".join(heard))
"""


def _start(code: str, folder: Path, number: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", COMMON + code, str(folder), str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_many_writers_and_two_readers_lose_nothing_and_nobody_dies(tmp_path: Path) -> None:
    folder = tmp_path / "queue"
    folder.mkdir()
    readers = [_start(READ, folder, n) for n in range(2)]
    writers = [_start(WRITE, folder, n) for n in range(WRITERS)]
    told = [process.communicate(timeout=120) for process in [*writers, *readers]]
    assert [p.returncode for p in [*writers, *readers]] == [0] * (WRITERS + 2), told
    heard = [line for out, _err in told[WRITERS:] for line in out.split()]
    assert sorted(heard) == sorted(f"{w}-{n}" for w in range(WRITERS) for n in range(MESSAGES))
    assert not [path.name for path in folder.iterdir()], "nothing is left behind"


def test_a_message_is_whole_from_the_moment_it_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "queue"
    folder.mkdir()
    writers = [_start(WRITE, folder, n) for n in range(2)]
    seen: set[str] = set()
    while any(writer.poll() is None for writer in writers):
        for path in folder.glob("*.bells.msg"):
            if path.name not in seen:
                with contextlib.suppress(FileNotFoundError):
                    json.loads(path.read_bytes())  # fails on half a message
                    seen.add(path.name)
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    assert len(list(folder.glob("*.bells.msg"))) == 2 * MESSAGES


def test_a_message_that_is_no_json_is_dropped_and_the_next_one_heard(tmp_path: Path) -> None:
    folder = tmp_path / "queue"
    folder.mkdir()
    (folder / "0_first.bells.msg").write_text('{"body": "cut o')
    writer = _start(WRITE.replace(f"range({MESSAGES})", "range(1)"), folder, 7)
    assert writer.communicate(timeout=60)[1] == ""
    reader = _start(READ, folder, 0)
    out, error = reader.communicate(timeout=60)
    assert (reader.returncode, out.split()) == (0, ["7-0"]), error
