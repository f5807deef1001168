"""Settings of the project: from the environment, with safe defaults for a laptop that production refuses."""

import os
import sys
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from multivocal.admin_look import UNFOLD  # noqa: F401 - django-unfold reads it here
from multivocal.registries import (  # noqa: F401 - part of the settings
    DATASETS,
    ERASERS,
    FEEDBACK_PROTOCOLS,
    ITEM_POOLS,
    RELEASE_PROFILES,
    REPORTS,
    SCREEN_HINTS,
    SPENDING_LIMITS,
    STAFF_PAGES,
    STAGE_KINDS,
)

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(os.environ.get("MULTIVOCAL_VAR", BASE_DIR / "var"))
TESTING = "pytest" in sys.modules

# "development" (the default) accepts defaults; "production" refuses to start on them.
ENVIRONMENT = os.environ.get("MULTIVOCAL_ENV", "development")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = os.environ.get("DEBUG", "") == "1"
INSECURE_KEY = "not-a-secret: development only"
SECRET_KEY = os.environ.get("SECRET_KEY", INSECURE_KEY)
ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "").split(",") if h] or (
    [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]
PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/")
LIST_STUDIES = os.environ.get("LIST_STUDIES", "0" if PRODUCTION else "1") == "1"

INSTALLED_APPS = [
    "multivocal",
    "multivocal.participants",
    "multivocal.llm",
    "multivocal.studies",
    "multivocal.studies.stored_reports",
    "multivocal.exports",
    "multivocal.live",
    "annotation.profiles",
    "annotation.protocols",
    "annotation.protocols.annotators",
    "annotation.conversations",
    "annotation.routing",
    "elicitation.interviews",
    "elicitation.moral_graph",
    "elicitation.moral_graph.report",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "multivocal.headers.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "multivocal.studies.pages.reading.ReaderLanguage",
    "multivocal.pace.Pacing",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "multivocal.refusals.Refusals",
]

ROOT_URLCONF = "multivocal.urls"
WSGI_APPLICATION = "multivocal.wsgi.application"
ASGI_APPLICATION = "multivocal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates", BASE_DIR / "annotation" / "protocols"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- database -----------------------------------------------------------------------------------------------
# With no DATABASE_URL the embedded PostgreSQL is used; multivocal.embedded starts it and sets the variable.
DATABASE_URL = os.environ.get("DATABASE_URL", "")
_database = conninfo_to_dict(DATABASE_URL) if DATABASE_URL else {}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.pop("dbname", "multivocal"),
        "USER": _database.pop("user", "postgres"),
        "PASSWORD": _database.pop("password", "") or "",
        "HOST": _database.pop("host", ""),
        "PORT": str(_database.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": dict(_database),
        "TEST": {"NAME": os.environ.get("MULTIVOCAL_TEST_DATABASE") or None},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people who sign in -------------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "multivocal.refusals.csrf_failure"
SECURE_SSL_REDIRECT = PRODUCTION and os.environ.get("SSL_REDIRECT", "1") == "1"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
# "no-referrer" would make browsers send "Origin: null" with every form, which the check against forgery refuses.
SECURE_REFERRER_POLICY = "same-origin"
# multivocal.headers sets X-Frame-Options itself, together with the other headers.
SILENCED_SYSTEM_CHECKS = ["security.W002"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- languages ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "frontend" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# WhiteNoise and the filesystem broker want their folders to be there.
for _folder in [] if PRODUCTION else [STATIC_ROOT, VAR_DIR / "queue", VAR_DIR / "queue-control"]:
    _folder.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [d for d in [BASE_DIR / "frontend" / "dist"] if d.is_dir()]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_MAX_AGE = 31_536_000 if PRODUCTION else 60
RELEASES_DIR = VAR_DIR / "releases"

# --- background work ----------------------------------------------------------------------------------------
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "filesystem://localhost/")
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "data_folder_in": str(VAR_DIR / "queue"),
        "data_folder_out": str(VAR_DIR / "queue"),
        "control_folder": str(VAR_DIR / "queue-control"),
        "store_processed": False,
    }
    if CELERY_BROKER_URL.startswith("filesystem:")
    else {}
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "places": {"task": "studies.release_places", "schedule": 300.0},
    "sessions": {"task": "studies.drop_sessions", "schedule": 24 * 3600.0},
    "calls": {"task": "llm.sweep_calls", "schedule": 60.0},
    "turns": {"task": "conversations.sweep", "schedule": 10.0},
    "interviews": {"task": "interviews.sweep", "schedule": 10.0},
    "releases": {"task": "exports.sweep_releases", "schedule": 60.0},
    "annotators": {"task": "annotators.sweep", "schedule": 60.0},
    "routing": {"task": "routing.sweep", "schedule": 10.0},
    "values": {"task": "moral_graph.sweep", "schedule": 30.0},
    "graphs": {"task": "moral_graph.snapshots", "schedule": 900.0},
}

CHANNEL_REDIS_URL = os.environ.get("CHANNEL_REDIS_URL", "")
CHANNEL_LAYERS = {
    "default": (
        {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [CHANNEL_REDIS_URL]}}
        if CHANNEL_REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}

# --- REST ---------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "multivocal.exports.tokens.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "multivocal.refusals.rest_exception",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Multivocal",
    "DESCRIPTION": "One row per judgement: who gave it, what they saw, how it was asked.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# --- language models ----------------------------------------------------------------------------------------
OPENAI_BASE_URL = os.environ.get("OPENAI_BASE_URL", "")
