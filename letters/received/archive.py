"""A workbook or a Word document looked through before anything opens it: a ZIP archive with rules of its own.

Recognising a file by its first bytes misses macros and bombs, so every member is walked: names, sizes, ratio, links,
archives within, macros, embedded objects, relations to elsewhere. Members are read up to the size they declare, which
is bounded, so a bomb costs no more than that.
"""

import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO, NoReturn
from xml.parsers import expat

from .unfit import Unfit

MOST_MEMBERS = 1_000
MOST_UNPACKED = 100_000_000
MOST_RATIO = 200
# Small members may be packed tighter: a sheet of empty cells is.
RATIO_COUNTS_FROM = 1_000_000
_CHUNK = 1 << 16
_OVERLAP = 64
_END, _END_LENGTH = b"PK\x05\x06", 22
# Readers of PDF look for its mark this far into a file.
_PDF, _PDF_WITHIN = b"%PDF-", 1_024

_ENCRYPTED = 0x1
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ\x00", b"\xd0\xcf\x11\xe0")
_ACTIVE = ("vbaproject", "macrosheets/", "embeddings/", "activex/", "externallinks/", "oleobject", "ctrlprops/")
_TEXTS = (".xml", ".rels", ".vml")
# A relation says where it leads, and that it leads elsewhere: whatever is not plainly "Internal" does.
_ELSEWHERE = re.compile(rb"TargetMode(?!=[\"']Internal[\"'])(?=.{12})", re.DOTALL)
_ENCODING = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_CONTENTS = "[Content_Types].xml"


@dataclass(frozen=True)
class Shape:
    """A kind of archive: its main part and that part's type; which endings its parts may have, when not any."""

    name: str
    main: str
    main_type: bytes
    endings: tuple[str, ...] = ()


WORKBOOK = Shape(
    "XLSX workbook",
    "xl/workbook.xml",
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
)
WORD = Shape(
    "Word document (.docx)",
    "word/document.xml",
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    (*_TEXTS, ".png", ".jpg", ".jpeg", ".jpe", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".odttf"),
)

# Fields that fetch, start or take in something when a document is opened or printed; QUOTE can spell any of them.
_FIELDS = ("DDE", "INCLUDETEXT", "INCLUDEPICTURE", "LINK", "DATABASE", "QUOTE")
# A link to a place of the document itself; one to elsewhere is a relation.
_HARMLESS = re.compile(r"HYPERLINK", re.IGNORECASE)
_CODE, _SIMPLE, _INSTRUCTION = "instrtext", "fldsimple", "instr"


def walk(file: BinaryIO, shape: Shape) -> None:
    """Look through the archive. Raises ``Unfit`` for what is no plain file of this shape."""
    try:
        with zipfile.ZipFile(file) as archive:
            _whole(file, archive.infolist())
            _members(archive.infolist(), shape)
            for member in archive.infolist():
                if not member.is_dir():
                    _member(archive, member)
            _is_of(archive, shape)
            if shape is WORD:
                _fields(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, RuntimeError, ValueError):
        raise Unfit(f"the file is damaged, or is no {shape.name}") from None
    except (expat.ExpatError, zipfile.zlib.error):  # type: ignore[attr-defined]  # the module that zipfile unpacks with
        raise Unfit(f"the file is damaged, or is no {shape.name}") from None


def _whole(file: BinaryIO, members: list[zipfile.ZipInfo]) -> None:
    """The archive is the whole file: nothing before it, nothing behind it, and it is no PDF besides."""
    file.seek(0)
    beginning = file.read(_PDF_WITHIN)
    file.seek(-_END_LENGTH, 2)
    if file.read(len(_END)) != _END or min((member.header_offset for member in members), default=1):
        _refuse("the file holds something before or behind what it is")
    if _PDF in beginning:
        _refuse("the file is two kinds of file at once")


def _members(members: list[zipfile.ZipInfo], shape: Shape) -> None:
    if len(members) > MOST_MEMBERS:
        _refuse(f"the file has more than {MOST_MEMBERS:,} parts")
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        _refuse(f"unpacked, the file is larger than {MOST_UNPACKED // 1_000_000} MB")
    names = [member.filename.casefold() for member in members]
    if len(set(names)) != len(names):
        _refuse("the file has two parts of the same name")
    for member in members:
        path = PurePosixPath(member.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
            _refuse("a part of the file has a name that leads out of it")
        if member.flag_bits & _ENCRYPTED:
            _refuse("the file is protected by a password")
        if stat.S_ISLNK(member.external_attr >> 16):
            _refuse("the file holds a link")
        if member.file_size > RATIO_COUNTS_FROM and member.file_size > MOST_RATIO * max(1, member.compress_size):
            _refuse("a part of the file unpacks to far more than it is")
        if any(mark in member.filename.casefold() for mark in _ACTIVE):
            _refuse("the file holds macros, embedded objects or links to other files")
        if shape.endings and not member.is_dir() and not member.filename.casefold().endswith(shape.endings):
            _refuse("the file holds a part of another kind, such as a page or a program")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read it once, in pieces that overlap, so that no mark is missed between two."""
    is_text = member.filename.casefold().endswith(_TEXTS)
    with archive.open(member) as content:
        before = b""
        first = True
        while piece := content.read(_CHUNK):
            if first and piece.startswith(_ARCHIVES):
                _refuse("the file holds another archive or document")
            if first and is_text and not _is_utf_8(piece):
                _refuse("a part of the file is not written in UTF-8")
            if is_text:
                _text(before + piece)
            before, first = piece[-_OVERLAP:], False


def _is_utf_8(beginning: bytes) -> bool:
    """By its first letter and by what it says of itself: in another encoding the marks below would be missed."""
    beginning = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    said = _ENCODING.match(beginning)
    return beginning.startswith(b"<") and (said is None or said[1].lower() in (b"utf-8", b"us-ascii"))


def _text(piece: bytes) -> None:
    if b"\0" in piece:
        _refuse("a part of the file is not written in UTF-8")
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
        _refuse("a part of the file defines entities")
    if _ELSEWHERE.search(piece):
        _refuse("the file holds a link to elsewhere (a web address, an e-mail address or another file)")
    if b"macroEnabled" in piece:
        _refuse("the file can hold macros")


def _is_of(archive: zipfile.ZipFile, shape: Shape) -> None:
    names = set(archive.namelist())
    if not {_CONTENTS, shape.main} <= names or shape.main_type not in archive.read(_CONTENTS):
        _refuse(f"the file is no {shape.name}")


def _fields(archive: zipfile.ZipFile) -> None:
    """Refuse fields that do something. A field's code may be cut into any number of pieces: they are put together."""
    for member in archive.infolist():
        if member.filename.casefold().endswith(".xml") and not member.is_dir():
            with archive.open(member) as content:
                codes = "".join(_codes(content).split())
            if any(name in _HARMLESS.sub("", codes).upper() for name in _FIELDS):
                _refuse("the file holds a field that fetches or starts something")


def _codes(content: IO[bytes]) -> str:
    """The codes of all fields, one after the other. Nothing is kept of the rest, however much there is."""
    found: list[str] = []
    within = [False]

    def begin(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2].casefold()
        within.append(local.endswith(_CODE))
        if local == _SIMPLE:
            found.extend(value for key, value in attributes.items() if key.casefold().endswith(_INSTRUCTION))

    def end(_name: str) -> None:
        within.pop()

    def text(data: str) -> None:
        if within[-1]:
            found.append(data)

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
    parser.ParseFile(content)
    return "".join(found)


def _refuse(reason: str) -> NoReturn:
    raise Unfit(reason)
