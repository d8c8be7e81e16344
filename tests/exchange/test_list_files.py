"""Files that come in from outside: which are read, which are refused, and that none costs more than it should."""

import io
import stat
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from exchange import sheets
from exchange.headings import missing, recognise
from exchange.problems import CellError, Problem
from exchange.sheets import check_file, headings_of, lines_of
from exchange.words import ListKind
from letters.received.archive import MOST_MEMBERS
from tests.exchange.lists import table, workbook

PLAIN = workbook([["PNC ID", "Surname", "DOB"], ["2001/9000001P", "Feldspar", "1979-02-28"]])
SHEET = "xl/worksheets/sheet1.xml"
Change = Callable[[zipfile.ZipFile], None]


def with_parts(*parts: tuple[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A plain workbook with more parts in it."""
    stream = io.BytesIO(PLAIN)
    with zipfile.ZipFile(stream, "a", kind) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return stream.getvalue()


def with_replaced(name: str, old: bytes, new: bytes) -> bytes:
    """A plain workbook in one part of which something stands for something else."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in source.infolist():
            content = source.read(member)
            archive.writestr(member.filename, content.replace(old, new) if member.filename == name else content)
    return stream.getvalue()


def with_link() -> bytes:
    link = zipfile.ZipInfo("xl/theme/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    stream = io.BytesIO(PLAIN)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def with_lock() -> bytes:
    """The mark of a protected member, set on every entry of the directory."""
    content = bytearray(PLAIN)
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(content)


RELATION = '<Relationships><Relationship Target="https://example.org" TargetMode="External"/></Relationships>'

HOSTILE = [
    pytest.param(with_parts(("xl/vbaProject.bin", b"x")), "macros", id="macros"),
    pytest.param(with_parts(("xl/macrosheets/sheet1.xml", b"<a/>")), "macros", id="macro sheet"),
    pytest.param(with_parts(("xl/embeddings/oleObject1.bin", b"x")), "embedded", id="embedded object"),
    pytest.param(with_parts(("xl/externalLinks/externalLink1.xml", b"<a/>")), "links", id="link to another workbook"),
    pytest.param(
        with_parts(("xl/worksheets/_rels/sheet1.xml.rels", RELATION.encode())), "elsewhere", id="relation to elsewhere"
    ),
    pytest.param(with_parts(("xl/media/image1.png", b"PK\x03\x04 inside")), "another archive", id="archive within"),
    pytest.param(with_parts(("xl/media/image1.png", b"\xd0\xcf\x11\xe0 inside")), "another archive", id="old document"),
    pytest.param(with_parts(("../outside.xml", b"<a/>")), "leads out", id="a name that climbs"),
    pytest.param(with_parts(("/etc/cron.d/x", b"x")), "leads out", id="a name from the root"),
    pytest.param(with_parts(("xl\\..\\outside", b"x")), "leads out", id="a name of another system"),
    pytest.param(with_parts(("XL/WORKBOOK.XML", b"<a/>")), "same name", id="one name twice"),
    pytest.param(with_link(), "a link", id="symbolic link"),
    pytest.param(with_lock(), "password", id="protected"),
    pytest.param(with_parts(("xl/bomb.xml", b"<a>" + b" " * 30_000_000)), "far more", id="bomb by ratio"),
    pytest.param(
        with_parts(*((f"xl/part{n}.bin", bytes(20_000_000)) for n in range(6))), "larger than 100 MB", id="bomb by size"
    ),
    pytest.param(
        with_parts(*((f"xl/part{n}.bin", b"x") for n in range(MOST_MEMBERS))), "parts", id="bomb by number"
    ),
    pytest.param(
        with_replaced(SHEET, b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'), "entities", id="entities"
    ),
    pytest.param(with_parts(("xl/other.xml", "<a/>".encode("utf-16"))), "UTF-8", id="a text that hides its marks"),
    pytest.param(
        with_replaced("[Content_Types].xml", b"sheet.main+xml", b"sheet.macroEnabled.main+xml"), "macros",
        id="a type that allows macros",
    ),
    pytest.param(PLAIN[:-60], "damaged", id="cut off"),
    pytest.param(b"PK\x03\x04" + b"\0" * 200, "damaged", id="only the beginning of an archive"),
    pytest.param(b"%PDF-1.7\n%...", "neither", id="another type"),
    pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ...", "old or protected", id="old workbook"),
    pytest.param(b"MZ\x90\x00 program", "neither", id="a program"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "why"), HOSTILE)
def test_a_file_that_is_no_plain_table_is_refused_and_says_why(content: bytes, why: str) -> None:
    with pytest.raises(CellError) as refused:
        check_file(io.BytesIO(content))
    assert why in refused.value.reason


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html><table><tr><td>PNC</td></tr></table></html>", id="a page saved under the name"),
        pytest.param(b"\xff\xfe\x00\x81 no text", id="bytes of no kind"),
        pytest.param(table([{"pnc": "2001/9000123K"}]), id="a renamed table in CSV"),
    ],
)
def test_what_is_a_workbook_by_its_name_only_is_told_so(content: bytes) -> None:
    with pytest.raises(CellError) as refused:
        check_file(io.BytesIO(content), called="MAPPA list.XLSX")
    assert "called a workbook by its name, and is none inside" in refused.value.reason
    assert "CSV" not in refused.value.right
    check_file(io.BytesIO(content), called="list.csv")


def test_a_document_of_another_kind_is_no_workbook() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(CellError, match="no XLSX workbook"):
        check_file(stream)


def test_too_large_is_told_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LARGEST", 10)
    with pytest.raises(CellError, match="larger than"):
        check_file(io.BytesIO(b"x" * 11))


def test_a_mark_between_two_pieces_is_found() -> None:
    """The walk reads in pieces; the mark stands across the border of two."""
    for before in range((1 << 16) - 30, (1 << 16) + 2):
        text = b"<a>" + b"x" * (before - 3) + b'<Relationship TargetMode="External"/></a>'
        with pytest.raises(CellError, match="elsewhere"):
            check_file(io.BytesIO(with_parts(("xl/rels.xml", text), kind=zipfile.ZIP_STORED)))


def test_plain_files_are_read() -> None:
    for content in (PLAIN, b"PNC ID,Surname,DOB\r\n2001/9000001P,Feldspar,1979-02-28\r\n"):
        file = io.BytesIO(content)
        check_file(file)
        problems: list[Problem] = []
        assert list(lines_of(file, problems.append)) == [
            (1, ["PNC ID", "Surname", "DOB"]), (2, ["2001/9000001P", "Feldspar", "1979-02-28"]),
        ]  # fmt: skip
        assert problems == []


def test_cells_of_a_sheet_as_text() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["number", "part", "long", "day", "moment", "yes", "text", "empty", "last"])
    moment = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - a spreadsheet knows no time zone
    sheet.append([17, 2.5, 9990123452.0, date(2026, 3, 2), moment, True, " 007 ", None, "end"])
    sheet.append([None] * 9)
    sheet.append(["=1+1", None, None, None, None, None, None, None, "formula"])
    sheet.append(["after"])
    stream = io.BytesIO()
    book.save(stream)
    problems: list[Problem] = []
    lines = list(lines_of(stream, problems.append))
    assert lines[1] == (2, ["17", "2.5", "9990123452", "2026-03-02", "2026-03-02", "yes", " 007 ", "", "end"])
    assert lines[2:] == [(5, ["after", "", "", "", "", "", "", "", ""])]
    assert [(problem.line, problem.column, problem.kind) for problem in problems] == [(4, "column A", "formula")]


def test_a_formula_in_csv_is_text() -> None:
    lines = list(lines_of(io.BytesIO(b"a,b\n=1+1,@SUM(A1)\n"), list[Problem]().append))
    assert lines[1] == (2, ["=1+1", "@SUM(A1)"])


def test_too_many_lines_and_columns_end_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_LINES", 2)
    problems: list[Problem] = []
    assert len(list(lines_of(io.BytesIO(b"a\n1\n2\n3\n4\n"), problems.append))) == 3
    assert [problem.kind for problem in problems] == ["too_many_rows"]
    wide = b",".join([b"x"] * 300) + b"\n"
    problems.clear()
    assert list(lines_of(io.BytesIO(wide), problems.append)) == []
    assert [problem.kind for problem in problems] == ["cells_too_many"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b",,,\n"])
