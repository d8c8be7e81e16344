"""From rows to people: cells read by their columns, adjacent rows of one person put together.

Memory holds one person at a time. Which person keys and identifiers have been seen is kept in a private temporary file,
as digests under a key that is thrown away: so it takes no memory, and it says nothing to whoever finds it.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import groupby
from secrets import token_bytes
from typing import Any

from rules.core import mid_sentence
from rules.identity import check_identifier
from rules.vocabulary import IdentifierKind

from .columns import IDENTIFIERS, OF_LISTS, Block, Needed, block
from .problems import CellError, Kind, Problem, Report
from .reader import Row

_JOINED_BY = ("person", *IDENTIFIERS)
_NUMBERS = ", ".join(kind.label for kind in IDENTIFIERS.values())


@dataclass(frozen=True, slots=True)
class Entry:
    """One block of one row, read. ``good`` is false when a cell of it could not be read or is missing."""

    line: int
    values: dict[str, Any]
    good: bool = True

    def get(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(slots=True)
class Person:
    """All that the file says of one person. ``lines`` tells where each value of the person's own block was read."""

    line: int
    rows: Sequence[Row] = ()
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    blocks: dict[Block, list[Entry]] = field(default_factory=dict)
    good: bool = True

    def entries(self, name: Block) -> list[Entry]:
        return self.blocks.get(name, [])

    def whole(self, *names: Block) -> bool:
        """Every entry of these blocks could be read, so that conclusions may be drawn from what is not there."""
        return all(entry.good for name in names for entry in self.entries(name))

    @property
    def identifiers(self) -> list[tuple[str, IdentifierKind, str]]:
        """Column, kind and text of each identifier, the one that recognises first."""
        return [(name, kind, self.values[name]) for name, kind in IDENTIFIERS.items() if name in self.values]


class Seen:
    """Which texts have been seen, and on which line first. For any number of them, in flat memory."""

    def __init__(self) -> None:
        self._key = token_bytes(32)
        # An empty name is SQLite's private temporary file: nobody else can open it, and it goes with the connection.
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA cache_size = -2000")
        self._file.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID")

    def first(self, text: str, line: int) -> int:
        """The line on which the text was seen first: this one, when it is new."""
        digest = blake2b(text.encode(), key=self._key, digest_size=16).digest()
        self._file.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (digest, line))
        found = self._file.execute("SELECT line FROM seen WHERE digest = ?", (digest,)).fetchone()
        return int(found[0])

    def close(self) -> None:
        self._file.close()


def people(rows: Iterable[Row], report: Report) -> Iterator[Person]:
    """The people of the file, in its order. Raises nothing: what is wrong is reported, and the person marked."""
    seen = Seen()
    try:
        for key, group in groupby(rows, key=_key):
            together = list(group)
            if key is None:
                for row in together:
                    _nobody(row, report)
                continue
            earlier = seen.first(f"key {key}", together[0].line)
            if earlier != together[0].line:
                reason = f"rows of the same person begin on line {earlier}, with rows of another between"
                right = f"Move the rows next to line {earlier}"
                report(Problem(together[0].line, key.split()[0], Kind.NOT_ADJACENT, reason, right))
                for row in together:
                    _read(row, report)
                continue
            person = _person(together, report)
            if not _identified(person, seen, report):
                person.good = False
            yield person
    finally:
        seen.close()


def each_alone(rows: Iterable[Row], report: Report) -> Iterator[Person]:
    """Each row as a person of its own: in a list of actions the same person may stand anywhere, and often."""
    for row in rows:
        if _key(row) is None:
            _nobody(row, report)
            continue
        person = _person([row], report)
        if not person.identifiers:
            _nameless(person, report)
        yield person


def normalised(kind: IdentifierKind, text: str) -> str:
    """The canonical form by which an identifier is found."""
    return check_identifier(kind, text).normalised


