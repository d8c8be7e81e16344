"""An Excel workbook, written row by row: what is done with is in a file of the writer's own, not in memory.

Every text is written as text, so nothing in it is ever a formula, a link or a number that loses its noughts.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.utils import timezone
from xlsxwriter import Workbook

from pages.cells import Value

from .sheet import Sheet, in_words, is_real_day

WIDTH = 24
FOLDER = "mappa-export-"
_LONGEST_HEADER = 255


def write_xlsx(sheet: Sheet, rows: Iterable[Sequence[Value]], out: BinaryIO) -> None:
    """One sheet: title and marking, headings that stay in view and on every printed page, the rows."""
    remove_leftovers()
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-") as folder:
        book = Workbook(
            out,
            {
                "constant_memory": True,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "remove_timezone": True,
            },
        )
        book.set_properties({"title": sheet.title, "comments": " ".join(sheet.marking.lines)})
        _write(book, book.add_worksheet(sheet.name), sheet, rows)
        book.close()


def remove_leftovers() -> int:
    """Remove the folders of processes that were killed while they wrote: the rows in them lie open. How many."""
    found = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        number = folder.name.removeprefix(FOLDER).partition("-")[0]
        if number.isdecimal() and not _runs(int(number)):
            shutil.rmtree(folder, ignore_errors=True)
            found += 1
    return found


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write(book: Any, page: Any, sheet: Sheet, rows: Iterable[Sequence[Value]]) -> None:
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    plain = book.add_format({"num_format": "0", "valign": "top"})
    day = book.add_format({"num_format": "d mmmm yyyy", "valign": "top", "align": "left"})
    moment = book.add_format({"num_format": "d mmmm yyyy hh:mm:ss", "valign": "top", "align": "left"})
    heads = len(sheet.above) + 1
    page.set_column(0, max(len(sheet.heads) - 1, 0), WIDTH)
    page.freeze_panes(heads + 1, 1)
    page.repeat_rows(heads)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_header("&C" + _in_header(" ".join(sheet.marking.lines[:2])))
    page.set_footer("&C" + _in_header(sheet.marking.origin) + "&RPage &P of &N")
    for number, line in enumerate(sheet.above):
        page.write_string(number, 0, line, bold if number < 2 else None)
    for place, label in enumerate(sheet.heads):
        page.write_string(heads, place, label, head)
    last = heads
    for last, row in enumerate(rows, start=heads + 1):
        for place, value in enumerate(row):
            if isinstance(value, datetime) and is_real_day(value):
                local = (timezone.localtime(value) if timezone.is_aware(value) else value).replace(microsecond=0)
                page.write_datetime(last, place, local, moment)
            elif is_real_day(value):
                page.write_datetime(last, place, value, day)
            elif isinstance(value, int):
                page.write_number(last, place, value, plain)
            elif value is not None:
                page.write_string(last, place, in_words(value), text)
    if sheet.heads:
        page.autofilter(heads, 0, last, len(sheet.heads) - 1)


def _in_header(text: str) -> str:
    """An ampersand begins a code in headers and footers; two of them are one. What is too long for one is cut."""
    return text.replace("&", "&&")[: _LONGEST_HEADER - 20]