def test_a_file_without_headings_is_refused(content: bytes) -> None:
    with pytest.raises(CellError, match="empty"):
        headings_of(io.BytesIO(content))


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("PNC-ID", "pnc"), ("pnc no.", "pnc"), (" SURNAME ", "family_name"), ("Forename(s)", "given_names"),
        ("D.O.B.", "date_of_birth"), ("NOMIS number", "noms"), ("Delius CRN", "crn"), ("family_name", "family_name"),
        ("MAPPA Level", "level"), ("", ""), ("Shoe size", None),
    ],
)  # fmt: skip
def test_headings_are_recognised_in_many_ways_of_writing(heading: str, column: str | None) -> None:
    assert recognise([heading], ListKind.PEOPLE, {}) == [column]


def test_what_was_said_of_a_heading_beats_what_it_looks_like() -> None:
    assert recognise(["Level", "Level"], ListKind.MEETINGS, {}) == ["meeting_level", None]
    assert recognise(["Surname", "Shoe size"], ListKind.PEOPLE, {"surname": "", "shoe size": "place"}) == ["", "place"]
    assert recognise(["Shoe size"], ListKind.MEETINGS, {"shoe size": "place"}) == [None]


def test_a_list_lacks_what_would_recognise_people() -> None:
    assert len(missing(["given_names"], ListKind.MEETINGS)) == 4
    assert missing(["pnc", "family_name", "date_of_birth"], ListKind.PEOPLE) == []
