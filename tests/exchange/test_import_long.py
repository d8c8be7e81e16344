"""A hundred thousand rows in flat memory."""

import io
import itertools
import resource
import tracemalloc
from collections.abc import Iterator
from typing import BinaryIO, cast

import pytest

from agencies.principal import Principal
from cases.models import Nominal
from cases.reference import load_offences
from exchange.entries import people
from exchange.nominals import bring_in
from exchange.problems import Problem
from exchange.reader import rows
from tests.exchange.files import CATEGORY_1, CATEGORY_2, COMMUNITY, LEVEL_1, TODAY, as_csv, more, row
from tests.factories.agencies import AreaFactory

ROWS = 100_000
QUARTER_OF_A_MEGABYTE = 256 * 1024


class Made(io.RawIOBase):
    """A file that is made as it is read, so that the test itself holds none of it."""

    def __init__(self, count: int) -> None:
        self._left = b""
        self._lines = self._made(count)

    @staticmethod
    def _made(count: int) -> Iterator[bytes]:
        yield as_csv([]).splitlines(keepends=True)[0]
        for serial in itertools.count(1):
            first = row(serial, CATEGORY_1, LEVEL_1, COMMUNITY)
            yield from as_csv([first, more(serial, CATEGORY_2)]).splitlines(keepends=True)[1:]
            if 2 * serial >= count:
                return

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while len(self._left) < len(buffer) and (line := next(self._lines, b"")):
            self._left += line
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def made(count: int) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(Made(count)))


def reading_peak(count: int) -> int:
    """The most memory, in bytes, that reading and joining so many rows holds at once."""
    problems: list[Problem] = []
    tracemalloc.start()
    try:
        read = sum(1 for _ in people(rows(made(count), problems.append), problems.append))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert problems == []
    assert read == count // 2
    return peak


def test_reading_holds_one_person_at_a_time() -> None:
    assert reading_peak(2_000) < reading_peak(400) + QUARTER_OF_A_MEGABYTE


@pytest.mark.long
@pytest.mark.django_db
def test_a_hundred_thousand_rows() -> None:
    area = AreaFactory.create()
    system = Principal.system("import_nominals", on=TODAY)
    load_offences(system, TODAY)

    def bring(count: int) -> int:
        problems: list[Problem] = []
        outcome = bring_in(
            made(count), by=system, area=area, today=TODAY, dry_run=False, report=problems.append, note=lambda _: None
        )
        assert problems == []
        assert outcome.people == count // 2
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    after_a_few = bring(10_000)
    after_all = bring(ROWS)

    assert Nominal.objects.count() == ROWS // 2
    assert after_all < after_a_few + 60, "megabytes resident, ten times the rows"
