"""Pages that show several records: a list with its address, and a search whose terms are never in one."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar, cast

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase

from agencies.access import visible
from agencies.roles import Perm
from audit.reads import AccessKind

from .base import GuardedView, show
from .lists import ListContext, Listing

M = TypeVar("M", bound=Model)


class ListPage(GuardedView, Generic[M], abstract=True):
    """The rows of ``model`` the principal may see, as ``listing`` says. ``permission`` is a Perm.

    The template extends ``layouts/list.html`` and fills its ``row`` block once for each ``row``.
    """

    model: ClassVar[type[Model]]
    listing: ClassVar[Listing]
    template_name: ClassVar[str] = "layouts/list.html"

    def get_queryset(self) -> QuerySet[M]:
        """Rows with what a line of the table needs beside them. Access is added by the base."""
        return cast("QuerySet[M]", self.model._default_manager.all())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        rows = visible(self.principal, self.get_queryset(), cast("Perm", self.permission))
        found = self.listing.read(rows, request.GET, ListContext(self.principal, self.today), request.path)
        show(found.rows, AccessKind.LIST)
        return self.page(found=found, rows=self.decorate(found.rows), listing=self.listing)

    def decorate(self, rows: Sequence[M]) -> Sequence[Any]:
        """What the template gets for each row; a page that needs derived values makes them here, for all at once."""
        return rows


class SearchPage(GuardedView, ABC, Generic[M], abstract=True):
    """A search by POST: what is searched for stands in no address, history or log.

    The answer is a page of its own right, status 200; an invalid form is shown again, 422.
    """

    form_class: ClassVar[type[forms.BaseForm]]

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
