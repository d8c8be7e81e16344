"""Pages that show several records: a list with its address, and a search whose terms are never in one."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar, cast

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase

from agencies.access import visible
from agencies.roles import Perm
from agencies.written import Written
from audit.reads import AccessKind

from .base import GuardedView, show
from .doors import WaysOut, ways_out
from .lists import Column, Found, ListContext, Listing

M = TypeVar("M", bound=Model)


class ListPage(GuardedView, Generic[M], abstract=True):
    """The rows of ``model`` the principal may see, as ``listing`` says. ``permission`` is a Perm.

    The template extends ``layouts/list.html`` and fills its ``row`` block once for each ``row``.
    """

    model: ClassVar[type[Model]]
    listing: ClassVar[Listing]
    template_name: ClassVar[str] = "layouts/list.html"
    # The first page in the usual order without filters, written once: ``listing.first_page`` of the rows that
    # ``visible_rows`` gives, for whoever asks on a day. For a list that many people open many times a day.
    as_usual: ClassVar[Written[Any] | None] = None

    def get_queryset(self) -> QuerySet[M]:
        """Rows with what a line of the table needs beside them. Access is added by the base."""
        return cast("QuerySet[M]", self.model._default_manager.all())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        found = self.found()
        show(found.rows, AccessKind.LIST)
        return self.page(
            found=found, rows=self.decorate(found.rows), listing=self.listing, ways_out=self.ways_out(found.total)
        )

    def found(self) -> Found[M]:
        """The page of the list that the address chooses."""
        data, path = self.request.GET, self.request.path
        if self.as_usual is not None and self.listing.is_usual(data):
            return self.listing.read_first(self.as_usual(self.principal, self.today), data, self.context, path)
        return self.listing.read(self.visible_rows(), data, self.context, path)

    @property
    def context(self) -> ListContext:
        return ListContext(self.principal, self.today)

    def visible_rows(self) -> QuerySet[M]:
        """The rows of the list before filters, and no other than the principal may see."""
        return visible(self.principal, self.get_queryset(), cast("Perm", self.permission))

    def everything(self) -> tuple[QuerySet[M], Found[M]]:
        """All rows that the address chooses, in order, and the first page of them with its filters in words."""
        data, rows = self.request.GET, self.visible_rows()
        return self.listing.ordered(rows, data, self.context), self.listing.read(
            rows, data, self.context, self.request.path
        )

    def said(self) -> str:
        """Filters and order as the end of the address."""
        return self.listing.said(self.request.GET)

    def ways_out(self, total: int) -> WaysOut | None:
        """Export, when it holds anything, and saved views of this list, for whoever may."""
        said = self.said()
        address = f"{self.request.path}?{said}" if said else self.request.path
        return ways_out(self.principal, address, exported=total > 0 and not self.not_exported)

    def decorate(self, rows: Sequence[M]) -> Sequence[Any]:
        """What the template gets for each row; a page that needs derived values makes them here, for all at once."""
        return rows


class SearchPage(GuardedView, ABC, Generic[M], abstract=True):
    """A search by POST: what is searched for stands in no address, history or log.

    The answer is a page of its own right, status 200; an invalid form is shown again, 422. A search whose results go
    out as a file says of which model they are, the columns of their table, its template, and a title without a term.
    """

    form_class: ClassVar[type[forms.BaseForm]]
    found_model: ClassVar[type[Model]]
    found_columns: ClassVar[tuple[Column, ...]] = ()
    found_template: ClassVar[str] = ""
    found_title: ClassVar[str] = "Search results"

    @abstractmethod
    def find(self, form: Any) -> Sequence[M]:
        """The rows found, through the access engine, best first."""

    def decorate(self, rows: Sequence[M]) -> Sequence[Any]:
        """What the template gets for each row found."""
        return rows

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        return self.page(form=self.form_class(), searched=False)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.page(status=422, form=form, searched=False)
        rows = self.find(form)
        show(rows, AccessKind.SEARCH)
        return self.page(form=form, searched=True, rows=self.decorate(rows), total=len(rows))
