"""The access log: who was shown what.

Pages say what they show with `showed`, `searched`, `denied`; the outer middleware turns it into
one row a page. Commands and tasks use `reading`. The log is read for one nominal or for one user
at a time. Only ids are kept; search terms are kept as keyed digests.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import Error as DjangoDatabaseError
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from audit.context import (
    SET_CONTEXT,
    AccessKind,
    EvidenceNotWritten,
    HasPrincipal,
    Reading,
    collecting,
    context_values,
    current_reading,
    new_request_id,
    set_context,
)
from audit.models import Access

__all__ = [
    "AccessKind",
    "EvidenceNotWritten",
    "Reading",
    "access_by_user",
    "access_of_nominal",
    "denied",
    "digest_of",
    "noted",
    "reading",
    "searched",
    "showed",
    "write_access",
]

OK, FAILED, DENIED = "ok", "failed", "denied"


def _reading() -> Reading:
    found = current_reading()
    if found is None:
        raise EvidenceNotWritten("Nothing records what is shown here: use a request, or `audit.reads.reading`.")
    return found


def showed(kind: AccessKind, ids: Iterable[int | None]) -> None:
    """The nominals `ids` are shown to whoever acts, as a list, a view, an export and so on."""
    found = _reading()
    found.note(kind)
    found.root_ids.update(root_id for root_id in ids if root_id is not None)


def searched(terms: Iterable[str], count: int) -> None:
    """Somebody searched for `terms` and was given `count` hits (the ids shown are said by `showed`)."""
    found = _reading()
    found.note(AccessKind.SEARCH)
    found.terms.extend(term for term in terms if term)
    found.hits = (found.hits or 0) + count


def denied(ids: Iterable[int | None] = (), *, rule: str = "") -> None:
    """Somebody asked for the nominals `ids` and was refused; `rule` is the code of the rule that refused."""
    found = _reading()
    found.note(AccessKind.DENIED)
    found.root_ids.update(root_id for root_id in ids if root_id is not None)
    found.reason = rule or found.reason


def noted(kind: AccessKind, *, failed: bool = False, reason: str = "") -> None:
    """Something that is evidence although it shows nobody: a sign-in, tried or done, a print, a signing out."""
    found = _reading()
    found.note(kind)
    found.failed = found.failed or failed
    found.reason = reason or found.reason


def outcome_of(reading: Reading, status: int) -> str:
    if status >= 500:
        return FAILED
    if reading.kind is AccessKind.DENIED or status in {401, 403}:
        return DENIED
    return FAILED if reading.failed else OK


def write_access(reading: Reading, *, method: str, route: str, status: int | None, outcome: str) -> None:
    """Write the row of `reading` in the current transaction; raises EvidenceNotWritten."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                SET_CONTEXT + "; SELECT audit_log_access(%s, %s, %s, %s, %s, %s::bigint[], %s::bytea[], %s, %s)",
                [
                    *context_values(reading.principal),
                    reading.kind,
                    method,
                    route,
                    status,
                    outcome,
                    sorted(reading.root_ids),
                    [digest_of(term) for term in reading.terms],
                    reading.hits,
                    reading.reason,
                ],
            )
    except DjangoDatabaseError as error:
        raise EvidenceNotWritten("The row of the access log could not be written.") from error


def digest_of(term: str) -> bytes:
    """What the log keeps of a search term."""
    # Keyed, because a plain digest of a surname is found by trying surnames. Made here and not in
    # the database, because a failing statement would carry the term into the server's log.
    return salted_hmac("audit.search", " ".join(term.casefold().split()), algorithm="sha256").digest()[:16]


@dataclass(frozen=True)
class SystemPrincipal:
    """A command of the evidence itself, which lies below users and roles."""

    name: str
    kind: str = "system"
    user_id: int | None = None
    membership_id: int | None = None
    role: str | None = None
    request_id: str = ""
    purpose: str = ""


@contextmanager
def reading(principal: HasPrincipal, purpose: str = "", *, kind: AccessKind = AccessKind.COMMAND) -> Iterator[Reading]:
    """Around whatever a command or a task reads: one row in the access log, one request id for all its writes.

    It opens no transaction round the body, so that a task may commit row by row. Print after the
    block, not in it: what was read may be shown only when the row has been written.
    Raises EvidenceNotWritten when it could not be. A body that fails leaves a row that says so.
    """
    found = Reading(
        request_id=principal.request_id or new_request_id(), principal=principal, purpose=purpose, kind=kind
    )
    with collecting(found):
        try:
            yield found
        except BaseException:
            _write_alone(found, principal.name, FAILED)
            raise
        _write_alone(found, principal.name, FAILED if found.failed else OK)


def _write_alone(found: Reading, name: str, outcome: str) -> None:
    route = name if found.principal is None or found.principal.user_id is None else ""
    with transaction.atomic():
        write_access(found, method="", route=route, status=None, outcome=outcome)


def access_of_nominal(
    principal: HasPrincipal, nominal_id: int, *, before: int | None = None, size: int = 100
) -> list[Access]:
    """Who was shown this nominal, newest first, `size` rows older than the row `before`.

    Whether `principal` may ask is for the caller to decide (`access.can`); the database only
    insists that somebody asks.
    """
    return _rows(principal, "SELECT * FROM audit_access_of_nominal(%s, %s, %s)", nominal_id, before, size)


def access_by_user(
    principal: HasPrincipal, user_id: int, *, before: int | None = None, size: int = 100
) -> list[Access]:
    """What this user was shown and did, newest first, `size` rows older than the row `before`."""
    return _rows(principal, "SELECT * FROM audit_access_by_user(%s, %s, %s)", user_id, before, size)


def _rows(principal: HasPrincipal, query: str, subject: int, before: int | None, size: int) -> list[Access]:
    with transaction.atomic():
        set_context(principal)
        return list(Access.objects.raw(query, [subject, before, size]))
