"""Where the time of a submit goes: the same requests once more in this process, under the standard profiler."""

import cProfile
import io
import pstats
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.figures import OUT
from tests.bench.rows import Person

TOP = 26
SITE = Path(__file__).resolve().parents[2]


def profile(name: str, call: Callable[[int], object], times: int) -> str:
    """Call ``call(number)`` under the profiler; save the profile under var/bench and return its top lines."""
    profiler = cProfile.Profile(time.process_time)  # CPU, not waiting for the database
    started = time.process_time()
    profiler.enable()
    for number in range(times):
        call(number)
    profiler.disable()
    spent = 1000 * (time.process_time() - started) / times
    OUT.mkdir(parents=True, exist_ok=True)
    profiler.dump_stats(OUT / f"{name}.pstats")
    told = io.StringIO()
    stats = pstats.Stats(profiler, stream=told)
    ours = r"(multivocal|annotation|django/(db|template|middleware|core|http))"
    stats.sort_stats("cumulative").print_stats(ours, 45)
    stats.sort_stats("tottime").print_stats(25)
    lines = [line.replace(f"{SITE}/", "") for line in told.getvalue().splitlines() if line.strip()]
    head = f"{spent:.2f} ms of CPU per call, profiler included"
    (OUT / f"{name}.profile.txt").write_text("\n".join([head, *lines]) + "\n")
    return "\n".join([head, *lines[:TOP]])


def post_in_process(
    slug: str, people: list[Person], fields: Callable[[Person], dict[str, str]], csrf: str
) -> Callable:
    """Return a call that posts one person's form straight into the WSGI application."""
    from multivocal.studies.sessions import cookie_name
    from multivocal.wsgi import application

    def call(number: int) -> None:
        person = people[number]
        data = {"csrfmiddlewaretoken": csrf, "key": str(uuid.uuid4()), **fields(person)}
        body = urlencode(data).encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": f"/s/{slug}/here/",
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": f"{cookie_name(slug)}={person.token}; csrftoken={csrf}",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
        }
        said: list[str] = []
        response = application(environ, lambda status, headers, exc_info=None: said.append(status))
        b"".join(response)
        response.close()
        assert said[0].startswith("303"), said

    return call
