"""Tells the worker to look: after the commit, by key, and without fear. What there is to do stands in the database."""

import socket
from functools import cache, partial
from urllib.parse import urlsplit

import structlog
from celery import Celery
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

TASK = "exchange.tasks.work_on_extract_task"
PORT = 6379
PATIENCE = 0.5


def look_soon(extract_id: int) -> None:
    """Once this transaction is committed, a worker is told. Without a queue it takes a minute: the sweep looks too."""
    transaction.on_commit(partial(_tell, extract_id), robust=True)


def can_be_reached() -> bool:
    """Whether anything answers where the queue should be, within half a second.

    Asked first, because the client of the queue tries again for six seconds, and somebody waits for the page.
    """
    address = urlsplit(settings.CELERY_BROKER_URL)
    try:
        socket.create_connection((address.hostname or "", address.port or PORT), PATIENCE).close()
    except OSError:
        return False
    return True


def _tell(extract_id: int) -> None:
    try:
        if not can_be_reached():
            raise OperationalError
        _sender().send_task(TASK, args=[extract_id], retry=False)
    except OperationalError:
        log.warning("the queue cannot be reached; the sweep will find the list", extract=extract_id)


@cache
def _sender() -> Celery:
    sender = Celery("exchange", set_as_current=False)
    sender.config_from_object("django.conf:settings", namespace="CELERY")
    return sender
