"""The history of one nominal in words: named events and changed fields, merged by request."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from audit.context import HasPrincipal, set_context
from audit.headings import heading_of
from audit.models import Change, Event, Evidence
from audit.triggers import audited_tables
from audit.withholding import NOT_TOLD, Key, Withheld

Said = Callable[[Sequence[Event]], Mapping[int, str]]
"""Gives what the reader is told of some of the events, by their keys, in place of their names; "" is nothing at all."""

Names = Callable[[type[models.Model], Collection[int]], Mapping[int, str]]
"""Gives the names of rows of a model, of those ids that the reader may know."""

OPERATIONS = {"insert": "added", "update": "changed", "delete": "removed"}
CASE = "case"
PLUMBING = frozenset({"version", "permission"})
SECRET = "changed"  # noqa: S105  what the log stores instead of a secret


@dataclass(frozen=True)
class FieldChange:
    """One field: `before` is None when the row was added, `after` when it was removed; "" is an empty field."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class RowChange:
    """One row that was added, changed or removed. ``heading`` tells one that came or went from its like."""

    what: str
    row_id: str
    operation: str
    fields: tuple[FieldChange, ...]
    heading: str = ""


@dataclass
class HistoryEntry:
    """What one request did to a nominal."""

    at: datetime
    request_id: str
    kind: str
    user_id: int | None
    who: str
    role: str
    titles: list[str] = field(default_factory=list)
    changes: list[RowChange] = field(default_factory=list)
    began: bool = False

    @property
    def title(self) -> str:
        """What was done: the named events; for rows that came in bulk, whether the record itself came with them."""
        return ", ".join(dict.fromkeys(self.titles)) or ("Brought in" if self.began else "Changed")


def history_of(
    principal: HasPrincipal,
    nominal_id: int,
    *,
    compartments: Sequence[str] = (CASE,),
    before: datetime | None = None,
    size: int = 50,
    names: Names | None = None,
    not_told: Sequence[Withheld] = (),
    said: Said | None = None,
    without: Collection[Key] = (),
) -> list[HistoryEntry]:
    """What happened to a nominal, newest first: the last `size` transactions before `before`.

    Of each stretch that is `not_told` one entry says that there is something, and by whom and when it ended.

    Whether `principal` may see the nominal, and which compartments, is for the caller to decide.
    `names` turns ids of users and of related rows into words; without it they stay numbers. `said` has its own words
    for events that are not for everybody who reads the record. Nothing at all is told of the rows it goes ``without``.
    """
    untold = {written for each in not_told for written in each.transactions}
    asked = [nominal_id, list(compartments), before, size + len(untold)]
    with transaction.atomic():
        set_context(principal)
        changes = list(Change.objects.raw("SELECT * FROM audit_changes_of_nominal(%s, %s, %s, %s)", asked))
        events = list(Event.objects.raw("SELECT * FROM audit_events_of_nominal(%s, %s, %s, %s)", asked))
        ends = [change for change in changes if any(change == each.last for each in not_told)]
        changes = [change for change in changes if not any(each.covers(change) for each in not_told)]
        events = [event for event in events if not any(each.covers(event) for each in not_told)]
        changes = [change for change in changes if (change.table_name, change.row_id) not in without]
        events = [event for event in events if (event.subject_table, event.subject_id) not in without]
        words = _Words(names, [*changes, *ends], events)
    entries: dict[object, HistoryEntry] = {}
    for end in ends:
        words.entry(entries, end).titles.append(NOT_TOLD)
    told = said(events) if said is not None else {}
    for event in reversed(events):
        if title := told.get(event.pk, event_label(event.name)):
            words.entry(entries, event).titles.append(title)
    for change in reversed(changes):
        entry = words.entry(entries, change)
        entry.began = entry.began or (change.operation == "insert" and _is_root(change))
        if (row := words.row(change)).fields or change.operation != "update":
            entry.changes.append(row)
    shown = [entry for entry in entries.values() if entry.titles or entry.changes]
    return sorted(shown, key=lambda entry: (entry.at, entry.request_id), reverse=True)


def rows_in_words(rows: Sequence[tuple[str, str, Mapping[str, Any]]], names: Names | None) -> list[RowChange]:
    """Rows, each as table, key and stored values, in words, as if they had just been added."""
    added = [
        Change(table_name=table, row_id=row_id, operation="insert", values=dict(values))
        for table, row_id, values in rows
    ]
    words = _Words(names, added, [])
    return [words.row(change) for change in added]


def event_label(name: str) -> str:
    """`level_recorded` → "Level recorded"."""
    return name.replace("_", " ").replace(".", ": ").capitalize()


