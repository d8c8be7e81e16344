"""Queries that are written once: put together by the query builder for the first who asks, and kept as text with places
for the values of whoever asks next.

Put together anew for every request, the larger ones take longer than the database takes to answer. What a query means
is still said by the queryset alone. Numbers, days, ``Text`` and lists that are given become places in the text;
anything else that is given decides how the text reads, so that there is one for each.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, BooleanField, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

from .principal import Kind, Principal
from .roles import Role

Row = TypeVar("Row")

# Texts kept of one query. A shape is a role and its like: there are few.
MOST = 200
_LONG, _OLD_DAY = re.compile(r"\d{10}"), re.compile(r"(?<!\d)0[01]\d\d-\d\d-\d\d")
# A letter that nobody types and no function changes.
_NOBODYS = "\ue000"
_FIELDS = ("user_id", "membership_id", "agency_id", "area_id", "on")


class Text(str):
    """Words that are given as a value; any other text decides how the query reads."""


class NotWrittenOnce(LookupError):
    """The text would hold a value that was worked out from one that is given: give that one as well."""


@dataclass(frozen=True)
class _Place:
    """The place of the value with this number."""

    number: int


class Written(Generic[Row]):
    """What ``make`` asks for, given the same way: a principal, numbers, days, ``Text``, lists of numbers or words, and
    what decides how the text reads.

    ``make`` may not work anything out from a number, a day or a list, nor branch on it: each is given as it is to be
    asked for, a list with ``one_of``. Raises ``NotWrittenOnce`` when the text would hold what was worked out.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self.make = make
        self._kept = lru_cache(maxsize=MOST)(self._write)
        self._counted = lru_cache(maxsize=MOST)(self._write_count)

    def __call__(self, *given: Any) -> list[Row]:
        """The rows, prefetched and all."""
        shape, values = _read(given)
        kept = self._kept(shape)
        return [] if kept is None else kept.rows(values)

    def text(self, *given: Any) -> tuple[str, tuple[Any, ...]] | None:
        """The query as text with its values, to stand within another; None when it can find nothing."""
        shape, values = _read(given)
        kept = self._kept(shape)
        return None if kept is None else (kept.text, kept.filled(values))

    def count(self, *given: Any) -> int:
        """How many rows there are."""
        shape, values = _read(given)
        kept = self._counted(shape)
        if kept is None:
            return 0
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(kept.text, kept.filled(values))
            return cast("int", cursor.fetchone()[0])

    def _write(self, shape: tuple[Any, ...]) -> "_Kept | None":
        return _kept(self.make, shape)

    def _write_count(self, shape: tuple[Any, ...]) -> "_Kept | None":
        kept = _kept(lambda *given: self.make(*given).order_by().values("pk"), shape)
        return kept and replace(kept, text=f"SELECT count(*) FROM ({kept.text}) AS counted")  # noqa: S608


def one_of(column: str, values: Sequence[int | str], kind: type[Field[Any, Any]] = BigIntegerField) -> Q:
    """The column is one of these numbers, or words: as an array, so that the text is the same for however many."""
    found = Value(list(values), output_field=ArrayField(kind()))
    one = {"template": "%(expressions)s)", "arg_joiner": " = ANY ("}
    return Q(Func(F(column), found, output_field=BooleanField(), **one))


def keep(one: Model, name: str, rows: list[Any]) -> None:
    """Keeps all the rows that belong to ``one`` as ``prefetch_related(name)`` does: ``one.<name>.all()`` gives them and
    asks no more, and each of them knows ``one``."""
    manager = getattr(one, name)
    field = manager.field
    for row in rows:
        field.set_cached_value(row, one)
    found = manager.get_queryset()
    found._result_cache, found._prefetch_done = rows, True
    one.__dict__.setdefault("_prefetched_objects_cache", {})[field.remote_field.cache_name] = found


@dataclass(frozen=True)
class _Kept:
    """A query as text, what fills it, and what turns its columns into rows."""

    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    converters: dict[int, Any]
    text: str
    filling: Sequence[object]

    def filled(self, values: Sequence[object]) -> tuple[Any, ...]:
        return tuple(values[each.number] if isinstance(each, _Place) else each for each in self.filling)

    def rows(self, values: Sequence[object]) -> list[Any]:
        answering = _Filled(self, self.filled(values))
        # A list and no queryset leaves here: a filter upon it would not reach the text.
        asked = self.queryset.all()
        asked.query.get_compiler = lambda *_, **__: answering  # type: ignore[method-assign]
        return list(asked)


