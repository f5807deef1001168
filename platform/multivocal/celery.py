"""The Celery application: tasks are found in the ``tasks`` module of each installed app."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")

app = Celery("multivocal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
