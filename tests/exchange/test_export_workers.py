"""Exports in earnest: threads, several workers, a long list; everything commits."""

import tracemalloc
from threading import Barrier, Thread

import pytest
from django.db import connection

from exchange.exports.services import fetch_export
from exchange.exports.work import make_waiting
from exchange.models import ExportFile
from mappa import clock
from rules.core import Refused
from tests.factories.agencies import MembershipFactory

from .taking_out import asked, browser_of, fetched, lines_of, principal, stored


def test_two_who_fetch_at_once_get_one_file(own_database: object) -> None:
    member = MembershipFactory.create()
    stored(member, "Quartz")
    export = asked(browser_of(member))
    by, together, got = principal(member), Barrier(4), []

    def fetch() -> None:
        try:
            together.wait()
            got.append(fetch_export(by=by, export_id=export.pk).content)
        except Refused:
            got.append(b"")
        finally:
            connection.close()

    threads = [Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bool(each) for each in got) == [False, False, False, True]


def test_two_workers_make_one_file(own_database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.exports.work.AT_ONCE", 0)
    monkeypatch.setattr("exchange.exports.work.send", lambda _: None)
    member = MembershipFactory.create()
    stored(member, *(f"Quartz{number}" for number in range(30)))
    export = asked(browser_of(member))
    together = Barrier(3)

    def work() -> None:
        try:
            together.wait()
            make_waiting(export.pk, today=clock.today(), at=clock.now())
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    export.refresh_from_db()
    assert export.is_ready
    assert export.lines == 30
    assert ExportFile.objects.count() == 1


@pytest.mark.long
@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_ten_thousand_lines(own_database: object, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Every line, in each of the file formats."""
    monkeypatch.setattr("exchange.exports.work.send", lambda _: None)
    member = MembershipFactory.create()
    for start in range(0, 10_000, 1_000):
        stored(member, *(f"Quartz{number:05}" for number in range(start, start + 1_000)))
    browser = browser_of(member)
    export = asked(browser, kind=kind)
    make_waiting(export.pk, today=clock.today(), at=clock.now())
    export.refresh_from_db()
    assert export.is_ready
    assert export.lines == 10_000
    assert len(export.file.root_ids) == 10_000
    if kind == "csv":
        column = [line[0] for line in lines_of(fetched(browser, export)) if line]
        names = column[column.index("Name") + 1 :]
        assert names == [f"Quartz{number:05}, Ash" for number in range(10_000)]


@pytest.mark.long
def test_memory_stays_flat(own_database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list four times as long is made in the same memory, but for its keys and the file itself."""
    monkeypatch.setattr("exchange.exports.work.send", lambda _: None)
    member = MembershipFactory.create()
    browser = browser_of(member)

    def peak() -> int:
        export = asked(browser, kind="csv")
        if export.is_ready:
            raise AssertionError("made at once: the list is too short for this test")
        tracemalloc.start()
        make_waiting(export.pk, today=clock.today(), at=clock.now())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    stored(member, *(f"Quartz{number:05}" for number in range(1_000)))
    peak()
    short = peak()
    stored(member, *(f"Marl{number:05}" for number in range(3_000)))
    assert peak() < short + 3_000_000
