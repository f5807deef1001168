"""The Celery application: tasks are found in the ``tasks`` module of each installed app."""

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")

if os.environ.get("MULTIVOCAL_ENV") != "production":
    # Root in a throw-away container is how most people try this; in production the warning stands.
    warnings.filterwarnings("ignore", category=SecurityWarning)

# "filesystem://" is ours everywhere: kombu's own lets a reader see half a message.
TRANSPORT_ALIASES["filesystem"] = "multivocal.folder_queue:Transport"

app = Celery("multivocal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
