"""A spreadsheet file looked through before anything opens it: a ZIP archive with rules of its own.

Recognising a file by its first bytes misses macros and bombs, so every member is walked: names, sizes, ratio, links,
archives within, macros, embedded objects, relations to elsewhere. Members are read up to the size they declare, which
is bounded, so a bomb costs no more than that.
"""

import re
import stat
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO, NoReturn

from .problems import CellError, Kind

MOST_MEMBERS = 1_000
MOST_UNPACKED = 100_000_000
MOST_RATIO = 200
# Small members may be packed tighter: a sheet of empty cells is.
RATIO_COUNTS_FROM = 1_000_000
_CHUNK = 1 << 16
_OVERLAP = 64

_ENCRYPTED = 0x1
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ\x00", b"\xd0\xcf\x11\xe0")
_ACTIVE = ("vbaproject", "macrosheets/", "embeddings/", "activex/", "externallinks/", "oleobject", "ctrlprops/")
_TEXTS = (".xml", ".rels", ".vml")
_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_ENCODING = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_CONTENTS, _WORKBOOK = "[Content_Types].xml", "xl/workbook.xml"


def walk(file: BinaryIO) -> None:
    """Look through the archive. Raises ``CellError`` for what is no plain workbook; its text names no content."""
    try:
        with zipfile.ZipFile(file) as archive:
            _members(archive.infolist())
            for member in archive.infolist():
                if not member.is_dir():
                    _member(archive, member)
            _is_workbook(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, RuntimeError, ValueError):
        _refuse("the file is damaged, or is no workbook")
    except zipfile.zlib.error:  # type: ignore[attr-defined]  # the module that zipfile unpacks with
        _refuse("the file is damaged, or is no workbook")


def _members(members: list[zipfile.ZipInfo]) -> None:
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
    if b'TargetMode="External"' in piece or b"TargetMode='External'" in piece:
        _refuse("the file holds a link to elsewhere (a web address, an e-mail address or another file)")
    if b"macroEnabled" in piece:
        _refuse("the file can hold macros")


def _is_workbook(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if not {_CONTENTS, _WORKBOOK} <= names or _MAIN_TYPE not in archive.read(_CONTENTS):
        _refuse("the file is no XLSX workbook")


def _refuse(reason: str) -> NoReturn:
    raise CellError(Kind.NOT_A_SHEET, reason, "Save the plain table anew as XLSX without macros and links, or as CSV")
