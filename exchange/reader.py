"""Rows of a CSV file, one by one, with the line on which each begins. Nothing is kept: a file may be of any length."""

import csv
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from .columns import BY_NAME, MUST_HAVE
from .problems import CellError, Kind, Problem, Report

# A cell longer than this is a quotation mark that was never closed, not a text.
_LONGEST_CELL = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """The filled cells of one row, by column name, trimmed."""

    line: int
    cells: dict[str, str]


def rows(file: BinaryIO, report: Report) -> Iterator[Row]:
    """The rows that have the right shape. Empty rows are passed over; what has the wrong shape is reported.

    The text is UTF-8, with or without the mark at its beginning; any other encoding is told, not guessed. A header that
    cannot be used, another encoding or an open quotation mark end the reading.
    """
    lines = csv_lines(file, report)
    first = next(lines, None)
    header = _header(first[1], report) if first is not None else None
    if header is None:
        return
    for begins, cells in lines:
        row = row_of(begins, header, cells, report)
        if row is not None:
            yield row


def csv_lines(file: BinaryIO, report: Report) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line that is not empty, the first line always, with the line on which it begins."""
    lines = csv.reader(_decoded(file), strict=True)
    csv.field_size_limit(_LONGEST_CELL)
    begins = 1
    try:
        for cells in lines:
            if begins == 1 or any(cell.strip() for cell in cells):
                yield begins, cells
            begins = lines.line_num + 1
        if begins == 1:
            yield 1, []
    except CellError as error:
        report(error.at(lines.line_num + 1, ""))
    except csv.Error:
        reason = "a quotation mark opens in this row and is never closed, or stands in the middle of a cell"
        report(Problem(begins, "", Kind.QUOTE_OPEN, reason, "Close it, or double the mark that belongs to the text"))


def _decoded(file: BinaryIO) -> Iterator[str]:
    """The physical lines as text, decoded one by one so that the line of another encoding is known."""
    for raw in file:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            reason = "there are characters here in another encoding than UTF-8"
            raise CellError(Kind.NOT_UTF8, reason, "Save the file as “CSV UTF-8”") from None
        # The csv module stops at a null character without a line; the row's own check names line and column.
        yield text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _header(names: list[str], report: Report) -> list[str] | None:
    """The column names of the file, or nothing when rows cannot be read by them."""
    header = [name.strip().casefold() for name in names]
    if not any(header):
        report(Problem(1, "", Kind.EMPTY_FILE, "the file is empty", "The first line names the columns"))
        return None
    good = True
    for place, name in enumerate(header):
        if name not in BY_NAME:
            near = difflib.get_close_matches(name, BY_NAME, n=1)
            right = f"Did you mean {near[0]}?" if near else "Take the column out, or see docs/import_nominals.md"
            report(Problem(1, _shown(name, place), Kind.COLUMN_UNKNOWN, "there is no such column", right))
            good = False
        elif name in header[:place]:
            report(Problem(1, name, Kind.COLUMN_TWICE, "this column is there twice", "Keep one of them"))
            good = False
    for name in MUST_HAVE:
        if name not in header:
            report(Problem(1, name, Kind.COLUMN_MISSING, "this column is missing", f"Add it: {BY_NAME[name].meaning}"))
            good = False
    return header if good else None


def _shown(name: str, place: int) -> str:
    """A name that may be anything: a file without a header has a person's data in its place."""
    letters = name.replace("_", "").replace(" ", "")
    return name if letters.isalpha() and letters.isascii() and "_" in name else f"column {place + 1}"


def row_of(line: int, header: Sequence[str], cells: Sequence[str], report: Report) -> Row | None:
    """The filled cells under their columns; nothing, and a report, for a line of the wrong shape.

    A column without a name is left out.
    """
    if len(cells) != len(header):
        many = len(cells) > len(header)
        kind = Kind.CELLS_TOO_MANY if many else Kind.CELLS_TOO_FEW
        right = "Put a cell that holds a comma in quotation marks" if many else "Keep the commas of empty cells"
        report(Problem(line, "", kind, f"the row has {len(cells)} cells and the header {len(header)}", right))
        return None
    filled = {name: text for name, cell in zip(header, cells, strict=True) if name and (text := " ".join(cell.split()))}
    bad = [name for name, text in filled.items() if not text.isprintable() or "\N{REPLACEMENT CHARACTER}" in text]
    for name in bad:
        report(Problem(line, name, Kind.CHARACTER, "there is a character here that is no text", "Type the cell anew"))
    return None if bad else Row(line, filled)
