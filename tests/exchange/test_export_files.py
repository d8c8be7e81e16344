"""The files, read back by other people's readers: text stays text, days are days, everything is marked."""

import csv
import io
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from odfdo import Document
from openpyxl import load_workbook

from exchange.exports.files import WRITERS
from exchange.exports.sheet import Sheet
from exchange.models import FileFormat
from letters.marking import Marking
from pages.cells import Value

MARKING = Marking("Helen Curlew, MAPPA coordinator", datetime(2026, 3, 27, 14, 5, tzinfo=UTC), 12)
HEADS = ("Name", "Ends", "Number", "When")
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+44 7700 900000",
    "-2+3",
    "@SUM(A1)",
    "|pipe",
    "%percent",
    '=HYPERLINK("http://example.org","x")',
    "http://example.org",
    "007",
    "0123456789",
    "1/2",
    "<b>bold</b>",
    "a & b < c",
    'quote " and , comma',
    "Zoë Ångström 😀",
    "{{ name }}",
)
ROWS: list[Sequence[Value]] = [
    ["Quartz, Ann", date(2026, 3, 31), 1234, datetime(2026, 7, 1, 13, 5, tzinfo=UTC)],
    ["Marl, Bo", None, -7, None],
    ["Flint, Cy", date(1899, 12, 31), 0, None],
    *([text, None, None, None] for text in HOSTILE),
]


def sheet(title: str = "Register") -> Sheet:
    return Sheet(title, date(2026, 3, 27), "Category: Category 1", HEADS, MARKING)


def written(kind: FileFormat, rows: Any = ROWS, title: str = "Register") -> bytes:
    out = io.BytesIO()
    WRITERS[kind](sheet(title), rows, out)
    return out.getvalue()


def test_csv() -> None:
    content = written(FileFormat.CSV)
    assert content.startswith(b"\xef\xbb\xbf"), "the mark by which spreadsheet programs know the encoding"
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [line[0] for line in lines[:6]] == sheet().above
    assert lines[6] == []
    assert lines[7] == list(HEADS)
    assert lines[8] == ["Quartz, Ann", "2026-03-31", "1234", "2026-07-01 14:05:00"]
    assert lines[9] == ["Marl, Bo", "", "-7", ""]
    assert lines[10][1] == "1899-12-31"
    texts = [line[0] for line in lines[11:]]
    assert len(texts) == len(HOSTILE)
    for said, meant in zip(texts, HOSTILE, strict=True):
        assert said == meant or said == "'" + meant.replace("|", "\\|"), meant
        assert said[0] not in "=+-@|%\t", "no program may take it for a formula"


def test_xlsx() -> None:
    book = load_workbook(io.BytesIO(written(FileFormat.XLSX)))
    page = book["Register"]
    rows = list(page.iter_rows())
    assert [row[0].value for row in rows[:6]] == sheet().above
    assert [cell.value for cell in rows[7]] == list(HEADS)
    first = rows[8]
    assert (first[0].value, first[1].value, first[2].value) == ("Quartz, Ann", datetime(2026, 3, 31), 1234)  # noqa: DTZ001
    assert first[1].is_date
    assert first[3].value == datetime(2026, 7, 1, 14, 5)  # noqa: DTZ001  London's time, as a spreadsheet keeps it
    assert rows[10][1].value == "31 December 1899", "a day that spreadsheets do not know is written in words"
    for row, meant in zip(rows[11:], HOSTILE, strict=True):
        assert (row[0].value, row[0].data_type) == (meant, "s"), "text, never a formula or a number"
        assert row[0].hyperlink is None
    assert page.freeze_panes == "B9"
    assert page.print_title_rows == "$8:$8"
    assert page.auto_filter.ref.startswith("A8:D")
    assert "OFFICIAL-SENSITIVE" in page.oddHeader.center.text
    assert "Copy 12." in page.oddFooter.center.text
    assert book.properties.title == "Register"


def test_ods() -> None:
    document = Document(io.BytesIO(written(FileFormat.ODS)))
    table = document.body.get_table(0)
    assert table.name == "Register"
    rows = list(table.traverse())
    assert [row.get_value(0) for row in rows[:6]] == sheet().above
    assert rows[7].get_values() == list(HEADS)
    assert rows[8].get_cell(1).type == "date"
    assert rows[8].get_values() == ["Quartz, Ann", date(2026, 3, 31), 1234, datetime(2026, 7, 1, 14, 5)]  # noqa: DTZ001
    assert rows[10].get_value(1) == "31 December 1899"
    for row, meant in zip(rows[11:], HOSTILE, strict=True):
        cell = row.get_cell(0)
        assert (cell.get_value(), cell.type) == (meant, "string")
        assert cell.formula is None
    assert "table-header-rows" in table.serialize()
    styles = document.styles.serialize()
    assert "OFFICIAL-SENSITIVE" in str(styles)
    assert "Copy 12." in str(styles)
    assert 'fo:language="fr"' not in str(styles)
    assert "VerticalSplitPosition" in str(document.get_part("settings.xml").serialize())


@pytest.mark.parametrize("kind", FileFormat)
@pytest.mark.parametrize(
    "title",
    ["Register", "Who looked: [all]/*?\\", "'quoted'", "A title that is much longer than thirty-one letters", "?"],
)
def test_any_title_makes_a_file(kind: FileFormat, title: str) -> None:
    assert written(kind, [], title)
    name = sheet(title).name
    assert name
    assert len(name) <= 31


@pytest.mark.parametrize("kind", FileFormat)
def test_an_empty_list_is_marked_too(kind: FileFormat) -> None:
    assert written(kind, [])


@pytest.mark.parametrize("kind", [FileFormat.CSV, FileFormat.XLSX])
def test_rows_that_are_written_are_let_go(kind: FileFormat) -> None:
    """Of ten times as many rows only the file itself is larger in memory."""

    def rows(number: int) -> Iterator[Sequence[Value]]:
        return ([f"Quartz {each}", date(2026, 3, 31), each, None] for each in range(number))

    def peak(number: int) -> int:
        tracemalloc.start()
        size = len(written(kind, rows(number)))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most - 3 * size

    peak(10)
    assert peak(20_000) < peak(2_000) + 400_000


def test_a_workbook_leaves_nothing_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not after it is written, and not for long after its writer was killed."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen: list[str] = []

    def rows() -> Iterator[Sequence[Value]]:
        seen.extend(path.name for path in tmp_path.iterdir())
        yield ["Quartz", None, 1, None]

    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    (tmp_path / f"mappa-export-{killed.pid}-left").mkdir()
    running = tmp_path / f"mappa-export-{os.getppid()}-other"
    running.mkdir()
    written(FileFormat.XLSX, rows())
    assert [name for name in seen if name.startswith(f"mappa-export-{os.getpid()}-")]
    assert list(tmp_path.iterdir()) == [running], "another that is at work is left alone"
