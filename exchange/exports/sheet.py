"""A table on its way into a file: what stands above it, its headings, and its rows as they come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Protocol

from letters.marking import Marking
from pages.cells import Value
from pages.dates import british_date, british_moment

# What the formats take as a name of a sheet: 31 characters, none of these, no apostrophe at an end.
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_LONGEST_NAME = 31
# The first day that spreadsheet programs agree on: earlier days are written as text.
FIRST_DAY = date(1900, 3, 1)


@dataclass(frozen=True)
class Sheet:
    """One list: its title, the day that it stands for, the filters in words, the headings, and the marking that every
    page of it carries."""

    title: str
    of: date
    chosen: str
    heads: Sequence[str]
    marking: Marking

    @property
    def name(self) -> str:
        """The title as the name of a sheet."""
        text = " ".join(self.title.translate(_NOT_IN_NAMES).split()).strip("'")
        return text[:_LONGEST_NAME].strip("' ") or "List"

    @property
    def above(self) -> list[str]:
        """The lines above the headings, one cell each: title, marking, day, filters."""
        day = f"Stands for {british_date(self.of)}, the day on which it was asked for"
        return [self.title, *self.marking.lines, day, f"Filters: {self.chosen or 'none'}"]


class Writer(Protocol):
    """Writes a whole file. ``rows`` are consumed once, as they come."""

    def __call__(self, sheet: Sheet, rows: Iterable[Sequence[Value]], out: BinaryIO) -> None: ...


def is_real_day(value: Value) -> bool:
    """A day or moment that every spreadsheet program reads as one."""
    return isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) >= FIRST_DAY


def in_words(value: Value) -> str:
    """The value as text, for where it cannot be written as what it is."""
    if isinstance(value, datetime):
        return british_moment(value)
    if isinstance(value, date):
        return british_date(value)
    return "" if value is None else str(value)
