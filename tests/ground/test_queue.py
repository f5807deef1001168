"""Tasks queued by a process that serves pages go to the broker of the settings."""

import os
import subprocess
import sys

from django.conf import settings

ASK = """
import django; django.setup()
from annotation.conversations.tasks import answer_waiting_turn
print(answer_waiting_turn.app.conf.broker_url)
"""


def test_a_process_that_only_set_django_up_queues_where_the_worker_looks() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "multivocal.settings"}
    told = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == settings.CELERY_BROKER_URL
