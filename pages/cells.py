"""The cells of a drawn table, read back as plain values: what a list exports is what it shows, and never differs.

Read are the body rows of the table. A cell that is one ``<time>`` is a day or a moment; a cell of a numeric column that
is a whole number is a number; everything else is text, as a reader sees it: without what only screen readers, scripts
or forms use.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from html.parser import HTMLParser

Value = str | int | date | datetime | None

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
# The way to the reasons of a value is none of what the value says.
_ASIDE = frozenset({"govuk-visually-hidden", "app-why-link"})
_UNREAD = frozenset({"button", "form", "script", "select", "style", "summary", "svg", "template", "textarea"})
# What opens on demand says why; a long list that is folded is what the cell says.
_FOLDED = "app-folded"
_LINES = frozenset({"br", "div", "dd", "dt", "dl", "hr", "li", "ol", "p", "ul"})
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,14})")
# Control characters, halves of pairs and non-characters: no spreadsheet can hold them, and nobody can see them.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Drawn:
    """One cell as it was drawn: the name of its column, and what it says."""

    label: str
    value: Value
    # Of a cell that says one day or moment, and more: the two apart.
    moment: date | datetime | None = None
    rest: str = ""


@dataclass
class _Cell:
    label: str
    numeric: bool
    pieces: list[str] = field(default_factory=list)
    moments: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)

    def drawn(self) -> Drawn:
        moment = _moment(self.moments[0]) if len(self.moments) == 1 else None
        return Drawn(self.label, self.value(), moment, joined(self.bare) if moment else "")

    def value(self) -> Value:
        if len(self.moments) == 1 and not "".join(self.bare).strip():
            found = _moment(self.moments[0])
            if found is not None:
                return found
        text = joined(self.pieces)
        if self.numeric and _NUMBER.fullmatch(text):
            return int(text.replace(",", ""))
        return text or None


def visible_text(text: str) -> str:
    """The text without what cannot be seen, its white space made single spaces."""
    return " ".join(_UNSEEN.sub("", text).split())


def joined(pieces: Sequence[str]) -> str:
    """The lines of a cell in one: a line break on the page becomes a semicolon."""
    lines = (visible_text(line) for line in "".join(pieces).split("\n"))
    return "; ".join(line for line in lines if line)


def _moment(text: str) -> date | datetime | None:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return None


class TableReader(HTMLParser):
    """Reads the rows of every table body in a page: ``tables`` holds them in order, each row its cells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[Drawn]]] = []
        self._rows: list[list[_Cell]] | None = None
        self._cell: _Cell | None = None
        self._open: list[str] = []
        self._unread = 0
        self._in_time = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._rows is not None and tag == "tr":
            self._rows.append([])
        elif self._rows and tag in ("td", "th"):
            self._begin_cell(self._rows[-1], values)
        elif tag == "tbody":
            self._rows = []
        elif self._cell is not None:
            self._inside(self._cell, tag, values)

    def _begin_cell(self, row: list[_Cell], values: dict[str, str]) -> None:
        numeric = "govuk-table__cell--numeric" in values.get("class", "")
        self._cell = _Cell(values.get("data-label", ""), numeric)
        row.append(self._cell)
        self._open, self._unread, self._in_time = [], 0, 0

    def _inside(self, cell: _Cell, tag: str, values: dict[str, str]) -> None:
        if tag in _LINES and not self._unread:
            cell.pieces.append("\n")
            cell.bare.append("\n")
        if tag in _VOID:
            return
        self._open.append(tag)
        if self._unread or _is_unread(tag, values):
            self._unread += 1
        elif tag == "time" and "datetime" in values:
            cell.moments.append(values["datetime"])
            self._in_time += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = None
        elif tag == "tbody" and self._rows is not None:
            self.tables.append([[cell.drawn() for cell in row] for row in self._rows])
            self._rows = None
        elif self._cell is not None and tag in self._open:
            self._close(self._cell, tag)

    def _close(self, cell: _Cell, tag: str) -> None:
        """End the tag, with whatever was left open within it."""
        while self._open:
            closed = self._open.pop()
            if self._unread:
                self._unread -= 1
            elif closed == "time" and self._in_time:
                self._in_time -= 1
            elif closed in _LINES:
                cell.pieces.append("\n")
                cell.bare.append("\n")
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._cell is None or self._unread:
            return
        # Line breaks of the template are white space; those of the page are written above.
        text = data.replace("\n", " ")
        self._cell.pieces.append(text)
        if not self._in_time:
            self._cell.bare.append(text)


def _is_unread(tag: str, values: dict[str, str]) -> bool:
    classes = values.get("class", "").split()
    return (
        tag in _UNREAD
        or (tag == "details" and _FOLDED not in classes)
        or values.get("aria-hidden") == "true"
        or "hidden" in values
        or not _ASIDE.isdisjoint(classes)
    )


def tables_of(page: str) -> list[list[list[Drawn]]]:
    """The body rows of every table of the page."""
    reader = TableReader()
    reader.feed(page)
    reader.close()
    return reader.tables
