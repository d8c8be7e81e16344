"""A list as a table of plain values: every row of its filter, in its order, with the cells its page draws.

What becomes of the table is the business of a layer above, whose door the list's page draws (``pages.doors``). A list
needs no line of its own to be exported: it is read off its own template.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from agencies.access import can, visible
from agencies.principal import Principal
from agencies.roles import Perm
from audit.context import Reading, collecting

from .base import Forbidden, Restricted
from .drawn_list import DrawnList
from .listing import ListPage, SearchPage
from .lists import Column, in_files
from .reading_off import BATCH, Batch, Content, LinesOf, RowsOf, read_off

# What is raised when a list, or what it is about, is not open to somebody.
NOT_OPEN = (Http404, Forbidden, Restricted)


@dataclass(frozen=True)
class DayOf:
    """The day that a list stands for: that on which it was asked for, however late it is made or fetched.

    ``real`` is the same day as evidence tells it, whatever day is pretended.
    """

    today: date
    real: date


class ExportedList:
    """The list at an address, for one principal: of this day or of that on which it was asked for, with the access of
    now.

    Raises ``Http404`` for an address at which no list stands, or none that this person may know of, and ``Forbidden``
    when their role lacks the permission of the list.
    """

    # A list is found again by its address alone.
    found_ids: Sequence[int] | None = None

    def __init__(self, address: str, principal: Principal, *, of: DayOf | None = None, user: Any = None) -> None:
        parts = urlsplit(address)
        try:
            match = resolve(parts.path)
        except Resolver404:
            raise Http404 from None
        view_class = getattr(match.func, "view_class", None)
        if view_class is None or not issubclass(view_class, (ListPage, DrawnList)) or view_class.not_exported:
            raise Http404
        self.name = match.view_name
        self.path = parts.path
        self.keys: dict[str, Any] = dict(match.kwargs)
        self._principal = principal
        self._view: ListPage[Any] | DrawnList[Any] = view_class()
        request = _request(parts.path, parts.query, principal, of, user)
        self._view.setup(request, **match.kwargs)
        if not (decision := can(principal, self.permission)):
            raise Forbidden(decision)
        self._view.load()

    @cached_property
    def _content(self) -> Content:
        if isinstance(self._view, ListPage):
            return RowsOf(self._view, self.name, self._principal)
        return LinesOf(self._view, self.name, self._principal)

    @property
    def permission(self) -> Perm:
        return cast("Perm", self._view.permission)

    @property
    def title(self) -> str:
        return self._view.get_title()

    @property
    def counted(self) -> str:
        """How many rows, in words: ``1,234 people``."""
        return f"{self.total:,} {self._content.noun}"

    @property
    def total(self) -> int:
        return self._content.total

    @property
    def query(self) -> str:
        """Filters and order as the address says them; what is no filter of this list is left out."""
        return self._view.said()

    @property
    def address(self) -> str:
        """Where the list is shown, with its filters and order."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def chosen(self) -> str:
        """The filters in force, in words."""
        return self._content.chosen

    @property
    def columns(self) -> list[Column]:
        return in_files(self._content.columns)

    def holds(self, keys: Sequence[int]) -> bool:
        """Every row with one of the keys is, at this moment, among the rows that the person may see on this page."""
        return self._content.holds(keys)

    def batches(self) -> Iterator[Batch]:
        """All rows of the filter in order, batch by batch, under the access of the moment."""
        return self._content.batches()


class ExportedFinds:
    """What a search found, by the keys of its rows: terms stand in no address, and nothing here knows them (R101).

    ``chosen`` says, without a term, how many more there were. Drawn under the access of the moment, in the order in
    which it was found. Raises ``Http404`` for a page that is no search whose results go out, and ``Forbidden`` when the
    role may not search.
    """

    query = ""

    def __init__(
        self,
        name: str,
        found_ids: Sequence[int],
        principal: Principal,
        *,
        of: DayOf | None = None,
        user: Any = None,
        chosen: str = "",
    ) -> None:
        try:
            self.path = reverse(name)
        except NoReverseMatch:
            raise Http404 from None
        view_class = getattr(resolve(self.path).func, "view_class", None)
        if view_class is None or not issubclass(view_class, SearchPage) or not view_class.found_columns:
            raise Http404
        self.name, self.keys, self.chosen = name, dict[str, Any](), chosen
        self.found_ids: Sequence[int] | None = list(found_ids)
        self._wanted = list(found_ids)
        self._principal = principal
        self._view: SearchPage[Any] = view_class()
        self._request = _request(self.path, "", principal, of, user)
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
        return in_files(self._view.found_columns)

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
                yield read_off(page, rows, self._view.found_columns, self.name, said)

    def _rows(self, keys: Sequence[int]) -> QuerySet[Any]:
        rows = self._view.found_model._default_manager.filter(pk__in=keys)
        return visible(self._principal, rows, self.permission)


# What an export is made of.
Exported = ExportedList | ExportedFinds


def _request(path: str, query: str, principal: Principal, of: DayOf | None, user: Any) -> HttpRequest:
    """A request as the list's page would get it; in a task there is none."""
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.GET = QueryDict(query)
    request.user = user if user is not None else get_user_model()(pk=principal.user_id)
    cast("Any", request).principal = principal
    if of is not None:
        cast("Any", request).today, cast("Any", request).real_today = of.today, of.real
    return request
