"""The Celery application: tasks are found in the ``tasks`` module of each installed app."""

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")

if os.environ.get("MULTIVOCAL_ENV") != "production":
    # Root in a throw-away container is how most people try this; in production the warning stands.
    warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("multivocal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