def fields_said(table: str, columns: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """What a row of this table is called, and the fields among these columns that say something: names only."""
    model = _models().get(table)
    said = []
    for column in columns:
        known = _column(table, column)
        if known is None:
            said.append(column)
        elif not _says_nothing(known):
            said.append(str(known.verbose_name))
    return (table if model is None else str(model._meta.verbose_name)), tuple(said)


def tables() -> list[tuple[str, str]]:
    """Every table that the change log is written of, by what its rows are called, in the order of the words.

    Where rows of two parts of the house are called alike, each says which part it is of.
    """
    written = audited_tables()
    known = {table: model for table, model in _models().items() if table in written}
    called = Counter(str(model._meta.verbose_name) for model in known.values())
    named = []
    for table, model in known.items():
        word = str(model._meta.verbose_name)
        named.append((table, word if called[word] == 1 else f"{word} ({model._meta.app_config.verbose_name})"))
    return sorted(named, key=lambda each: (each[1].casefold(), each[0]))


class _Words:
    """Turns ids, columns and stored values into what a person reads, with one query a related model."""

    def __init__(self, names: Names | None, changes: Sequence[Change], events: Sequence[Event]) -> None:
        self.names: dict[type[models.Model], Mapping[int, str]] = {}
        if names is None:
            return
        wanted: dict[type[models.Model], set[int]] = {}
        rows: list[Evidence] = [*changes, *events]
        wanted[get_user_model()] = {row.user_id for row in rows if row.user_id is not None}
        for change in changes:
            for column, value in (change.values or {}).items():
                related = _related(_column(change.table_name, column))
                if related is not None:
                    values = value if isinstance(value, list) else [value]
                    wanted.setdefault(related, set()).update(item for item in values if isinstance(item, int))
        self.names = {model: names(model, ids) for model, ids in wanted.items() if ids}

    def entry(self, entries: dict[object, HistoryEntry], row: Evidence) -> HistoryEntry:
        key: object = row.request_id or (row.at, row.xact)
        found = entries.get(key)
        if found is None:
            found = entries[key] = HistoryEntry(
                at=row.at,
                request_id=str(row.request_id or ""),
                kind=row.principal_kind,
                user_id=row.user_id,
                who=self.who(row),
                role=row.role.replace("_", " "),
            )
        found.at = max(found.at, row.at)
        return found

    def who(self, row: Evidence) -> str:
        if row.user_id is not None:
            return self.names.get(get_user_model(), {}).get(row.user_id, f"user {row.user_id}")
        return row.agent.replace("_", " ") or "outside the application"

    def row(self, change: Change) -> RowChange:
        model = _models().get(change.table_name)
        return RowChange(
            what=change.table_name if model is None else str(model._meta.verbose_name),
            row_id=change.row_id,
            operation=OPERATIONS[change.operation],
            fields=tuple(self.fields(change)),
            heading="" if model is None else heading_of(model, lambda name: self.head(change, model, name)),
        )

    def head(self, change: Change, model: type[models.Model], name: str) -> str:
        """A field of a row that came or went as it stands in the heading: a related row by its name or not at all."""
        known: Any = model._meta.get_field(name)
        value = None if change.operation == "update" else (change.values or {}).get(known.column)
        if value is None or value == SECRET:
            return ""
        if isinstance(value, bool):
            return str(known.verbose_name) if value else ""
        related = _related(known)
        return self.say(known, value) if related is None else self.names.get(related, {}).get(value, "")

    def fields(self, change: Change) -> Iterable[FieldChange]:
        for column, value in (change.values or {}).items():
            known = _column(change.table_name, column)
            if known is not None and _says_nothing(known):
                continue
            label = column if known is None else str(known.verbose_name)
            if value == SECRET:
                yield FieldChange(label, None, SECRET)
            elif change.operation == "update":
                yield FieldChange(label, self.say(known, value[0]), self.say(known, value[1]))
            elif value not in (None, ""):
                said = self.say(known, value)
                yield FieldChange(label, *((None, said) if change.operation == "insert" else (said, None)))

    def say(self, known: "models.Field[Any, Any] | None", value: object) -> str:
        """A stored value in words."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        related = _related(known)
        if related is not None and isinstance(value, int):
            return self.names.get(related, {}).get(value, f"{related._meta.verbose_name} {value}")
        if isinstance(value, list):
            # The words of the items are those of the array's own field, if it is one.
            return ", ".join(self.say(getattr(known, "base_field", None), item) for item in value)
        choices = dict(known.flatchoices) if known is not None else {}
        if value in choices:
            return str(choices[value])
        if isinstance(value, str):
            return _say_date(known, value)
        return str(value)


def _says_nothing(known: "models.Field[Any, Any]") -> bool:
    """Columns of the store, not of the case: keys, the record a row belongs to, counters, when the row was written."""
    related = _related(known)
    return (
        known.primary_key
        or known.name in PLUMBING
        or getattr(known, "auto_now_add", False)
        or (related is not None and getattr(related, "access_root", None) == "")
    )


def _is_root(change: Change) -> bool:
    model = _models().get(change.table_name)
    return model is not None and getattr(model, "access_root", None) == "" and change.row_id == str(change.root_id)


def _say_date(known: "models.Field[Any, Any] | None", value: str) -> str:
    day: date | None = None
    if isinstance(known, models.DateTimeField):
        moment = parse_datetime(value)
        return value if moment is None else date_format(localtime(moment), "j F Y, H:i")
    if isinstance(known, models.DateField):
        day = parse_date(value)
    return value if day is None else date_format(day, "j F Y")


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@cache
def _columns(table: str) -> "dict[str, models.Field[Any, Any]]":
    model = _models().get(table)
    return {} if model is None else {field.column: field for field in model._meta.concrete_fields}


def _column(table: str, column: str) -> "models.Field[Any, Any] | None":
    return _columns(table).get(column)


def _related(known: "models.Field[Any, Any] | None") -> type[models.Model] | None:
    related = known.related_model if isinstance(known, models.ForeignKey) else None
    return related if isinstance(related, type) else None
