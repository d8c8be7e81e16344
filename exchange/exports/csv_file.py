"""Comma-separated values: UTF-8 with its mark, so that spreadsheet programs read it as such; days as 2026-03-31.

Text that a spreadsheet program would take for a formula gets an apostrophe before it.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import BinaryIO

from defusedcsv import csv
from django.utils import timezone

from pages.cells import Value

from .sheet import Sheet


def write_csv(sheet: Sheet, rows: Iterable[Sequence[Value]], out: BinaryIO) -> None:
    """Marking and title, an empty line, the headings, the rows."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerows([line] for line in sheet.above)
    writer.writerow([])
    writer.writerow(sheet.heads)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    text.detach()


def _cell(value: Value) -> str | int:
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value
