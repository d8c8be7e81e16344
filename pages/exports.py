"""A list as a table of plain values: every row of its filter, in its order, with the cells its page draws.

What becomes of the table is the business of a layer above, whose door the list's page draws (``pages.doors``). A list
needs no line of its own to be exported: it is read off its own template.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from agencies.access import can, visible
from agencies.principal import Principal
from agencies.roles import Perm
from audit.context import Reading, collecting

from .base import Forbidden, Restricted, nominal_of
from .cells import Value, tables_of
from .listing import ListPage, SearchPage
from .lists import Column, Found

# Rows fetched, drawn and handed on at once: memory stays the same however long the list is.
BATCH = 250
# What is raised when a list, or what it is about, is not open to somebody.
NOT_OPEN = (Http404, Forbidden, Restricted)


@dataclass(frozen=True)
class Line:
    """One row of the table: its key, its values, and the names of their columns as the cells say them."""

    key: int
    values: tuple[Value, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """Lines that were drawn together, and the nominals that they show: those of the rows, and those the page names."""

    lines: Sequence[Line]
    root_ids: frozenset[int]


class ExportedList:
    """The list at an address, for one principal, now.

    Raises ``Http404`` for an address at which no list stands, or none that this person may know of, and ``Forbidden``
    when their role lacks the permission of the list.
    """

    # A list is found again by its address alone.
    found_ids: Sequence[int] | None = None

    def __init__(self, address: str, principal: Principal, *, user: Any = None) -> None:
        parts = urlsplit(address)
        try:
            match = resolve(parts.path)
        except Resolver404:
            raise Http404 from None
        view_class = getattr(match.func, "view_class", None)
        if view_class is None or not issubclass(view_class, ListPage) or view_class.not_exported:
            raise Http404
        self.name = match.view_name
        self.path = parts.path
        self.keys: dict[str, Any] = dict(match.kwargs)
        self._principal = principal
        self._view: ListPage[Any] = view_class()
        self._request = _request(parts.path, parts.query, principal, user)
        self._view.setup(self._request, **match.kwargs)
        if not (decision := can(principal, self.permission)):
            raise Forbidden(decision)
        self._view.load()
        self._context: dict[str, Any] | None = None

    @cached_property
    def _all(self) -> tuple[QuerySet[Any], Found[Any]]:
        return self._view.everything()

    @property
    def _rows(self) -> QuerySet[Any]:
        return self._all[0]

    @property
    def _found(self) -> Found[Any]:
        return self._all[1]

    @property
    def permission(self) -> Perm:
        return cast("Perm", self._view.permission)

    @property
    def title(self) -> str:
        return self._view.get_title()

    @property
    def counted(self) -> str:
        """How many rows, in words: ``1,234 people``."""
        return f"{self.total:,} {self._found.noun}"

    @property
    def total(self) -> int:
        return self._found.total

    @property
    def query(self) -> str:
        """Filters and order as the address says them; what is no filter of this list is left out."""
        return self._view.listing.said(self._request.GET)

    @property
    def address(self) -> str:
        """Where the list is shown, with its filters and order."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def chosen(self) -> str:
        """The filters in force, in words."""
        return "; ".join(f"{chip.label}: {chip.value}" for chip in self._found.chips)

    @property
    def columns(self) -> list[Column]:
        return [column for column in self._view.listing.columns if column.exported]

    def holds(self, keys: Sequence[int]) -> bool:
        """Every row with one of the keys is, at this moment, among the rows that the person may see on this page."""
        return self._view.visible_rows().filter(pk__in=keys).count() == len(keys)

    def batches(self) -> Iterator[Batch]:
        """All rows of the filter in order, batch by batch, each looked up again under the access of the moment.

        A batch costs as many queries as a page of the list. A row that has gone meanwhile is left out.
        """
        keys: list[Any] = list(self._rows.values_list("pk", flat=True))
        for start in range(0, len(keys), BATCH):
            wanted = keys[start : start + BATCH]
            by_key = {row.pk: row for row in self._rows.order_by().filter(pk__in=wanted)}
            rows = [by_key[key] for key in wanted if key in by_key]
            if rows:
                yield self._drawn(rows)

    def _drawn(self, rows: Sequence[Model]) -> Batch:
        with collecting(Reading(request_id="", principal=self._principal)) as said:
            page = self._page(rows)
        return _read_off(page, rows, self._view.listing.columns, self.name, said)

    def _page(self, rows: Sequence[Model]) -> str:
        """The list's own template with these rows in place of a page of them, without the frame round it."""
        found: Found[Any] = replace(self._found, rows=rows, pages=1, links=())
        drawn = {"found": found, "rows": self._view.decorate(rows), "listing": self._view.listing}
        if self._context is None:
            self._context = self._view.get_context_data(**drawn)
        context = {**self._context, **drawn, "offers": [], "ways_out": None, "frame_layout": "layouts/bare.html"}
        return render_to_string(self._view.template_name, context, request=self._request)


