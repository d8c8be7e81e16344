"""The bases of every page. A view says what ``permission`` it needs, or it cannot be written at all.

What a visitor gets: not signed in, the sign-in page; no acting role, the choice of role; a role without the
permission, 403 with the reason; a record that does not exist or may not be known, the same 404; a restricted record,
the card "contact the unit"; a record that may be seen but not used in this way, 403 with the reason. Each base tells
the evidence whom the page showed.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from agencies.access import GLOBAL, Presence, can, moved_to, presence, remembering, visible, was_visible
from agencies.principal import Principal
from agencies.roles import Perm
from audit import reads
from audit.context import use_principal
from mappa import clock
from rules.core import Decision

from .errors import card_page, forbidden_page
from .offers import Offer, shown

ROLE_CHOICE = "role-choose"
READING = ("GET", "HEAD")
M = TypeVar("M", bound=Model)


class Anyone(Enum):
    """Pages that need no permission of the table: open to all, or to whoever is signed in."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"


PUBLIC = Anyone.PUBLIC
SIGNED_IN = Anyone.SIGNED_IN
Permission = Perm | Anyone


class Forbidden(Exception):
    """The record may be seen, but not used in this way."""

    def __init__(self, decision: Decision) -> None:
        super().__init__("forbidden")
        self.decision = decision


class Restricted(Exception):
    """The person may know that there is a record, and whom to ask: nothing else (R100)."""


class Moved(Exception):
    """The record was merged into another, which the person may see: its old address leads there."""

    def __init__(self, old: int, new: int) -> None:
        super().__init__("moved")
        self.old, self.new = old, new


def show(rows: Iterable[Model], kind: reads.AccessKind = reads.AccessKind.VIEW) -> None:
    """Tell the evidence which nominals the page shows. Rows about no nominal leave no mark."""
    ids = {found for row in rows if (found := nominal_of(row)) is not None}
    if ids:
        reads.showed(kind, ids)


def nominal_of(row: Model) -> int | None:
    """The key of the nominal a row is about, by the ``access_root`` of its model; None when it is about none."""
    path = getattr(type(row), "access_root", GLOBAL)
    if path == GLOBAL:
        return None
    *links, last = path.split("__") if path else ("pk",)
    value: Any = row
    for link in links:
        value = getattr(value, link)
    return cast("int | None", getattr(value, "pk" if last == "pk" else f"{last}_id"))


def fetch(principal: Principal, rows: QuerySet[M], *, permission: Perm, seen_by: Perm) -> M:
    """The one row of ``rows`` if the principal may use it in this way.

    Raises Http404 when there is none or none may be known, :class:`Restricted` for the card, :class:`Forbidden` when
    it may be seen (by ``seen_by``) but ``permission`` is refused for it, :class:`Moved` when it was merged into another
    one that may be seen.
    """
    if (row := visible(principal, rows, permission).first()) is not None:
        was_visible(principal, permission, row)
        return row
    hidden = rows.first()
    if hidden is None:
        raise Http404
    found = presence(principal, hidden, seen_by)
    if found is Presence.ABSENT:
        if (kept := moved_to(principal, hidden, seen_by)) is not None:
            raise Moved(hidden.pk, kept)
        raise Http404
    if found is Presence.CARD:
        reads.denied([nominal_of(hidden)], rule="R100")
        raise Restricted
    decision = can(principal, permission, hidden)
    reads.denied([nominal_of(hidden)], rule=decision.reasons[0].rule if decision.reasons else "")
    raise Forbidden(decision)


