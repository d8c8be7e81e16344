"""Long lists: all outcomes in 5,000 rows, few queries a batch, flat memory; workers that are killed and followed."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from math import ceil
from threading import Barrier, Thread

import pytest
from celery import Celery
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.principal import Principal
from cases.models import Nominal
from exchange.models import Extract
from exchange.services import reading
from exchange.services.extracts import add_extract
from exchange.services.reading import compare_rows, read_extract
from exchange.services.rows import accept_rows
from exchange.words import ExtractState, ListKind, Outcome, RowState
from exchange.work import waiting, work_on
from mappa import clock, env
from rules.core import Refused
from tests.conftest import OwnDatabase
from tests.exchange.files import CATEGORY_1, COMMUNITY, LEVEL_1, TODAY, row
from tests.exchange.lists import Office, office, outcomes, states, table

SECONDS = 90
# A batch compared: the same whatever the number of rows in it.
QUERIES_A_BATCH = 45
MEGABYTES = 60


def listed(first: int, last: int, **cells: str) -> list[dict[str, str]]:
    return [
        row(n, CATEGORY_1, LEVEL_1, COMMUNITY, family_name=f"Feldspar-{n}", **cells) for n in range(first, last + 1)
    ]


def taken_in(desk: Office, content: bytes) -> Extract:
    return add_extract(
        by=desk.by, today=TODAY, area=desk.area, agency=desk.agency, kind=ListKind.PEOPLE, whole=True, content=content
    )


@pytest.mark.django_db
@pytest.mark.parametrize("part", [100, pytest.param(1_000, marks=pytest.mark.long)])
def test_a_long_list_with_every_outcome(part: int) -> None:
    """Five parts: new, changed, twice unchanged, not to be matched; and half a part of people no longer there.

    Few queries a batch, and no more memory for 5,000 rows than for 500: a batch and the file are what is held.
    """
    desk = office()
    desk.brought_before(listed(1, 9 * part // 2))
    moved = {"whereabouts": "custody", "whereabouts_start": "2026-02-02"}
    this_month = table(
        [
            *listed(1, 2 * part),
            *listed(2 * part + 1, 3 * part, **moved),
            *listed(3 * part + 1, 4 * part, ground_start="last spring"),
            *listed(5 * part + 1, 6 * part),
        ]
    )
    extract = taken_in(desk, this_month)
    tracemalloc.start()
    with CaptureQueriesContext(connection) as queries:
        steps = work_on(extract.pk, today=TODAY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    found = {"new": part, "changed": part, "unchanged": 2 * part, "unmatched": part, "absent": part // 2}
    assert outcomes(extract) == found
    assert steps == ceil(5 * part / reading.BATCH) + 2
    assert len(queries) < QUERIES_A_BATCH * steps
    assert peak < MEGABYTES * 1_000_000

    assert desk.accept(extract, Outcome.NEW) == part
    assert desk.accept(extract, Outcome.CHANGED, "whereabouts") == part

    assert states(extract) == {"open": 7 * part // 2, "written": 2 * part}
    assert Nominal.objects.count() == 11 * part // 2
    again = desk.bring(this_month)
    assert outcomes(again) == {"unchanged": 4 * part, "unmatched": part, "absent": part // 2}


@pytest.mark.django_db
def test_a_batch_costs_as_many_queries_for_one_row_as_for_two_hundred() -> None:
    desk = office()
    desk.brought_before(listed(1, 200))
    costs = []
    for last in (1, 200):
        extract = taken_in(desk, table(listed(1, last, whereabouts="custody", whereabouts_start="2026-02-02")))
        read_extract(by=desk.by, today=TODAY, extract_id=extract.pk)
        with CaptureQueriesContext(connection) as queries:
            compare_rows(by=desk.by, today=TODAY, extract_id=extract.pk)
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.django_db
def test_a_worker_that_dies_between_two_batches_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 3)
    desk = office()
    extract = taken_in(desk, table(listed(1, 10)))
    given = {"by": desk.by, "today": TODAY, "extract_id": extract.pk}
    read_extract(**given)
    compare_rows(**given)
    extract.refresh_from_db()
    assert (extract.state, extract.rows_compared) == (ExtractState.COMPARING, 3)
    with pytest.raises(Refused):
        read_extract(**given)
    assert waiting() == [extract.pk]

    work_on(extract.pk, today=TODAY)

    assert outcomes(extract) == {"new": 10}
    assert waiting() == []


def test_several_workers_and_two_people_have_one_effect(own_database: object) -> None:
    desk = office()
    extract = taken_in(desk, table(listed(1, 450)))
    colleague = desk.colleague()
    at_once(lambda: work_on(extract.pk, today=TODAY), 3)
    while waiting():
        work_on(extract.pk, today=TODAY)
    assert outcomes(extract) == {"new": 450}
    accepted: list[int] = []

    def accept(by: Principal) -> None:
        try:
            accepted.append(accept_rows(by=by, today=TODAY, extract_id=extract.pk, outcome=Outcome.NEW))
        except Refused:
            accepted.append(0)

    people = iter((desk.by, colleague))
    at_once(lambda: accept(next(people)), 2)
    assert sorted(accepted) == [0, 450]
    at_once(lambda: work_on(extract.pk, today=TODAY), 3)
    while waiting():
        work_on(extract.pk, today=TODAY)
    assert states(extract) == {"written": 450}
    assert Nominal.objects.count() == 450


def at_once(act: Callable[[], object], times: int) -> None:
    together = Barrier(times)

    def run() -> None:
        try:
            together.wait()
            act()
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- in earnest: a process of its own, a real queue -----------------------------------------------------------------


@pytest.fixture
def broker(own_database: OwnDatabase, queue: str) -> Iterator[Celery]:
    """A queue of its own within the real server."""
    elsewhere = f"{queue.rpartition('/')[0]}/{1 + os.getpid() % 14}"
    sender = Celery("tests", broker=elsewhere, set_as_current=False)
    sender.conf.task_ignore_result = True
    yield sender
    sender.control.purge()
    sender.close()


def worker(own_database: OwnDatabase, broker: Celery) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "--app=mappa.celery", "worker", "--concurrency=1", "--loglevel=WARNING"],
        cwd=env.BASE_DIR,
        env={
            **os.environ,
            **own_database.environment(),
            "REDIS_URL": str(broker.conf.broker_url),
            "MAPPA_PROCESS": "task",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def test_a_worker_killed_half_way_is_followed_by_the_next(own_database: OwnDatabase, broker: Celery) -> None:
    clock.pretend(TODAY)
    desk = office()
    extract = taken_in(desk, table(listed(1, 1_000)))
    first = worker(own_database, broker)
    broker.send_task("exchange.tasks.work_on_extract_task", args=[extract.pk])
    rows = extract.rows.exclude(outcome="")
    assert until(lambda: rows.exists() or first.poll() is not None)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    extract.refresh_from_db()
    assert extract.rows.count() == 1_000
    # Emptied with it: what there is to do stands in the database, and the sweep finds it.
    broker.control.purge()
    second = worker(own_database, broker)
    try:
        broker.send_task("exchange.tasks.sweep_extracts_task")
        assert until(lambda: Extract.objects.filter(pk=extract.pk, state=ExtractState.READY).exists())
        assert outcomes(extract) == {"new": 1_000}
        accept_rows(by=desk.by, today=TODAY, extract_id=extract.pk, outcome=Outcome.NEW)
        broker.send_task("exchange.tasks.work_on_extract_task", args=[extract.pk])
        assert until(lambda: not extract.rows.exclude(state=RowState.WRITTEN).exists())
        assert Nominal.objects.count() == 1_000
    finally:
        os.killpg(second.pid, signal.SIGKILL)
        second.wait()


def until(found: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found():
            return True
        time.sleep(0.1)
    return False