class ExportedFinds:
    """What a search found, by the keys of its rows: terms stand in no address, and nothing here knows them (R101).

    Drawn under the access of the moment, in the order in which it was found. Raises ``Http404`` for a page that is no
    search whose results go out, and ``Forbidden`` when the role may not search.
    """

    query = ""
    chosen = ""

    def __init__(self, name: str, found_ids: Sequence[int], principal: Principal, *, user: Any = None) -> None:
        try:
            self.path = reverse(name)
        except NoReverseMatch:
            raise Http404 from None
        view_class = getattr(resolve(self.path).func, "view_class", None)
        if view_class is None or not issubclass(view_class, SearchPage) or not view_class.found_columns:
            raise Http404
        self.name, self.keys = name, dict[str, Any]()
        self.found_ids: Sequence[int] | None = list(found_ids)
        self._wanted = list(found_ids)
        self._principal = principal
        self._view: SearchPage[Any] = view_class()
        self._request = _request(self.path, "", principal, user)
        self._view.setup(self._request)
        if not (decision := can(principal, self.permission)):
            raise Forbidden(decision)

    @property
    def permission(self) -> Perm:
        return cast("Perm", self._view.permission)

    @property
    def title(self) -> str:
        return self._view.found_title

    @property
    def address(self) -> str:
        """Where the search begins anew."""
        return self.path

    @property
    def total(self) -> int:
        return self._rows(self._wanted).count()

    @property
    def columns(self) -> list[Column]:
        return [column for column in self._view.found_columns if column.exported]

    def holds(self, keys: Sequence[int]) -> bool:
        """Every row with one of the keys may still be found by the person."""
        return self._rows(keys).count() == len(keys)

    def batches(self) -> Iterator[Batch]:
        """What was found, as it stands now. A row that has gone meanwhile is left out."""
        for start in range(0, len(self._wanted), BATCH):
            wanted = self._wanted[start : start + BATCH]
            by_key = self._rows(wanted).in_bulk()
            rows = [by_key[key] for key in wanted if key in by_key]
            if rows:
                with collecting(Reading(request_id="", principal=self._principal)) as said:
                    drawn = {"rows": self._view.decorate(rows), "frame_layout": "layouts/bare.html"}
                    page = render_to_string(self._view.found_template, drawn, request=self._request)
                yield _read_off(page, rows, self._view.found_columns, self.name, said)

    def _rows(self, keys: Sequence[int]) -> QuerySet[Any]:
        rows = self._view.found_model._default_manager.filter(pk__in=keys)
        return visible(self._principal, rows, self.permission)


# What an export is made of.
Exported = ExportedList | ExportedFinds


def _read_off(page: str, rows: Sequence[Model], columns: Sequence[Column], name: str, said: Reading) -> Batch:
    """The lines of the table that the page draws of these rows."""
    # Beside the list may stand tables of numbers, with as many lines: its own has the cells of its headings.
    tables = [table for table in reversed(tables_of(page)) if len(table) == len(rows)]
    fitting = (table for table in tables if all(len(cells) == len(columns) for cells in table))
    body = next(fitting, tables[0] if tables else None)
    if body is None:
        raise ValueError(f"The page {name} draws its rows in no table of one line a row.")
    lines = []
    for row, cells in zip(rows, body, strict=True):
        if len(cells) != len(columns):
            raise ValueError(f"The page {name} draws {len(cells)} cells a row under {len(columns)} headings.")
        kept = [cell for cell, column in zip(cells, columns, strict=True) if column.exported]
        lines.append(Line(row.pk, tuple(cell.value for cell in kept), tuple(cell.label for cell in kept)))
    ids = {found for row in rows if (found := nominal_of(row)) is not None}
    return Batch(lines, frozenset(ids | said.root_ids))


def _request(path: str, query: str, principal: Principal, user: Any) -> HttpRequest:
    """A request as the list's page would get it; in a task there is none."""
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.GET = QueryDict(query)
    request.user = user if user is not None else get_user_model()(pk=principal.user_id)
    cast("Any", request).principal = principal
    return request
