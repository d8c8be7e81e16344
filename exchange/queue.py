"""Tells the worker to look: after the commit, by key, and without fear. What there is to do stands in the database."""

from functools import cache, partial

import structlog
from celery import Celery
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

TASK = "exchange.tasks.work_on_extract_task"


def look_soon(extract_id: int) -> None:
    """Once this transaction is committed, a worker is told. Without a queue it takes a minute: the sweep looks too."""
    transaction.on_commit(partial(_tell, extract_id), robust=True)


def _tell(extract_id: int) -> None:
    try:
        _sender().send_task(TASK, args=[extract_id], retry=False)
    except OperationalError:
        log.warning("the queue cannot be reached; the sweep will find the list", extract=extract_id)


@cache
def _sender() -> Celery:
    sender = Celery("exchange", set_as_current=False)
    sender.config_from_object("django.conf:settings", namespace="CELERY")
    return sender
