"""What must be true before the servers start: database, models, shipped studies, an administrator."""

import contextlib
import json
import os
import secrets
import sys

import django
from django.core.management import CommandError, call_command
from django.db import connections

from multivocal import embedded

ADMINISTRATOR = "admin"


def prepare() -> dict[str, str | bool]:
    """Make everything ready and return what the supervisor has to know.

    ``database_url``, ``started_database`` (we started the embedded server and should stop it), ``password``
    (the administrator's, only when one was made just now; it is stored nowhere in the clear).
    """
    started = not os.environ.get("DATABASE_URL") and not embedded.is_running()
    url = embedded.ensure_database_url()
    try:
        return {"database_url": url, "started_database": started, "password": fill_database()}
    except BaseException:
        if started:
            connections.close_all()
            embedded.stop()
        raise


def fill_database() -> str:
    """Bring the database up to date and put in what is shipped; return a new administrator's password, if any."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("llm", "seed")
    call_command("study", "seed")
    return make_administrator()


def make_administrator() -> str:
    """Make the first administrator where there is none; return the password, or an empty string."""
    from django.contrib.auth.models import User

    if User.objects.filter(is_superuser=True).exists():
        return ""
    password = secrets.token_urlsafe(12)
    User.objects.create_superuser(ADMINISTRATOR, password=password)
    return password


def main() -> None:
    """Print the result as one line of JSON; everything the commands say goes to the error stream."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            found = prepare()
    except (embedded.EmbeddedDatabaseError, CommandError) as error:
        sys.exit(str(error))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
