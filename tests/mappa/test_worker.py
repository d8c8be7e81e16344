"""A real worker, a real queue, a real database: the task of the schedule is carried out by a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings

from cases.models import Obligation
from mappa import clock, env
from mappa.celery import app
from rules.vocabulary import Level
from tests.conftest import OwnDatabase
from tests.factories.agencies import AreaFactory
from tests.factories.cases import TODAY, at_level, meeting, nominal

SECONDS = 60


@pytest.fixture
def broker(own_database: OwnDatabase, queue: str) -> Iterator[Celery]:
    """The application of the schedule, on a queue of its own within the real server."""
    elsewhere = f"{queue.rpartition('/')[0]}/{1 + os.getpid() % 14}"
    sender = Celery("tests", broker=elsewhere, set_as_current=False)
    sender.conf.task_ignore_result = True
    yield sender
    sender.control.purge()
    sender.close()


def worker(own_database: OwnDatabase, broker: Celery, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "--app=mappa.celery", "worker", "--concurrency=1", "--loglevel=INFO"],
            cwd=env.BASE_DIR,
            env={
                **os.environ,
                **own_database.environment(),
                "REDIS_URL": str(broker.conf.broker_url),
                "MAPPA_PROCESS": "task",
            },
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def test_the_worker_brings_the_ledger_in_line(own_database: OwnDatabase, broker: Celery, tmp_path: Path) -> None:
    clock.pretend(TODAY)
    somebody = nominal(
        AreaFactory.create(), levels=(at_level(Level.TWO),), meetings=(meeting(TODAY - timedelta(days=60)),)
    )
    Obligation.objects.all().delete()
    log = tmp_path / "worker.log"
    process = worker(own_database, broker, log)
    try:
        broker.send_task("cases.tasks.reconcile_obligations_task")
        deadline = time.monotonic() + SECONDS
        rows = Obligation.objects.filter(nominal=somebody)
        while not rows.exists() and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.2)
        assert [row.due_on for row in rows.all()] == [TODAY + timedelta(days=52)], log.read_text(encoding="utf-8")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_every_task_of_the_schedule_exists_and_ticks_often() -> None:
    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks
        assert float(str(entry["schedule"])) <= 600
