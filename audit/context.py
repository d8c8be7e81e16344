"""Who acts, in which request: told to PostgreSQL for the length of one transaction.

The triggers and functions that write evidence read these settings. They are always
transaction-local: a session-level setting would leak to the next user of a pooled connection.
"""

import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Protocol, cast

from django.db import connection
from django.db.transaction import TransactionManagementError

from mappa import clock


class EvidenceNotWritten(Exception):
    """A row of evidence could not be written: what it would have shown must not happen."""


class HasPrincipal(Protocol):
    """What evidence needs to know of whoever acts. `agencies.principal.Principal` has this shape."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def user_id(self) -> int | None: ...
    @property
    def membership_id(self) -> int | None: ...
    @property
    def role(self) -> str | None: ...
    @property
    def request_id(self) -> str: ...
    @property
    def purpose(self) -> str: ...


class AccessKind(StrEnum):
    """What an access row is about, weakest first: a page that did several things is kept as the strongest."""

    PAGE = "page"
    LIST = "list"
    VIEW = "view"
    SEARCH = "search"
    LOG = "log"
    PRINT = "print"
    EXPORT = "export"
    TASK = "task"
    COMMAND = "command"
    SIGN_OUT = "sign_out"
    SIGN_IN = "sign_in"
    DENIED = "denied"


STRENGTH = {kind: place for place, kind in enumerate(AccessKind)}


@dataclass
class Reading:
    """What one page, command or task has shown, and to whom: it becomes one row of the access log."""

    request_id: str
    principal: HasPrincipal | None = None
    purpose: str = ""
    kind: AccessKind = AccessKind.PAGE
    root_ids: set[int] = field(default_factory=set)
    terms: list[str] = field(default_factory=list)
    hits: int | None = None
    reason: str = ""
    failed: bool = False

    def note(self, kind: AccessKind) -> None:
        if STRENGTH[kind] > STRENGTH[self.kind]:
            self.kind = kind

    @property
    def is_empty(self) -> bool:
        return self.kind is AccessKind.PAGE and not self.root_ids and not self.terms


_READING: ContextVar[Reading | None] = ContextVar("audit_reading", default=None)


def current_reading() -> Reading | None:
    return _READING.get()


@contextmanager
def collecting(reading: Reading) -> Iterator[Reading]:
    """Make `reading` the one that `audit.reads.showed` and its like add to."""
    token = _READING.set(reading)
    try:
        yield reading
    finally:
        _READING.reset(token)


def new_request_id() -> str:
    """A UUID whose first 48 bits are the time in milliseconds (version 7), so that ids sort by time."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << 80) | secrets.randbits(80)
    number = (number & ~(0xF << 76)) | (0x7 << 76)
    number = (number & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=number))


def time_of_request(request_id: str) -> datetime | None:
    """When the request with this id began: an id of `new_request_id` says so itself. None for anything else."""
    try:
        known = uuid.UUID(request_id)
    except ValueError:
        return None
    return datetime.fromtimestamp((known.int >> 80) / 1000, tz=UTC) if known.version == 7 else None


SETTINGS = ("principal_kind", "user_id", "membership_id", "role", "agent", "request_id", "purpose")
SET_CONTEXT = "SELECT " + ", ".join(f"set_config('mappa.{name}', %s, true)" for name in SETTINGS)


def context_values(principal: HasPrincipal | None) -> list[str]:
    """The values of `SETTINGS`. A person's name is never among them: only their id is evidence."""
    reading = current_reading()
    request_id = (principal.request_id if principal else "") or (reading.request_id if reading else "")
    purpose = (principal.purpose if principal else "") or (reading.purpose if reading else "")
    if request_id:
        request_id = str(uuid.UUID(request_id))
    if principal is None:
        return ["anonymous" if reading else "", "", "", "", "", request_id, purpose]
    return [
        str(principal.kind),
        "" if principal.user_id is None else str(principal.user_id),
        "" if principal.membership_id is None else str(principal.membership_id),
        str(principal.role or ""),
        principal.name if principal.user_id is None else "",
        request_id,
        purpose,
    ]


def set_context(principal: HasPrincipal | None) -> None:
    """Say to the database who acts, until the transaction ends."""
    _say(SET_CONTEXT, principal)


def begin_request() -> date:
    """Say to the database that a request of nobody known yet acts; its day, asked in the same breath."""
    return clock.day_of(_say(f"{SET_CONTEXT}, {clock.pretended_beside()}", None)[-1])


def _say(query: str, principal: HasPrincipal | None) -> tuple[Any, ...]:
    if not connection.in_atomic_block:
        raise TransactionManagementError("Who acts can only be said inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(query, context_values(principal))
        return cast("tuple[Any, ...]", cursor.fetchone())


def use_principal(principal: HasPrincipal | None) -> None:
    """From now on, this request is `principal`'s: call it once the acting membership is known.

    Both the evidence written by the database and the request's row in the access log name them.
    """
    reading = current_reading()
    if reading is not None:
        reading.principal = principal
    set_context(principal)
