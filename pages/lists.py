"""A list said in one place: what it can be filtered by, sorted by, how long a page is.

The state of a list is its address (GET parameters), so every view of it can be linked to. No parameter carries
personal data: filters are choices and days, never names. A list costs two queries however long it is, one to count and
one for the rows, or one for both (and one for each prefetch its queryset asks for).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Generic, Literal, TypeVar, cast
from urllib.parse import urlencode

from django.db.models import Count, F, Model, QuerySet, Window
from django.http import QueryDict

from .conflicts import in_words
from .filters import Choices, Filter, FilterForm, ListContext, choice_filter, choices_filter, date_filter
from .widgets import PARTS

__all__ = [
    "RECORD_NUMBER",
    "Chip",
    "Choices",
    "Column",
    "Filter",
    "FilterForm",
    "Found",
    "Head",
    "ListContext",
    "Listing",
    "PageLink",
    "Sort",
    "choice_filter",
    "choices_filter",
    "date_filter",
    "in_files",
]

# Forms with nothing chosen that are kept of one list: there is one for each area, and for each day that changes it.
BLANK_MOST = 200
PAGE_SIZE = 25
SORT, PAGE = "sort", "page"
EMPTY: tuple[Any, ...] = (None, "", [], ())

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Sort:
    """An order of the list. ``order_by`` are field names or expressions; the primary key ends every order."""

    name: str
    label: str
    order_by: tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    """A column of the table; ``sort`` names the order its heading switches.

    The cells of the page's template under these headings are also what an export holds; a column of links or buttons
    only says ``exported=False``. One that is not ``drawn`` stands in the file only (``RECORD_NUMBER``). ``beside`` is
    the heading, in a file, of what a cell says beside its day or moment: there that has a column of its own, so that
    the day is a day by which a reader can sort.
    """

    label: str
    sort: str = ""
    numeric: bool = False
    exported: bool = True
    drawn: bool = True
    beside: str = ""


RECORD_NUMBER = Column("Record", drawn=False)
"""The number of the record that a line is about: in a file no link tells two people of one name apart."""


def in_files(columns: Iterable[Column]) -> list[Column]:
    """The columns of a file, from those of the page."""
    found: list[Column] = []
    for column in columns:
        if column.exported:
            found += [column, *([Column(column.beside)] if column.beside else [])]
    return found


@dataclass(frozen=True)
class Head:
    """A column heading ready to draw."""

    label: str
    numeric: bool
    url: str
    direction: Literal["ascending", "descending", "none"]


@dataclass(frozen=True)
class Chip:
    """A filter in force, with the address of the list without it."""

    label: str
    value: str
    remove_url: str


@dataclass(frozen=True)
class PageLink:
    """A link of the pager; ``number`` 0 stands for the gap between distant pages."""

    number: int
    url: str
    current: bool


@dataclass(frozen=True)
class Found(Generic[M]):
    """What the list page draws."""

    rows: Sequence[M]
    total: int
    number: int
    pages: int
    first: int
    last: int
    noun: str
    heads: Sequence[Head]
    chips: Sequence[Chip]
    links: Sequence[PageLink]
    previous_url: str
    next_url: str
    clear_url: str
    form: FilterForm
    hidden: Mapping[str, str]

    @property
    def filtered(self) -> bool:
        return bool(self.chips)


@dataclass(frozen=True)
class Listing:
    """A list: its filters, orders (the first is the usual one), columns, page size, and what it counts."""

    sorts: tuple[Sort, ...]
    columns: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    noun: tuple[str, str] = ("result", "results")
    page_size: int = PAGE_SIZE
    empty: str = "There is nothing here yet."
    empty_filtered: str = "Nothing matches these filters."
    # Whether the rows of a page bring along how many there are in all: for a list that looks at all its rows anyhow, to
    # sort them by what no index has, and is of one area. One that finds its page by an index counts by a query of its
    # own, which reads less of each row.
    counts_along: bool = False
    _by_name: Mapping[str, Sort] = field(init=False, repr=False, compare=False)
    _ours: frozenset[str] = field(init=False, repr=False, compare=False)
    _blank: dict[tuple[Any, ...], FilterForm] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {sort.name: sort for sort in self.sorts})
        ours = (part for each in self.filters for part in _parameters(each.name))
        object.__setattr__(self, "_ours", frozenset((SORT, *ours)))
        unknown = [column.sort for column in self.columns if column.sort and column.sort not in self._by_name]
        if unknown or not self.sorts:
            raise ValueError(f"A list needs an order, and its columns name orders it has: {unknown}")

    def filtered(self, rows: QuerySet[M], values: Mapping[str, Any], context: ListContext) -> QuerySet[M]:
        """The rows with every filter in force that ``values`` has a value for."""
        for each in self.filters:
            if (value := values.get(each.name)) not in EMPTY:
                rows = each.apply(rows, value, context)
        return rows

    def ordered(self, rows: QuerySet[M], data: QueryDict, context: ListContext) -> QuerySet[M]:
        """All the rows that the address's parameters choose, in their order: what ``read`` cuts pages from."""
        form = self.form(data, context)
        form.is_valid()
        sort, descending = self._sort(data.get(SORT, ""))
        return self.filtered(rows, form.cleaned_data, context).order_by(*_ordering(sort, descending=descending), "pk")

    def said(self, data: QueryDict) -> str:
        """Filters and order as the end of an address, without page and without what is no parameter of this list."""
        return _url("", self._state(data)).removeprefix("?")

    def form(self, data: QueryDict | None, context: ListContext) -> FilterForm:
        form = FilterForm(data, auto_id="filter-%s")
        for each in self.filters:
            form.fields[each.name] = each.field(context)
        return form

    def blank(self, context: ListContext) -> FilterForm:
        """The filters with nothing chosen, kept for whoever is offered the same choices."""
        offered = tuple(tuple(each.offered(context)) for each in self.filters)
        if offered not in self._blank:
            if len(self._blank) >= BLANK_MOST:
                self._blank.clear()
            self._blank[offered] = self.form(None, context)
        return self._blank[offered]

    def read(self, rows: QuerySet[M], data: QueryDict, context: ListContext, path: str) -> Found[M]:
        """Filter, count, sort and cut ``rows`` by the address's parameters. What is no valid value is left out."""
        form = self.form(data, context)
        form.is_valid()
        state = self._state(data)
        chips = []
        for each in self.filters:
            value = form.cleaned_data.get(each.name)
            if value in EMPTY:
                continue
            rows = each.apply(rows, value, context)
            bound = form[each.name]
            chips.append(Chip(str(bound.label), in_words(bound.field, value), _url(path, _without(state, each.name))))
        sort, descending = self._sort(data.get(SORT, ""))
        ordered = rows.order_by(*_ordering(sort, descending=descending), "pk")
        page, number, total = self._cut(ordered, max(1, _number(data.get(PAGE))))
        return self._found(page, number, total, form, chips, data, path)

    def is_usual(self, data: QueryDict) -> bool:
        """Whether the address asks for the first page in the usual order without filters."""
        return not self._state(data) and _number(data.get(PAGE)) == 1

    def first_page(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Of ``rows``, with no filter in force, the first page in the usual order; each row knows how many there are
        ``in_all``."""
        return self._counted(rows.order_by(*_ordering(self.sorts[0], descending=False), "pk"))[: self.page_size]

    def read_first(self, page: list[M], data: QueryDict, context: ListContext, path: str) -> Found[M]:
        """What ``read`` finds when the address ``is_usual`` and ``page`` is the ``first_page``."""
        total = _in_all(page[0]) if page else 0
        return self._found(page, 1, total, self.blank(context), [], data, path)

    def _found(
        self, page: list[M], number: int, total: int, form: FilterForm, chips: list[Chip], data: QueryDict, path: str
    ) -> Found[M]:
        state = self._state(data)
        sort, descending = self._sort(data.get(SORT, ""))
        pages = self._pages(total)
        first = (number - 1) * self.page_size + 1 if total else 0
        return Found(
            rows=page,
            total=total,
            number=number,
            pages=pages,
            first=first,
            last=first + len(page) - 1 if total else 0,
            noun=self.noun[0] if total == 1 else self.noun[1],
            heads=[
                self._head(column, sort, state, path, descending=descending) for column in self.columns if column.drawn
            ],
            chips=chips,
            links=[_link(each, number, state, path) for each in _pages_near(number, pages)],
            previous_url=_page_url(path, state, number - 1) if number > 1 else "",
            next_url=_page_url(path, state, number + 1) if number < pages else "",
            clear_url=_url(path, {SORT: state[SORT]} if SORT in state else {}),
            form=form,
            hidden={SORT: state[SORT][0]} if SORT in state else {},
        )

    def _cut(self, rows: QuerySet[M], wanted: int) -> tuple[list[M], int, int]:
        """The page wanted, or the last one where there are fewer; its number; and how many rows there are in all."""
        if self.counts_along:
            page = self._page(self._counted(rows), wanted)
            if page or wanted == 1:
                return page, wanted, _in_all(page[0]) if page else 0
        total = rows.count()
        number = min(wanted, self._pages(total))
        return self._page(rows, number), number, total

    @staticmethod
    def _counted(rows: QuerySet[M]) -> QuerySet[M]:
        counted: QuerySet[M] = rows.annotate(in_all=Window(Count("*")))
        return counted

    def _page(self, rows: QuerySet[M], number: int) -> list[M]:
        return list(rows[(number - 1) * self.page_size : number * self.page_size])

    def _pages(self, total: int) -> int:
        return max(1, ceil(total / self.page_size))

    def _state(self, data: QueryDict) -> dict[str, list[str]]:
        """The parameters that belong to this list; anything else in the address is dropped from its links."""
        kept = {key: [value for value in values if value] for key, values in data.lists() if key in self._ours}
        return {key: values for key, values in kept.items() if values}

    def _sort(self, wanted: str) -> tuple[Sort, bool]:
        sort = self._by_name.get(wanted.removeprefix("-"))
        return (sort, wanted.startswith("-")) if sort else (self.sorts[0], False)

    def _head(self, column: Column, sort: Sort, state: Mapping[str, list[str]], path: str, *, descending: bool) -> Head:
        if not column.sort:
            return Head(column.label, column.numeric, "", "none")
        current = column.sort == sort.name
        turned = f"-{column.sort}" if current and not descending else column.sort
        direction: Literal["ascending", "descending", "none"] = "none"
        if current:
            direction = "descending" if descending else "ascending"
        return Head(column.label, column.numeric, _url(path, {**state, SORT: [turned]}), direction)


def _in_all(row: Any) -> int:
    """How many rows there are, as a row brought along."""
    return cast("int", row.in_all)


def _ordering(sort: Sort, *, descending: bool) -> list[Any]:
    """Unknown values come last in either direction."""
    ordering: list[Any] = []
    for each in sort.order_by:
        if not isinstance(each, str):
            expression = each
        else:
            expression = F(each.removeprefix("-"))
        backwards = descending != (isinstance(each, str) and each.startswith("-"))
        ordering.append(expression.desc(nulls_last=True) if backwards else expression.asc(nulls_last=True))
    return ordering


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 8 else 1


def _pages_near(number: int, pages: int) -> list[int]:
    """First, last, and those beside the current one; 0 for a gap."""
    wanted = sorted({1, pages, *range(max(1, number - 1), min(pages, number + 1) + 1)})
    found: list[int] = []
    for each in wanted:
        if found and each - found[-1] == 2:
            found.append(each - 1)
        elif found and each - found[-1] > 2:
            found.append(0)
        found.append(each)
    return found


def _link(number: int, current: int, state: Mapping[str, list[str]], path: str) -> PageLink:
    return PageLink(number, _page_url(path, state, number) if number else "", number == current)


def _page_url(path: str, state: Mapping[str, list[str]], number: int) -> str:
    return _url(path, {**state, PAGE: [str(number)]} if number > 1 else state)


def _without(state: Mapping[str, list[str]], name: str) -> dict[str, list[str]]:
    ours = _parameters(name)
    return {key: values for key, values in state.items() if key not in ours}


def _parameters(name: str) -> tuple[str, ...]:
    """The parameters one filter may take: its name, and the three parts of a date."""
    return (name, *(f"{name}_{part}" for part in PARTS))


def _url(path: str, state: Mapping[str, Sequence[str]]) -> str:
    return f"{path}?{urlencode(state, doseq=True)}" if state else path
