"""Work in the background: the Celery application, for `celery -A mappa.celery worker` and `beat`.

A message only says "look now"; what there is to do stands in the database, so the queue may be emptied at any moment.
"""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa.settings")

from celery import Celery
from celery.signals import beat_init, worker_init
from django.conf import settings

from mappa import devstack

app = Celery("mappa")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def hold_queue(**_: Any) -> None:
    """Without REDIS_URL the queue is the embedded one, which starts with the first who uses it."""
    if not settings.MAPPA_ENVIRONMENT.redis_url:
        devstack.valkey.hold()