class _Filled(SQLCompiler):
    """A compiler that has done its work, with other values in the places."""

    def __init__(self, kept: _Kept, params: tuple[Any, ...]) -> None:
        self.__dict__.update(kept.compiler.__dict__)
        self.connection = connections[DEFAULT_DB_ALIAS]
        self._written = kept.text, params
        self._converters = kept.converters

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        return self._written

    def get_converters(self, *_: Any) -> dict[int, Any]:
        """What makes values of the columns: the columns are the same, whoever asks."""
        return self._converters


def _kept(make: Callable[..., QuerySet[Any, Any]], shape: Sequence[Any]) -> _Kept | None:
    """None for a query that can find nothing, for which the builder writes no text."""
    places = _Places()
    rows = make(*(places.probe(part) for part in shape))
    compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
    try:
        text, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
    return _Kept(rows, compiler, converters, text, tuple(places.of(each) for each in params))


class _Places:
    """What stands for the values while a query is put together: nobody's number, nobody's day. They lie so far apart
    that whatever is worked out from one of them is none of them."""

    _NUMBER, _DAY, _APART, _MOST = -9_000_000_000, date(3, 1, 1), 1009, 40

    def __init__(self) -> None:
        self._taken: dict[tuple[type[object], object], int] = {}
        self._next = 0

    def probe(self, part: Any) -> Any:
        """What ``make`` is given for a part of the shape."""
        if isinstance(part, _Who):
            own = [self._take(type_) for type_ in part.types]
            user, membership, agency, area, on = own
            return Principal(part.kind, user, "", membership, part.role, agency, area, part.category_4, on)
        return self._take(part.type) if isinstance(part, _Of) else part

    def _take(self, type_: type[object]) -> Any:
        number, self._next = self._next, self._next + 1
        day = self._DAY + timedelta(days=self._APART * number)
        value: object = None
        if issubclass(type_, datetime):
            value = datetime(day.year, day.month, day.day, tzinfo=UTC)
        elif issubclass(type_, date):
            value = day
        elif issubclass(type_, int | list):
            value = self._NUMBER + self._APART * number
        elif issubclass(type_, Text):
            value = Text(f"{_NOBODYS}{number}")
        if value is None:
            return None
        if issubclass(type_, list):
            self._taken[list, str(value)] = number
            return [value]
        self._taken[type(value), value] = number
        return value

    def of(self, param: object) -> object:
        """The place that a parameter stands for, or the parameter itself."""
        key: object = param
        if isinstance(param, list):
            # An array of words has made words of its numbers.
            key = str(param[0]) if len(param) == 1 else ""
        if isinstance(param, int | date | list | Text) and (number := self._taken.get((type(param), key))) is not None:
            return _Place(number)
        if any(self._near(each) for each in (param if isinstance(param, list | tuple) else (param,))):
            raise NotWrittenOnce("A value was worked out from one that is given, or stands within a list.")
        return param

    def _near(self, param: object) -> bool:
        if isinstance(param, date):
            return param.year < self._DAY.year + self._APART * self._MOST // 365
        if isinstance(param, str):
            # A number or a day that was made into words, or words that were changed.
            return (
                _NOBODYS in param
                or _OLD_DAY.search(param) is not None
                or any(self._near(-int(each)) for each in _LONG.findall(param))
            )
        return isinstance(param, int | float) and abs(param - self._NUMBER) < self._APART * self._MOST


@dataclass(frozen=True)
class _Who:
    """What of a principal decides how a text reads; ``types`` are those of their values."""

    kind: Kind
    role: Role | None
    category_4: bool
    types: tuple[type[object], ...]


@dataclass(frozen=True)
class _Of:
    """A number or a day that is given."""

    type: type[object]


def _read(given: Sequence[Any]) -> tuple[tuple[Any, ...], list[Any]]:
    """What decides how the text reads, and the values in the order of their places."""
    shape: list[Any] = []
    values: list[Any] = []
    for each in given:
        if isinstance(each, Principal):
            own = [getattr(each, name) for name in _FIELDS]
            shape.append(_Who(each.kind, each.role, each.category_4, tuple(type(value) for value in own)))
            values.extend(own)
        elif isinstance(each, int | date | list | Text) and not isinstance(each, bool):
            shape.append(_Of(type(each)))
            values.append(each)
        else:
            shape.append(each)
    return tuple(shape), values
