"""System checks: what an operator forgot, with an id, a sentence and a way to put it right."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

REGISTRIES = ("STAGE_KINDS", "FEEDBACK_PROTOCOLS", "DATASETS", "RELEASE_PROFILES")


def refuse_production_defaults() -> None:
    """Raise ImproperlyConfigured, with every reason, where production would start on a laptop's defaults."""
    if found := production_problems():
        reasons = "\n".join(f"  {problem.id}: {problem.msg} {problem.hint}" for problem in found)
        raise ImproperlyConfigured(f"MULTIVOCAL_ENV=production does not start like this:\n{reasons}")


def production_problems() -> list[CheckMessage]:
    """Return what stands between these settings and production; nothing outside production."""
    if not settings.PRODUCTION:
        return []
    found: list[CheckMessage] = []

    def wrong(condition: bool, number: int, message: str, hint: str) -> None:
        if condition:
            found.append(Error(message, hint=hint, id=f"multivocal.E{number:03}"))

    wrong(
        settings.SECRET_KEY == settings.INSECURE_KEY or len(settings.SECRET_KEY) < 50,
        1,
        "SECRET_KEY is missing or short.",
        'Make one, and keep it secret: python -c "import secrets; print(secrets.token_urlsafe(60))"',
    )
    wrong(
        not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
        2,
        "ALLOWED_HOSTS names no host, or all of them.",
        "Set it to the host names people use, with commas between them: ALLOWED_HOSTS=studies.example.org",
    )
    wrong(
        not settings.DATABASE_URL,
        3,
        "DATABASE_URL is missing; the embedded database is for trying things out.",
        "Set it to a PostgreSQL 15 or newer: DATABASE_URL=postgresql://user:password@host/name",
    )
    wrong(
        settings.CELERY_BROKER_URL.startswith(("filesystem:", "memory:")),
        4,
        "CELERY_BROKER_URL is missing; tasks in files reach workers on one machine only.",
        "Set it to Redis or RabbitMQ: CELERY_BROKER_URL=redis://host/0",
    )
    wrong(
        settings.DEBUG,
        5,
        "DEBUG is on.",
        "Remove DEBUG from the environment: it shows settings to strangers.",
    )
    address = urlsplit(settings.PUBLIC_URL)
    wrong(
        address.scheme != "https" or not address.hostname,
        6,
        "PUBLIC_URL is missing or not https.",
        "Set it to the address people open, as links carry it: PUBLIC_URL=https://studies.example.org",
    )
    return found


@register("multivocal")
def check_environment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The word in MULTIVOCAL_ENV is one we know, and production brings what it must."""
    found = production_problems()
    if settings.ENVIRONMENT not in ("development", "production"):
        message = f"MULTIVOCAL_ENV={settings.ENVIRONMENT} is not known; it counts as development."
        found.append(Error(message, hint="Set it to development or production.", id="multivocal.E007"))
    return found


@register("multivocal")
def check_frontend(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The front end has been built."""
    if (settings.BASE_DIR / "frontend" / "dist" / "manifest.json").is_file():
        return []
    kind, number = (Error, "E008") if settings.PRODUCTION else (Warning, "W001")
    return [
        kind(
            "The front end is not built; pages have no styles.",
            hint="make frontend",
            id=f"multivocal.{number}",
        )
    ]


# Only with --deploy: importing everything would cost each command a second and 100 MB.
@register("multivocal", deploy=True)
def check_registries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every dotted path of a registry leads to something."""
    found: list[CheckMessage] = []
    for registry in REGISTRIES:
        for key, path in getattr(settings, registry, {}).items():
            try:
                import_string(path)
            except ImportError as error:
                message = f"{registry}[{key!r}] = {path!r} cannot be imported: {error}."
                hint = "Correct the path in settings.py, or take the line out."
                found.append(Error(message, hint=hint, id="multivocal.E009"))
    return found