def _key(row: Row) -> str | None:
    for name in _JOINED_BY:
        if text := row.cells.get(name):
            return f"{name} {normalised(IDENTIFIERS[name], text) if name in IDENTIFIERS else text}"
    return None


def _person(rows: list[Row], report: Report) -> Person:
    person = Person(rows[0].line, rows)
    unread: set[str] = set()
    for row in rows:
        values, bad = _read(row, report)
        unread |= bad
        for column in block(Block.PERSON):
            if column.name in values:
                _put(person, row.line, column.name, values[column.name], report)
        for name in Block:
            if name is not Block.PERSON:
                _add(person, name, row, values, bad, report)
    person.good = person.good and not unread
    for column in block(Block.PERSON):
        if column.needed is Needed.PERSON and column.name not in person.values and column.name not in unread:
            right = "Write unknown when it is not known" if column.name == "date_of_birth" else "Fill it in"
            reason = f"{mid_sentence(column.meaning)} is missing"
            report(Problem(person.line, column.name, Kind.MISSING, reason, right, column.rule))
            person.good = False
    return person


def _read(row: Row, report: Report) -> tuple[dict[str, Any], set[str]]:
    """The values of the row, and the columns that could not be read."""
    values: dict[str, Any] = {}
    bad: set[str] = set()
    for name, text in row.cells.items():
        try:
            values[name] = OF_LISTS[name].format.read(text)
        except CellError as error:
            report(error.at(row.line, name))
            bad.add(name)
    return values, bad


def _put(person: Person, line: int, name: str, value: object, report: Report) -> None:
    if name not in person.values:
        person.values[name] = value
        person.lines[name] = line
    elif person.values[name] != value:
        earlier = person.lines[name]
        reason = f"this says otherwise than line {earlier} about the same person"
        report(Problem(line, name, Kind.CONTRADICTS, reason, "Make the two agree, or leave the later one empty"))
        person.good = False


def _add(person: Person, name: Block, row: Row, values: dict[str, Any], bad: set[str], report: Report) -> None:
    columns = block(name)
    own = {column.name: values[column.name] for column in columns if column.name in values}
    unread = any(column.name in bad for column in columns)
    # "No" beside an otherwise empty ground says nothing.
    if not unread and not any(value is not False for value in own.values()):
        return
    good = not unread
    for column in columns:
        if column.needed is Needed.BLOCK and column.name not in own and column.name not in bad:
            first = next(other for other in columns if other.name in own or other.name in bad)
            reason = f"{first.name} is filled in, and {column.name} is missing"
            right = f"Give {column.name}, or leave the columns of this block empty"
            report(Problem(row.line, column.name, Kind.ALONE, reason, right, column.rule))
            good = False
    person.blocks.setdefault(name, []).append(Entry(row.line, own, good))
    person.good = person.good and good


def _identified(person: Person, seen: Seen, report: Report) -> bool:
    """At least one identifier, and none that another person of the file has."""
    if not person.identifiers:
        _nameless(person, report)
        return False
    good = True
    for name, kind, text in person.identifiers:
        earlier = seen.first(f"{kind} {normalised(kind, text)}", person.line)
        if earlier != person.line:
            reason = f"the person on line {earlier} has the same identifier"
            right = "Correct one of them; if they are one person, put their rows together under one key"
            report(Problem(person.lines[name], name, Kind.SHARED_IDENTIFIER, reason, right, "R4"))
            good = False
    return good


def _nobody(row: Row, report: Report) -> None:
    reason = "nothing in this row says which person it belongs to"
    right = f"Give one of the person's numbers: {_NUMBERS}; or, in a column “person”, the key of a row that has one"
    report(Problem(row.line, "", Kind.NO_KEY, reason, right))


def _nameless(person: Person, report: Report) -> None:
    person.good = False
    reason = "the person has no identifier, so that a second import of the file could not recognise them"
    report(Problem(person.line, "", Kind.NO_IDENTIFIER, reason, f"Give one of: {_NUMBERS}", "R1"))
