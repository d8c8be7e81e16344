"""The access log and the change log as lists: of everybody, of one managed person, of one account."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from django.http import Http404

from agencies.models import User
from agencies.queries import users_of
from agencies.roles import Perm
from audit.context import AccessKind
from audit.models import Access, Change, Evidence
from audit.presenters import OPERATIONS, event_label, fields_said, tables
from audit.reads import DENIED, FAILED, OK, showed
from audit.searching import Asked, Known, events_beside, found_access, found_changes
from cases.models import Nominal
from cases.services.people import CLASH_WITH_HIDDEN
from desk.looking import WHAT
from desk.routes import words_of
from pages.dates import british_date
from pages.guards import ListPage, fetch
from pages.lists import Choices, Column, Filter, ListContext, Listing, Sort, choice_filter, choices_filter, date_filter
from rules.vocabulary import Purpose, choices

from .known import Actor, Records, Reference, actors_of, begin_of, end_of, known_to, references

# Without a first day the log of everybody begins so many days back: a log of years is read by person or by user.
WINDOW = timedelta(days=7)
SAID_AT_MOST = 3
KINDS: Choices = [
    (AccessKind.VIEW, WHAT[AccessKind.VIEW]),
    (AccessKind.LIST, WHAT[AccessKind.LIST]),
    (AccessKind.SEARCH, WHAT[AccessKind.SEARCH]),
    (AccessKind.PRINT, WHAT[AccessKind.PRINT]),
    (AccessKind.EXPORT, WHAT[AccessKind.EXPORT]),
    (AccessKind.LOG, WHAT[AccessKind.LOG]),
    (AccessKind.DENIED, WHAT[AccessKind.DENIED]),
    (AccessKind.SIGN_IN, "Signed in, or tried to"),
    (AccessKind.SIGN_OUT, "Signed out"),
    (AccessKind.PAGE, "Another page"),
    (AccessKind.TASK, "A task"),
    (AccessKind.COMMAND, "A command"),
]
OUTCOMES: Choices = [(OK, "Done"), (DENIED, "Refused"), (FAILED, "Failed")]
STATED, NOT_STATED = "stated", "not_stated"
PURPOSES: Choices = [(STATED, "Stated"), (NOT_STATED, "Not stated"), *choices(Purpose)]
_WORDS = dict(KINDS)
_OUTCOMES = dict(OUTCOMES)

E = TypeVar("E", bound=Evidence)


@dataclass(frozen=True)
class AccessRow:
    """A line of the access log, in words."""

    row: Access
    actor: Actor
    what: str
    page: str
    outcome: str
    records: Records


@dataclass(frozen=True)
class ChangeRow:
    """A line of the change log, in words: fields, never values."""

    row: Change
    actor: Actor
    done: Sequence[str]
    what: str
    operation: str
    fields: Sequence[str]
    people: Sequence[Reference]


def _kind(rows: QuerySet[Any], values: list[str], _context: ListContext) -> QuerySet[Any]:
    return rows.filter(kind__in=values)


def _by(rows: QuerySet[Any], value: str, _context: ListContext) -> QuerySet[Any]:
    return rows.filter(user_id=int(value))


def _outcome(rows: QuerySet[Any], value: str, _context: ListContext) -> QuerySet[Any]:
    return rows.filter(outcome=value)


def _purpose(rows: QuerySet[Any], value: str, _context: ListContext) -> QuerySet[Any]:
    if value in set(Purpose):
        return rows.filter(purpose=Purpose(value).label)
    return rows.exclude(purpose="") if value == STATED else rows.filter(purpose="")


def _since(rows: QuerySet[Any], day: date, _context: ListContext) -> QuerySet[Any]:
    return rows.filter(at__gte=begin_of(day))


def _until(rows: QuerySet[Any], day: date, _context: ListContext) -> QuerySet[Any]:
    return rows.filter(at__lt=end_of(day))


def _table(rows: QuerySet[Any], value: str, _context: ListContext) -> QuerySet[Any]:
    return rows.filter(table_name=value)


def _operation(rows: QuerySet[Any], values: list[str], _context: ListContext) -> QuerySet[Any]:
    return rows.filter(operation__in=values)


def _users(context: ListContext) -> Choices:
    rows = users_of(context.principal).order_by("family_name", "given_name", "pk")
    return [(str(user.pk), f"{user.family_name}, {user.given_name}") for user in rows]


_DAYS = (date_filter("since", "From", _since), date_filter("until", "To", _until))
_USER = choice_filter("user", "User", _users, _by)
_ACCESS: tuple[Filter, ...] = (
    choices_filter("kind", "What was done", KINDS, _kind),
    choice_filter("outcome", "Outcome", OUTCOMES, _outcome),
    choice_filter("purpose", "Purpose", PURPOSES, _purpose),
)
_CHANGES: tuple[Filter, ...] = (
    choices_filter("operation", "What was done", list(OPERATIONS.items()), _operation),
    choice_filter("table", "Of what", lambda _: tables(), _table),
)


def _access_listing(*filters: Filter) -> Listing:
    return Listing(
        sorts=(Sort("newest", "Newest first", ("-id",)),),
        columns=(
            Column("When", "newest"),
            Column("User"),
            Column("Role"),
            Column("What"),
            Column("Records"),
            Column("Outcome"),
            Column("Purpose"),
        ),
        filters=filters,
        noun=("entry", "entries"),
        empty="Nothing was recorded in this time.",
        empty_filtered="Nothing in the log matches these filters.",
    )


def _change_listing(*filters: Filter) -> Listing:
    return Listing(
        sorts=(Sort("newest", "Newest first", ("-id",)),),
        columns=(
            Column("When", "newest"),
            Column("User"),
            Column("Role"),
            Column("Done"),
            Column("Row"),
            Column("Fields"),
            Column("Record"),
        ),
        filters=filters,
        noun=("change", "changes"),
        empty="Nothing was changed in this time.",
        empty_filtered="Nothing in the log matches these filters.",
    )


class LogPage(ListPage[E], abstract=True):
    """A log. Whoever reads it is in the access log in turn, with the people whom it named to them."""

    seen_by: ClassVar[Perm] = Perm.LOGS_VIEW
    nominal: Nominal | None = None
    user: User | None = None

    def load(self) -> None:
        if (nominal_id := self.kwargs.get("nominal_pk")) is not None:
            rows = Nominal.objects.filter(pk=nominal_id)
            self.nominal = fetch(self.principal, rows, permission=Perm.LOGS_VIEW, seen_by=Perm.LOGS_VIEW)
        if (user_id := self.kwargs.get("user_pk")) is not None:
            self.user = users_of(self.principal).filter(pk=user_id).first()
            if self.user is None:
                raise Http404

    @cached_property
    def known(self) -> Known:
        return known_to(self.principal)

    @cached_property
    def asked(self) -> Asked:
        """What the database is asked for: the person or account of the address, and the days of its filters."""
        first, last = self.days
        return Asked(
            nominal=None if self.nominal is None else self.nominal.pk,
            user=None if self.user is None else self.user.pk,
            since=begin_of(first) if first else None,
            until=end_of(last) if last else None,
        )

    @cached_property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day. Days and not moments, so that a file made of the page is of the same rows."""
        form = self.listing.form(self.request.GET, self.context)
        form.is_valid()
        first, last = form.cleaned_data.get("since"), form.cleaned_data.get("until")
        if first is None and self.of_everybody:
            first = (last or self.real_today) - WINDOW
        return first, last

    @property
    def of_everybody(self) -> bool:
        return self.nominal is None and self.user is None

    def tell(self, ids: Iterable[int | None]) -> None:
        """The evidence learns whom the log named, and whose it was even when it says nothing."""
        showed(AccessKind.LOG, [*ids, None if self.nominal is None else self.nominal.pk])

    def get_title(self) -> str:
        if self.nominal is not None:
            return f"{self.title}: record {self.nominal.pk}"
        if self.user is not None:
            return f"{self.title}: {self.user.name}"
        return f"{self.title} since {british_date(self.days[0])}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            nominal=self.nominal,
            user_of_log=self.user,
            window=WINDOW.days if self.of_everybody else 0,
            **context,
        )


