"""The one way to write: `@service`.

A service is one transaction that says who acts, does its work, records exactly one named event,
and leaves nothing at all when any part of that fails.
"""

import functools
import inspect
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.db import Error as DjangoDatabaseError
from django.db import connection, models, transaction

from audit.context import EvidenceNotWritten, HasPrincipal, current_reading, set_context

__all__ = [
    "SERVICES",
    "BoundaryError",
    "EvidenceNotWritten",
    "HasPrincipal",
    "Service",
    "record_event",
    "service",
    "tell_each",
]

P = ParamSpec("P")
R = TypeVar("R")

EVENT_NAME = re.compile(r"[a-z][a-z0-9]*(?:[_.][a-z0-9]+)*")
CODE = re.compile(r"[A-Za-z0-9_.:/+-]{0,64}")


class BoundaryError(RuntimeError):
    """A service broke a rule of the boundary: no event, two, one outside a service, a fact that is prose."""


@dataclass(frozen=True)
class _Event:
    subject_table: str
    # The row it is about and the history it belongs to; several when it is told to several records.
    told: Sequence[tuple[str, int | None]]
    compartment: str
    facts: str


@dataclass
class _Frame:
    """One running service."""

    by: HasPrincipal
    events: list[_Event] = field(default_factory=list)


_FRAME: ContextVar[_Frame | None] = ContextVar("audit_service", default=None)

SERVICES: "dict[str, Service[Any, Any]]" = {}
"""Every service by its dotted name, for the tests that hold the house."""


class Service(Generic[P, R]):
    """A write, as called by pages, commands and tasks. Made by `@service`."""

    __service__ = True

    def __init__(self, function: Callable[P, R], event: str, asks: Callable[..., Any] | None) -> None:
        _check_shape(function, event)
        functools.update_wrapper(self, function)
        self.function = function
        self.event = event
        self.asks = asks
        self.name = f"{function.__module__}.{function.__qualname__}"
        SERVICES[self.name] = self

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        by = cast(HasPrincipal, kwargs["by"])
        outer = _FRAME.get()
        frame = _Frame(by)
        with transaction.atomic():
            set_context(by)
            token = _FRAME.set(frame)
            try:
                result = self.function(*args, **kwargs)
            finally:
                _FRAME.reset(token)
            self._write_event(frame)
            if outer is None:
                _check_deferred_constraints()
            _give_back(by, outer)
        return result

    def _write_event(self, frame: _Frame) -> None:
        if len(frame.events) != 1:
            raise BoundaryError(f"{self.name} must record exactly one event; it recorded {len(frame.events)}.")
        (event,) = frame.events
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT audit_record_event(%s, %s, told.subject, told.root, %s, %s::jsonb)"
                    " FROM unnest(%s::text[], %s::bigint[]) AS told(subject, root)",
                    [
                        self.event,
                        event.subject_table,
                        event.compartment,
                        event.facts,
                        [subject for subject, _ in event.told],
                        [root for _, root in event.told],
                    ],
                )
        except DjangoDatabaseError as error:
            raise EvidenceNotWritten(f"The event {self.event} could not be written.") from error

    def __repr__(self) -> str:
        return f"<service {self.name}>"


def service(event: str, asks: Callable[..., Any] | None = None) -> Callable[[Callable[P, R]], Service[P, R]]:
    """Make a keyword-only function with `by` a service that records `event`.

    `asks` is its twin, `may_x(obj, *, by, today) -> Decision`, which the service asks after it has
    locked its root, and from which pages build their buttons.

    The event is written when the function returns, in its transaction. Services may call services:
    each records its own event; deferred constraints are checked when the outermost one ends.

    Raises BoundaryError when the function recorded no event or several, EvidenceNotWritten when
    the event could not be stored; in both cases nothing of the service remains.
    """

    def make(function: Callable[P, R]) -> Service[P, R]:
        return Service(function, event, asks)

    return make


def record_event(subject: models.Model | None, *, root: int | None, compartment: str = "case", **facts: object) -> None:
    """Say what happened, once in every service.

    `subject` is the row that the event is about, `root` the id of the nominal to whose history it
    belongs (None: it belongs to no person). `facts` are ids, numbers, codes, dates, or lists of
    them, never prose: whatever a person typed stands in the rows, where it can be erased.
    """
    table, key = ("", "") if subject is None else (subject._meta.db_table, str(subject.pk))
    _note(table, [(key, root)], compartment, facts)


def tell_each(roots: Collection[int], *, table: str, compartment: str = "case", **facts: object) -> None:
    """The one event of a service that leaves word with several records: it stands in the history of each of them.

    ``table`` is that of the records themselves. However many there are, and when there is none, the same statement
    runs once: nobody learns from the time it takes whether there was somebody to tell.
    """
    _note(table, [(str(root), root) for root in roots], compartment, facts)


def _note(table: str, told: Sequence[tuple[str, int | None]], compartment: str, facts: Mapping[str, object]) -> None:
    frame = _FRAME.get()
    if frame is None:
        raise BoundaryError("An event can only be recorded inside a service.")
    said = json.dumps({name: _fact(name, value) for name, value in facts.items()}, sort_keys=True)
    frame.events.append(_Event(subject_table=table, told=told, compartment=compartment, facts=said))


def _fact(name: str, value: object) -> object:
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date):  # datetime is one, too
        return value.isoformat()
    if isinstance(value, str) and CODE.fullmatch(value):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_fact(name, item) for item in value]
    raise BoundaryError(f"The fact {name} of an event must be an id, a number, a code or a date.")


def _check_shape(function: Callable[..., object], event: str) -> None:
    parameters: Mapping[str, inspect.Parameter] = inspect.signature(function).parameters
    if "by" not in parameters:
        raise TypeError(f"The service {function.__qualname__} must take `by`.")
    if any(parameter.kind is not inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values()):
        raise TypeError(f"The service {function.__qualname__} must take keyword arguments only.")
    if not EVENT_NAME.fullmatch(event):
        raise TypeError(f"The event of {function.__qualname__} must be named in small letters, digits and underscores.")


def _check_deferred_constraints() -> None:
    # Else they fire at commit, after the page has said that all went well. Deferred again
    # afterwards, so that a second service in the same transaction may pass through states
    # that only its end puts right.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _give_back(by: HasPrincipal, outer: _Frame | None) -> None:
    """Whoever acted before this service acts again after it."""
    reading = current_reading()
    before = outer.by if outer is not None else (reading.principal if reading is not None else None)
    if before is not by:
        set_context(before)
