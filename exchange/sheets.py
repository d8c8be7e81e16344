"""The table of a file, CSV or XLSX: lines of cells as text, with the number of each line, at most so many.

Which of the two it is, its content says, never its name. In a workbook the first sheet is read: dates as dates,
numbers as they stand, formulas as a problem of their line, for nobody knows when they were last worked out.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from letters.received.archive import WORKBOOK, walk
from letters.received.looking import LARGEST
from letters.received.unfit import Unfit

from .problems import CellError, Kind, Problem, Report
from .reader import csv_lines

MOST_LINES = 50_000
# The last row that a workbook can have. The library fills what lies before a row with empty ones, one by one.
LAST_ROW = 1_048_576
MOST_COLUMNS = 200
LONGEST_CELL = 10_000
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BINARY = (_OLD, b"%PDF", b"\x1f\x8b", b"{\\rtf", b"\x7fELF", b"MZ\x90", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
# XML that breaks off is a SyntaxError of the parser, whichever parser it is.
_UNREADABLE = (
    InvalidFileException, BadZipFile, SyntaxError, LookupError, ArithmeticError, ValueError, TypeError, AttributeError,
    OSError, EOFError,
)  # fmt: skip

Line = tuple[int, list[str]]


def check_file(file: BinaryIO, *, called: str = "") -> None:
    """See that the file is one of the two, and harmless. Raises ``CellError`` when it is not.

    ``called``: the name it came with. It opens nothing; it tells a workbook that is none from a table in CSV.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size > LARGEST:
        raise CellError(Kind.NOT_A_SHEET, f"the file is larger than {LARGEST // 1_000_000} MB", "Split the list")
    first = file.read(8)
    file.seek(0)
    if first.startswith(_ZIP):
        try:
            walk(file, WORKBOOK)
        except Unfit as unfit:
            right = "Save the plain table anew as XLSX without macros and links, or as CSV"
            raise CellError(Kind.NOT_A_SHEET, unfit.reason, right) from None
        file.seek(0)
    elif first.startswith(_BINARY):
        old = first.startswith(_OLD)
        reason = "this is an old or protected workbook" if old else "this is neither a CSV file nor a workbook"
        raise CellError(Kind.NOT_A_SHEET, reason, "Save it as XLSX without a password, or as “CSV UTF-8”")
    elif called.casefold().endswith(_WORKBOOKS):
        reason = "the file is called a workbook by its name, and is none inside: it is damaged, or was only renamed"
        raise CellError(
            Kind.NOT_A_SHEET, reason, "Open it where it was made and save it anew as XLSX, or ask for it again"
        )


def lines_of(file: BinaryIO, report: Report) -> Iterator[Line]:
    """The lines that are not empty, the first always. What cannot be read is reported; too much ends the reading."""
    file.seek(0)
    found = _of_workbook(file, report) if file.read(4) == _ZIP else csv_lines(_from_start(file), report)
    file.seek(0)
    for count, (number, cells) in enumerate(found):
        if count > MOST_LINES:
            reason = f"the list has more than {MOST_LINES:,} lines"
            report(Problem(number, "", Kind.TOO_MANY_ROWS, reason, "Split the list"))
            return
        if len(cells) > MOST_COLUMNS:
            reason = f"the line has more than {MOST_COLUMNS} columns"
            report(Problem(number, "", Kind.CELLS_TOO_MANY, reason, "Take away what is no part of the list"))
            continue
        yield number, cells


def _from_start(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return file


def _of_workbook(file: BinaryIO, report: Report) -> Iterator[Line]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(_from_start(file), read_only=True, keep_links=False)
            with closing(book):
                yield from _of_sheet(book.worksheets[0], report)
    except _UNREADABLE:
        reason = "the workbook is damaged and cannot be read to its end"
        report(Problem(1, "", Kind.NOT_A_SHEET, reason, "Save it anew, or as “CSV UTF-8”"))


def _of_sheet(sheet: Any, report: Report) -> Iterator[Line]:
    """Lines of a sheet; those with a cell that cannot be read are reported instead."""
    # What the file says of its own size is not relied on.
    sheet.reset_dimensions()
    width = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > LAST_ROW:
            reason = "a row of the sheet has a number that no sheet has"
            report(Problem(number, "", Kind.NOT_A_SHEET, reason, "Save it anew, or as “CSV UTF-8”"))
            return
        problems: list[Problem] = []
        cells = [_text(cell, number, problems.append) for cell in row]
        while cells and not cells[-1] and len(cells) > width:
            cells.pop()
        if not width:
            if not cells:
                continue
            width = len(cells)
        for problem in problems:
            report(problem)
        if not problems and any(cells):
            yield number, cells + [""] * (width - len(cells))


def _text(cell: Any, line: int, report: Report) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in ("f", "e"):
        what = "a formula" if cell.data_type == "f" else "an error of the spreadsheet"
        right = "Copy the column and paste it as values"
        report(Problem(line, f"column {cell.column_letter}", Kind.FORMULA, f"there is {what} here", right))
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value)
    if len(text) > LONGEST_CELL:
        reason = f"this is longer than {LONGEST_CELL:,} characters"
        report(Problem(line, f"column {cell.column_letter}", Kind.TOO_LONG, reason, "Shorten it"))
        return ""
    return text


def headings_of(file: BinaryIO) -> list[str]:
    """The first line. Raises ``CellError`` when there is none that could name columns."""
    problems: list[Problem] = []
    found: Sequence[str] = next((cells for _, cells in lines_of(file, problems.append)), [])
    headings = [" ".join(cell.split())[:100] for cell in found]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        if problems:
            raise CellError(problems[0].kind, problems[0].reason, problems[0].right)
        raise CellError(Kind.EMPTY_FILE, "the file is empty", "The first line names the columns")
    return headings