class AccessLog(LogPage[Access]):
    """Who was shown whom, by what, with what outcome."""

    permission = Perm.LOGS_VIEW
    model = Access
    listing = _access_listing(*_DAYS, _USER, *_ACCESS)
    template_name = "desk/oversight/access_log.html"
    title = "Access log"

    def get_queryset(self) -> QuerySet[Access]:
        return found_access(self.principal, self.known, self.asked)

    def decorate(self, rows: Sequence[Access]) -> Sequence[AccessRow]:
        # The log of one record says of how many others an entry is, and leaves them to their own logs.
        own = None if self.nominal is None else self.nominal.pk
        shown = [[each for each in row.root_ids if own in (None, each)] for row in rows]
        self.tell(each for keys in shown for each in keys)
        actors = actors_of(rows, log="access-log-user", known=self.known)
        return [
            AccessRow(
                row=row,
                actor=actor,
                what=_WORDS.get(row.kind, row.kind),
                page=words_of(row.route),
                outcome=_OUTCOMES.get(row.outcome, row.outcome),
                records=Records(references(keys, log="access-log-nominal"), others=len(row.root_ids) - len(keys)),
            )
            for row, actor, keys in zip(rows, actors, shown, strict=True)
        ]


class AccessLogOfNominal(AccessLog):
    """Who was shown one managed person."""


class AccessLogOfUser(AccessLog):
    """What one account was shown and did."""

    listing = _access_listing(*_DAYS, *_ACCESS)


class ChangeLog(LogPage[Change]):
    """Who changed which fields of what."""

    permission = Perm.LOGS_VIEW
    model = Change
    listing = _change_listing(*_DAYS, _USER, *_CHANGES)
    template_name = "desk/oversight/change_log.html"
    title = "Change log"

    def get_queryset(self) -> QuerySet[Change]:
        return found_changes(self.principal, self.known, self.asked)

    def decorate(self, rows: Sequence[Change]) -> Sequence[ChangeRow]:
        self.tell(row.root_id for row in rows)
        actors = actors_of(rows, log="change-log-user", known=self.known)
        events = events_beside(self.principal, self.known, rows)
        said = [fields_said(row.table_name, row.values or ()) for row in rows]
        return [
            ChangeRow(
                row=row,
                actor=actor,
                # Beside the row of whoever was added or changed, it would say that there is a hidden record (R4).
                done=_said([name for name in events.get(row.xact, ()) if name != CLASH_WITH_HIDDEN]),
                what=what,
                operation=OPERATIONS[row.operation],
                fields=fields,
                people=references([row.root_id] if row.root_id is not None else [], log="change-log-nominal"),
            )
            for row, actor, (what, fields) in zip(rows, actors, said, strict=True)
        ]


def _said(names: Sequence[str]) -> list[str]:
    """What was done in one transaction, in words: the whole of a large one is said by its events, not beside a row."""
    said = [event_label(name) for name in names[:SAID_AT_MOST]]
    return [*said, f"and {len(names) - SAID_AT_MOST} more"] if len(names) > SAID_AT_MOST else said


class ChangeLogOfNominal(ChangeLog):
    """What was changed in the record of one managed person."""


class ChangeLogOfUser(ChangeLog):
    """What one account changed."""

    listing = _change_listing(*_DAYS, *_CHANGES)
