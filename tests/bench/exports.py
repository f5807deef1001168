"""A million utterances out: rows a second in each format, the first byte, and how much the server grows."""

import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import psycopg
from django.utils import timezone

from multivocal.exports.models import Scope
from multivocal.exports.registry import datasets
from multivocal.exports.tokens import make_token
from tests.bench.figures import Figure
from tests.bench.rows import make_people, make_study
from tests.processes.servers import Place

SLUG = "bench"
TALKS = 250
TARGETS = {"jsonl": 50_000, "csv": 50_000, "parquet": 40_000}


def run(place: Place, quick: bool) -> list[Figure]:
    """Stream the dataset over REST, as a data team does, beside a bare COPY of the same statement to a file."""
    wanted = 40_000 if quick else 1_000_000
    study = make_study(SLUG, 2, f"{place.simulator_url}/v1")
    make_people(study, TALKS, stage="chat", judging=True)
    _multiply(place, wanted)
    rows = place.one("SELECT count(*) FROM conversations_candidate WHERE state = 'complete'")
    _, secret = make_token(
        study=study,
        name="bench",
        scopes=[Scope.READ],
        expires_at=timezone.now() + timedelta(days=1),
        user=None,
    )
    floor = rows / _copy(place, str(study.pk))
    place.start("web")
    pid = place.processes["web"].pid
    figures = []
    for extension in TARGETS:
        # What a format imports on its first use is no growth of an export.
        _fetch(place, secret, extension, place.folder / "warm", limit=200_000)
    for extension, target in TARGETS.items():
        before = _resident_mb(pid)
        _reset_peak(pid)
        path = place.folder / f"out.{extension}"
        seconds, first, size = _fetch(place, secret, extension, path)
        grown = _peak_mb(pid) - before
        path.unlink()
        note = f"{rows:,} rows, {size / 1e6:,.0f} MB in {seconds:.1f} s"
        figures += [
            Figure(f"export {extension}: rows per second", rows / seconds, "/s", target, "high", floor, note),
            Figure(f"  first byte ({extension})", first, "s", 0.5),
            Figure(f"  memory growth ({extension})", max(grown, 0.0), "MB", 64),
        ]
    place.stop("web")
    return figures


def _multiply(place: Place, wanted: int) -> None:
    """Make more turns of the conversations there are, with the server's own generate_series."""
    per_talk = wanted // (2 * TALKS)
    with psycopg.connect(place.database_url) as connection:
        for statement in (
            "CREATE TEMP TABLE made AS SELECT c.id AS conversation, t.presentation_id AS old, p.item_id AS old_item,"
            " n AS ordinal, gen_random_uuid() AS turn, gen_random_uuid() AS presentation, gen_random_uuid() AS item"
            " FROM conversations_conversation c JOIN conversations_turn t ON t.conversation_id = c.id"
            " JOIN protocols_presentation p ON p.id = t.presentation_id, generate_series(1, %(n)s) n",
            "INSERT INTO protocols_item (id, study_id, source, external_id, prompt, context, created_at)"
            " SELECT m.item, i.study_id, i.source, '', i.prompt, i.context, i.created_at"
            " FROM made m JOIN protocols_item i ON i.id = m.old_item",
            "INSERT INTO protocols_presentation"
            " (id, item_id, enrolment_id, protocol_id, stage, slots, pool, seed, created_at)"
            " SELECT m.presentation, m.item, p.enrolment_id, p.protocol_id, p.stage, p.slots, p.pool, p.seed,"
            " p.created_at FROM made m JOIN protocols_presentation p ON p.id = m.old",
            "INSERT INTO conversations_turn"
            " (id, conversation_id, ordinal, key, state, prompt, presentation_id, paradata, opened_at, answered_at)"
            " SELECT m.turn, m.conversation, m.ordinal, gen_random_uuid(), 'judging', 'And then, what happens?',"
            " m.presentation, '{}', now(), now() FROM made m",
            "CREATE TEMP TABLE answers AS SELECT m.turn, m.item, d.slot, d.model_id, d.probability, d.inclusion,"
            " gen_random_uuid() AS stimulus FROM made m JOIN conversations_turn t ON t.presentation_id = m.old"
            " JOIN conversations_candidate d ON d.turn_id = t.id",
            "INSERT INTO protocols_stimulus (id, item_id, model_id, text, completed_at)"
            " SELECT a.stimulus, a.item, a.model_id, repeat('Some words of an answer. ', 12), now() FROM answers a",
            "INSERT INTO conversations_candidate (stimulus_id, turn_id, slot, model_id, state, replacement, failure,"
            " probability, inclusion, created_at)"
            " SELECT a.stimulus, a.turn, a.slot, a.model_id, 'complete', 0, '', a.probability, a.inclusion, now()"
            " FROM answers a",
            "INSERT INTO protocols_judgement (id, presentation_id, enrolment_id, key, payload, chosen, tie_broken_by,"
            " paradata, given_at) SELECT gen_random_uuid(), p.id, p.enrolment_id, gen_random_uuid(),"
            """ '{"scores": {"A": 70, "B": 31}}', 'A', '', '{}', now() FROM made m"""
            " JOIN protocols_presentation p ON p.id = m.presentation",
        ):
            if "%(n)s" in statement:
                connection.execute(statement, {"n": per_talk})
            else:
                connection.execute(statement)
    with psycopg.connect(place.database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _copy(place: Place, study: str) -> float:
    """Return the seconds a bare COPY of the dataset's statement to a file takes."""
    values = {"study": study, "since": None, "annotator": None, "version": None}
    started = time.perf_counter()
    with psycopg.connect(place.database_url) as connection, (place.folder / "floor.csv").open("wb") as file:
        cursor = psycopg.ClientCursor(connection)
        sql = cursor.mogrify(datasets()["utterances"].sql, values)
        with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER)") as copy:
            for piece in copy:
                file.write(piece)
    (place.folder / "floor.csv").unlink()
    return time.perf_counter() - started


def _fetch(
    place: Place, secret: str, extension: str, path: Path, limit: int | None = None
) -> tuple[float, float, int]:
    """Return (seconds, seconds to the first byte, bytes) of one download."""
    request = urllib.request.Request(
        f"{place.url}/api/v1/studies/{SLUG}/datasets/utterances.{extension}",
        headers={"Authorization": f"Bearer {secret}"},
    )
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=600) as answer, path.open("wb") as file:
        piece = answer.read(1)
        first = time.perf_counter() - started
        size = 0
        while piece and (limit is None or size < limit):
            file.write(piece)
            size += len(piece)
            piece = answer.read(1 << 18)
    return time.perf_counter() - started, first, size


def _status_mb(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise KeyError(name)


def _resident_mb(pid: int) -> float:
    return _status_mb(pid, "VmRSS")


def _peak_mb(pid: int) -> float:
    return _status_mb(pid, "VmHWM")


def _reset_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")
