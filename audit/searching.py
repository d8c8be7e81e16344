"""The logs searched by person, user and time, as rows of lists: filtered, counted, sorted and exported like any other.

The application has no right on the logs. A list's rows come from a function of the audit owner, which stands where a
table's name would stand in the query.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable

from audit.context import HasPrincipal, set_context
from audit.models import Access, Change, Evidence

E = TypeVar("E", bound=Evidence)


@dataclass(frozen=True)
class Known:
    """Of whom a reader of the logs may know: managed people, and the roles and accounts of their area, all by id.

    Whether it is right is for the caller, who asks the access engine; the database gives nothing beyond it.
    """

    nominals: Sequence[int]
    members: Sequence[int]
    users: Sequence[int]


@dataclass(frozen=True)
class Asked:
    """What is searched for: whatever is None is not asked. From `since` on, and before `until`."""

    nominal: int | None = None
    user: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Hour:
    """What a member did in an hour, as the clocks in London show it.

    `opened`: people whose records were opened or printed. `taken_out`: people in files of lists.
    `refused`: how often something was refused.
    `terms`: digests of what was searched for.
    """

    user_id: int
    membership_id: int
    hour: datetime
    opened: tuple[int, ...]
    taken_out: tuple[int, ...]
    refused: int
    terms: frozenset[bytes]


def found_access(principal: HasPrincipal, known: Known, asked: Asked) -> "QuerySet[Access]":
    """Rows of the access log. Of the people that a row showed it names those in `known` only; a row that showed none
    of them is not there. Digests of search terms and numbers of hits are left out.
    """
    return _answered(principal, Access, "audit_found_access", known, asked)


def found_changes(principal: HasPrincipal, known: Known, asked: Asked) -> "QuerySet[Change]":
    """Rows of the change log, each with the names of the fields in `values`, as a list, and no value."""
    return _answered(principal, Change, "audit_found_changes", known, asked)


def events_beside(principal: HasPrincipal, known: Known, changes: Iterable[Change]) -> dict[int, list[str]]:
    """The named events of the transactions in which these changes were made, by transaction. One query."""
    rows = list(changes)
    asked = [list(known.nominals), list({row.at for row in rows}), list({row.xact for row in rows})]
    found: dict[int, list[str]] = {}
    for xact, name in _call(principal, "SELECT * FROM audit_found_events(%s::bigint[], %s, %s::bigint[])", asked):
        found.setdefault(xact, []).append(name)
    return found


def hours(
    principal: HasPrincipal, known: Known, *, since: datetime, until: datetime, user: int | None = None
) -> list[Hour]:
    """What the members in `known` did between two moments, one entry for each hour in which they did something."""
    asked = [list(known.nominals), list(known.members), user, since, until]
    rows = _call(principal, "SELECT * FROM audit_hours(%s::bigint[], %s::bigint[], %s, %s, %s)", asked)
    return [
        Hour(user_id, member, hour, tuple(opened), tuple(taken), refused, frozenset(bytes(term) for term in terms))
        for user_id, member, hour, opened, taken, refused, terms in rows
    ]


def _call(principal: HasPrincipal, sql: str, asked: Sequence[Any]) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        set_context(principal)
        cursor.execute(sql, asked)
        return list(cursor.fetchall())


class _Answer(BaseTable):
    """A function's answer where a query names a table."""

    def __init__(self, function: str, asked: Sequence[Any], table_name: str, alias: str | None) -> None:
        super().__init__(table_name, alias)
        self.function = function
        self.asked = asked

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # noqa: ARG002
        places = "%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint, %s::bigint, %s::timestamptz, %s::timestamptz"
        alias = compiler.quote_name_unless_alias(self.table_alias or self.table_name)
        return f"{self.function}({places}) {alias}", list(self.asked)

    def relabeled_clone(self, change_map: Any) -> "_Answer":
        alias = change_map.get(self.table_alias, self.table_alias)
        return _Answer(self.function, self.asked, self.table_name, alias)


def _answered(principal: HasPrincipal, model: type[E], function: str, known: Known, asked: Asked) -> "QuerySet[E]":
    arguments = (
        list(known.nominals), list(known.members), list(known.users), asked.nominal, asked.user, asked.since,
        asked.until,
    )  # fmt: skip
    with transaction.atomic():
        set_context(principal)
    query: Any = Query(model)
    query.base_table_class = partial(_Answer, function, arguments)
    return QuerySet(model, query)
