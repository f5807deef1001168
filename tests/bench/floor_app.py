"""The bare floor of a submit: the same server stack, Django without middleware, one insert."""

import os

from multivocal.pages import Pages


def _wsgi():  # type: ignore[no-untyped-def]
    import django
    from django.conf import settings
    from psycopg.conninfo import conninfo_to_dict

    found = conninfo_to_dict(os.environ["DATABASE_URL"])
    settings.configure(
        SECRET_KEY="floor",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": found.pop("dbname"),
                "USER": found.pop("user", ""),
                "HOST": found.pop("host", ""),
                "PORT": str(found.pop("port", "")),
                "CONN_MAX_AGE": None,
                "OPTIONS": dict(found),
            }
        },
    )
    django.setup()
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


application = None
pages: Pages
_wsgi_application = _wsgi()

from django.db import connection  # noqa: E402 - after the settings
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def submit(request: HttpRequest) -> HttpResponse:
    """Insert one row from the posted form."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_floor (key, body) VALUES (%s, %s)", [request.POST["key"], request.POST["body"]]
        )
    return HttpResponse(b"saved")


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process is there."""
    return HttpResponse(b"ok")


urlpatterns = [path("submit", submit), path("healthz", healthz)]
pages = Pages(_wsgi_application, threads=6)


async def application(scope, receive, send):  # type: ignore[no-untyped-def]  # noqa: F811
    """Serve pages alone; there is nothing to start and nothing to end."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await pages(scope, receive, send)