class GuardedView(View):
    """The base of all bases: checks who asks before anything else, and turns refusals into pages."""

    permission: ClassVar[Permission]
    # A base of others: nothing leads to it.
    is_abstract: ClassVar[bool]
    template_name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    # The reason why what this page lists is never taken out as a file; a list is, unless it says so.
    not_exported: ClassVar[str] = ""

    def __init_subclass__(cls, *, abstract: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.is_abstract = abstract
        if not abstract and not isinstance(getattr(cls, "permission", None), (Perm, Anyone)):
            raise TypeError(f"{cls.__module__}.{cls.__qualname__} has no permission: name a Perm, SIGNED_IN or PUBLIC.")

    @property
    def principal(self) -> Principal:
        """Who acts. On a PUBLIC or SIGNED_IN page there may be no acting role: use :attr:`acting`."""
        if (acting := self.acting) is None:
            raise Http404
        return acting

    @property
    def acting(self) -> Principal | None:
        return cast("Principal | None", getattr(self.request, "principal", None))

    def state_purpose(self, purpose: str) -> None:
        """Say what this request is for, if anything was said: its evidence and its row in the access log hold it."""
        if purpose:
            stated = self.principal.with_purpose(purpose)
            self.request.principal = stated  # type: ignore[attr-defined]
            use_principal(stated)

    @property
    def today(self) -> date:
        """The day of the request: settled once, so that a page made at midnight speaks of one day."""
        known: date | None = getattr(self.request, "today", None)
        return clock.today() if known is None else known

    @property
    def real_today(self) -> date:
        """The day of this moment as evidence tells it, whatever day is pretended."""
        known: date | None = getattr(self.request, "real_today", None)
        return clock.moment().date() if known is None else known

    @property
    def now(self) -> datetime:
        """This moment, on the day that `today` gives: for what a copy says of when it was taken."""
        return clock.now(self.today)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if (elsewhere := self.stopped()) is not None:
                return elsewhere
            if request.method not in READING:
                self.load()
                return super().dispatch(request, *args, **kwargs)
            with remembering():
                self.load()
                return super().dispatch(request, *args, **kwargs)
        except Forbidden as refusal:
            return forbidden_page(request, refusal.decision)
        except Restricted:
            return card_page(request)
        except Moved as moved:
            return self.moved(moved)

    def moved(self, moved: Moved) -> HttpResponseBase:
        """The same page of the record into which this one was merged; what was posted is not carried out there."""
        match = self.request.resolver_match
        if match is None:
            raise Http404
        values = {name: moved.new if value == moved.old else value for name, value in self.kwargs.items()}
        url = reverse(match.view_name, kwargs=values)
        if self.request.method in READING:
            return redirect(url)
        context = {"changed": True, "cancel_url": url, "request_id": getattr(self.request, "request_id", "")}
        return render(self.request, "errors/refused.html", context, status=409)

    def stopped(self) -> HttpResponseBase | None:
        """The page for somebody who may not come in; None when they may."""
        if self.permission is PUBLIC:
            return None
        if not self.request.user.is_authenticated:
            return redirect_to_login(self.request.get_full_path() if self.request.method == "GET" else "/")
        if self.permission is SIGNED_IN:
            return None
        if self.acting is None:
            return redirect(ROLE_CHOICE)
        if not (decision := can(self.acting, cast("Perm", self.permission))):
            raise Forbidden(decision)
        return None

    def load(self) -> None:
        """Fetch what the page is about, after the guard and before the handler."""

    def get_title(self) -> str:
        return self.title

    def offers(self) -> Iterable[Offer]:
        """The buttons of the page, each with the decision of the service's own twin."""
        return ()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {"view": self, "title": self.get_title(), "offers": shown(self.offers()), **context}

    def page(self, *, status: int = 200, **context: Any) -> HttpResponseBase:
        """The page itself, rendered now, so that what goes wrong goes wrong inside the transaction."""
        return render(self.request, self.template_name, self.get_context_data(**context), status=status)


class TemplatePage(GuardedView, abstract=True):
    """A page about nobody in particular."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        return self.page()


class ObjectPage(GuardedView, Generic[M], abstract=True):
    """A page about one record of ``model``, fetched through the access engine into ``self.object``.

    ``seen_by`` is the permission by which the record may be known at all; ``permission`` is what this page does.
    """

    model: ClassVar[type[Model] | None] = None
    seen_by: ClassVar[Perm] = Perm.NOMINAL_VIEW
    object: M

    def get_queryset(self) -> QuerySet[M]:
        """Rows the record is taken from, with what the page needs beside it. Access is added by :func:`fetch`."""
        if self.model is None:
            raise Http404
        return cast("QuerySet[M]", self.model._default_manager.all())

    def lookup(self) -> Mapping[str, Any]:
        """Which row: the ``pk`` of the address, unless a page says otherwise."""
        return {"pk": self.kwargs["pk"]}

    def load(self) -> None:
        if self.model is None:
            return
        self.object = self.find()
        show([self.object])

    def find(self) -> M:
        """The record, through the access engine."""
        rows = self.get_queryset().filter(**self.lookup())
        return fetch(self.principal, rows, permission=cast("Perm", self.permission), seen_by=self.seen_by)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(object=getattr(self, "object", None), **context)


class DetailPage(ObjectPage[M], abstract=True):
    """One record, read."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        return self.page()
