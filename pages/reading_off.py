"""The lines of a list read off the table that its own template draws of them, batch by batch."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet
from django.template.loader import render_to_string

from agencies.principal import Principal
from audit.context import Reading, collecting

from .base import nominal_of
from .cells import Drawn, Value, tables_of
from .drawn_list import DrawnList
from .listing import ListPage
from .lists import Column, Found

# Rows fetched, drawn and handed on at once: memory stays the same however long the list is.
BATCH = 250


@dataclass(frozen=True)
class Line:
    """One row of the table: the keys of the records it is about, its values, and the names of their columns as the
    cells say them."""

    keys: tuple[int, ...]
    values: tuple[Value, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """Lines that were drawn together, and the nominals that they show: those of the rows, and those the page names."""

    lines: Sequence[Line]
    root_ids: frozenset[int]


class Content(ABC):
    """What a list holds, for one principal, now: how many lines, chosen by what, under which headings."""

    @property
    @abstractmethod
    def total(self) -> int:
        """How many lines there are."""

    @property
    @abstractmethod
    def noun(self) -> str:
        """What is counted, in the number of the total."""

    @property
    @abstractmethod
    def chosen(self) -> str:
        """What the address chooses, in words."""

    @property
    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """The headings of the page."""

    @abstractmethod
    def holds(self, keys: Sequence[int]) -> bool:
        """Every record with one of the keys is, at this moment, on the list."""

    @abstractmethod
    def batches(self) -> Iterator[Batch]:
        """All lines in order, batch by batch."""


class RowsOf(Content):
    """The rows of a model, each looked up again under the access of the moment."""

    def __init__(self, view: ListPage[Any], name: str, principal: Principal) -> None:
        self._view, self._name, self._principal = view, name, principal
        self._context: dict[str, Any] | None = None

    @cached_property
    def _all(self) -> tuple[QuerySet[Any], Found[Any]]:
        return self._view.everything()

    @property
    def total(self) -> int:
        return self._all[1].total

    @property
    def noun(self) -> str:
        return self._all[1].noun

    @property
    def chosen(self) -> str:
        return "; ".join(f"{chip.label}: {chip.value}" for chip in self._all[1].chips)

    @property
    def columns(self) -> Sequence[Column]:
        return self._view.listing.columns

    def holds(self, keys: Sequence[int]) -> bool:
        return self._view.visible_rows().filter(pk__in=keys).count() == len(keys)

    def batches(self) -> Iterator[Batch]:
        """A batch costs as many queries as a page of the list. A row that has gone meanwhile is left out."""
        found = self._all[0]
        keys: list[Any] = list(found.values_list("pk", flat=True))
        for start in range(0, len(keys), BATCH):
            wanted = keys[start : start + BATCH]
            by_key = {row.pk: row for row in found.order_by().filter(pk__in=wanted)}
            rows = [by_key[key] for key in wanted if key in by_key]
            if rows:
                yield self._drawn(rows)

    def _drawn(self, rows: Sequence[Model]) -> Batch:
        with collecting(Reading(request_id="", principal=self._principal)) as said:
            page = self._page(rows)
        return read_off(page, rows, self.columns, self._name, said)

    def _page(self, rows: Sequence[Model]) -> str:
        """The list's own template with these rows in place of a page of them, without the frame round it."""
        found: Found[Any] = replace(self._all[1], rows=rows, pages=1, links=())
        drawn = {"found": found, "rows": self._view.decorate(rows), "listing": self._view.listing}
        if self._context is None:
            self._context = self._view.get_context_data(**drawn)
        context = {**self._context, **drawn, "offers": [], "ways_out": None, "frame_layout": "layouts/bare.html"}
        return render_to_string(self._view.template_name, context, request=self._view.request)


class LinesOf(Content):
    """Lines that are no rows of one model, worked out once, under the access of the moment."""

    def __init__(self, view: DrawnList[Any], name: str, principal: Principal) -> None:
        self._view, self._name, self._principal = view, name, principal

    @cached_property
    def _lines(self) -> Sequence[Any]:
        return self._view.lines()

    @property
    def total(self) -> int:
        return len(self._lines)

    @property
    def noun(self) -> str:
        return self._view.noun[0] if self.total == 1 else self._view.noun[1]

    @property
    def chosen(self) -> str:
        return self._view.chosen()

    @property
    def columns(self) -> Sequence[Column]:
        return self._view.columns

    def holds(self, keys: Sequence[int]) -> bool:
        return set(keys) <= {record.pk for line in self._lines for record in self._view.records_of(line)}

    def batches(self) -> Iterator[Batch]:
        for start in range(0, self.total, BATCH):
            lines = self._lines[start : start + BATCH]
            with collecting(Reading(request_id="", principal=self._principal)) as said:
                self._view.tell(lines)
                page = render_to_string(self._view.table_template, self._view.drawn(lines), request=self._view.request)
            yield self._read_off(page, lines, said)

    def _read_off(self, page: str, lines: Sequence[Any], said: Reading) -> Batch:
        drawn = [cells for table in tables_of(page) for cells in table]
        labels = [column.label for column in self.columns if column.drawn]
        if len(drawn) != len(lines) or any([cell.label for cell in cells] != labels for cells in drawn):
            raise ValueError(f"The page {self._name} does not draw a line for each of its lines under its headings.")
        records = [self._view.records_of(line) for line in lines]
        found = [
            _line(tuple(record.pk for record in about), about[0], cells, self.columns)
            for about, cells in zip(records, drawn, strict=True)
        ]
        return Batch(found, _shown((record for about in records for record in about), said))


def read_off(page: str, rows: Sequence[Model], columns: Sequence[Column], name: str, said: Reading) -> Batch:
    """The lines of the table that the page draws of these rows."""
    # Beside the list may stand tables of numbers, with as many lines: its own has the cells of its headings.
    tables = [table for table in reversed(tables_of(page)) if len(table) == len(rows)]
    width = sum(column.drawn for column in columns)
    fitting = (table for table in tables if all(len(cells) == width for cells in table))
    body = next(fitting, tables[0] if tables else None)
    if body is None:
        raise ValueError(f"The page {name} draws its rows in no table of one line a row.")
    lines = []
    for row, cells in zip(rows, body, strict=True):
        if len(cells) != width:
            raise ValueError(f"The page {name} draws {len(cells)} cells a row under {width} headings.")
        lines.append(_line((row.pk,), row, cells, columns))
    return Batch(lines, _shown(rows, said))


def _line(keys: tuple[int, ...], about: Model, cells: Sequence[Drawn], columns: Sequence[Column]) -> Line:
    # What is not drawn is the number of the record: that of the nominal, whichever row of theirs the line is.
    drawn = iter(cells)
    kept: list[Drawn] = []
    for column in columns:
        cell = next(drawn) if column.drawn else Drawn(column.label, nominal_of(about))
        if column.exported and column.beside:
            kept += [Drawn(cell.label, cell.moment or cell.value), Drawn(column.beside, cell.rest or None)]
        elif column.exported:
            kept.append(cell)
    return Line(keys, tuple(cell.value for cell in kept), tuple(cell.label for cell in kept))


def _shown(rows: Iterable[Model], said: Reading) -> frozenset[int]:
    """The nominals of the rows, and those that the page told of while it was drawn."""
    return frozenset({found for row in rows if (found := nominal_of(row)) is not None} | said.root_ids)
