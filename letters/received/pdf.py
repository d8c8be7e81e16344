"""A PDF looked through before anybody opens it: no script, no program started, nothing attached, nothing hidden.

The file is read from its first byte to its last as a row of tokens and streams. What cannot be read so is refused, for
programs that open PDFs forgive much, each in its own way, and what one overlooks another carries out. Names are looked
for in three places: among the tokens; in object streams, which hold tokens packed; and in every byte of the file,
because a table at its end may call any place of it an object, the inside of a picture too. Only a stream can hold
packed tokens, and there is no beginning of a stream that the reading has not met.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from typing import NoReturn

from .unfit import Unfit

MOST_UNPACKED = 100_000_000
MOST_STEPS = 1_500_000
_HEADER = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\r\n]")
_LAST = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
_ARCHIVE_END, _ARCHIVE_WITHIN = b"PK\x05\x06", 66_000
_LAST_WITHIN = 1_024

_SPACE = rb"\x00\t\n\x0c\r "
_NAME = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]*)")
_TOKEN = re.compile(
    rb"(?P<skip>[" + _SPACE + rb"]+|%[^\r\n]*)"
    rb"|(?P<name>/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*)"
    rb"|(?P<mark><<|>>|\[|\])"
    rb"|(?P<hex><[0-9A-Fa-f" + _SPACE + rb"]*>)"
    rb"|(?P<word>[^\x00\t\n\x0c\r ()<>\[\]{}/%]+)"
    rb"|(?P<text>\()"
)
_IN_TEXT = re.compile(rb"\\.|[()]", re.DOTALL)
_BEGINS = re.compile(rb"(?<![A-Za-z])stream(?![A-Za-z])")
_AFTER_KEYWORD = re.compile(rb"\r\n|\n|\r")
_ENDS = b"endstream"
# Words that stand between objects, never within one.
_OUTSIDE = (b"stream", b"obj", b"endobj", b"xref", b"trailer", b"startxref")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")

# Names that nothing harmless needs, looked for in every byte: long ones, which do not turn up by chance.
_UNWANTED: Mapping[bytes, str] = {
    b"JavaScript": "the PDF holds a script",
    b"Rendition": "the PDF plays something by itself",
    b"RichMedia": "the PDF plays something by itself",
    b"Launch": "the PDF starts another program",
    b"ImportData": "the PDF takes in another file",
    b"GoToE": "the PDF opens an attached file",
    b"EmbeddedFile": "the PDF has a file attached to it",
    b"EmbeddedFiles": "the PDF has a file attached to it",
    b"FileAttachment": "the PDF has a file attached to it",
    b"Encrypt": "the PDF is protected by a password",
}
# Short ones turn up in packed pictures by chance: looked for among tokens.
_UNWANTED_TOKENS: Mapping[bytes, str] = {
    **_UNWANTED,
    b"JS": "the PDF holds a script",
    b"EF": "the PDF has a file attached to it",
    b"XFA": "the PDF holds a form with a program of its own",
    b"Crypt": "the PDF is protected by a password",
}
_UNUSUAL = "the PDF is built in an unusual way, so that it cannot be looked through"
_DAMAGED = "the PDF is damaged"


def look_through_pdf(content: bytes) -> None:
    """Look through the whole file. Raises ``Unfit`` for what is damaged, protected, active or cannot be read."""
    if not _HEADER.match(content) or not _LAST.search(content, max(0, len(content) - _LAST_WITHIN)):
        _refuse(_DAMAGED)
    if _ARCHIVE_END in content[-_ARCHIVE_WITHIN:]:
        _refuse("the file is two kinds of file at once")
    reading = _Reading()
    reading.anywhere(content)
    begun: set[int] = set()
    unpacked = 0
    for place, words, dictionary in reading.streams(content):
        begun.add(place)
        packed = _Packed(dictionary)
        if packed.holds_objects or packed.counts:
            opened = packed.opened(content[words : content.index(_ENDS, words)], MOST_UNPACKED - unpacked)
            unpacked += len(opened)
            if packed.holds_objects:
                reading.anywhere(opened)
                reading.tokens(opened)
    if any(found.start() not in begun for found in _BEGINS.finditer(content)):
        _refuse(_UNUSUAL)
    for name in reading.names:
        if name in _UNWANTED_TOKENS:
            _refuse(_UNWANTED_TOKENS[name])
    if not {b"Root", b"Pages", b"Page"} <= reading.names:
        _refuse(_DAMAGED)


class _Reading:
    """Reads tokens, and gathers the names among them. It takes only so many steps, so that no file costs minutes."""

    def __init__(self) -> None:
        self.names: set[bytes] = set()
        self.steps = 0

    def step(self) -> None:
        """One more token, name or bracket. Raises ``Unfit`` when there have been too many."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            _refuse("the PDF has too many parts to be looked through: print it as a PDF anew")

    def anywhere(self, content: bytes) -> None:
        """Refuse an unwanted name in any place, whether or not it is a token there."""
        for found in _NAME.finditer(content):
            self.step()
            if (name := _plain(found[1])) in _UNWANTED:
                _refuse(_UNWANTED[name])

    def tokens(self, content: bytes) -> None:
        """Gather the names among the tokens of an object stream."""
        place = 0
        while place < len(content):
            _, token, place = self._next(content, place)
            if token == b"stream":
                _refuse(_UNUSUAL)

    def streams(self, content: bytes) -> Iterator[tuple[int, int, list[bytes]]]:
        """Every stream: where its keyword stands, where its bytes begin, the tokens of its dictionary.

        A body ends at the first ``endstream``, whatever its dictionary says: what a longer one would hold is read as
        tokens, or refused.
        """
        place, depth, since = 0, 0, list[bytes]()
        while place < len(content):
            kind, token, place = self._next(content, place)
            depth += {b"<<": 1, b">>": -1}.get(token, 0) if kind == "mark" else 0
            if depth < 0 or (depth and kind == "word" and token in _OUTSIDE):
                _refuse(_UNUSUAL)
            if kind == "word" and token == b"stream":
                begins = _AFTER_KEYWORD.match(content, place)
                end = content.find(_ENDS, place)
                if begins is None or since[-1:] != [b">>"] or end < 0:
                    _refuse(_UNUSUAL)
                yield place - len(token), begins.end(), since
                place, since = end + len(_ENDS), []
            elif kind == "word" and token in _OUTSIDE:
                since = []
            elif kind != "skip":
                since.append(b"/" + token if kind == "name" else token)
        if depth:
            _refuse(_UNUSUAL)

    def _next(self, content: bytes, place: int) -> tuple[str, bytes, int]:
        """The token at this place: its kind, itself (a name without its stroke and escapes), where it ends."""
        self.step()
        found = _TOKEN.match(content, place)
        if found is None or found.lastgroup is None:
            _refuse(_UNUSUAL)
        kind, token, end = found.lastgroup, found[0], found.end()
        if kind == "text":
            return kind, b"(", self._end_of_text(content, end)
        if kind == "name":
            token = _plain(token[1:])
            self.names.add(token)
        return kind, token, end

    def _end_of_text(self, content: bytes, place: int) -> int:
        depth = 1
        for found in _IN_TEXT.finditer(content, place):
            self.step()
            depth += {b"(": 1, b")": -1}.get(found[0], 0)
            if not depth:
                return found.end()
        return _refuse(_UNUSUAL)


def _plain(name: bytes) -> bytes:
    """A name without its escapes: ``J#61vaScript`` is read as ``JavaScript``."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), name) if b"#" in name else name


class _Packed:
    """How the bytes of a stream are packed, by the tokens of its dictionary."""

    def __init__(self, tokens: list[bytes]) -> None:
        names = {token for token in tokens if token.startswith(b"/")}
        self.tokens = tokens
        # Not by its type: programs go by the two numbers that such a stream must have.
        self.holds_objects = b"/ObjStm" in names or {b"/N", b"/First"} <= names
        self.is_plainly_packed = self._filter() in ([b"/FlateDecode"], [b"[", b"/FlateDecode", b"]"])
        self.is_unpacked = b"/Filter" not in names and b"/F" not in names
        self.is_told_more = bool(names & {b"/DecodeParms", b"/DP", b"/F", b"/FFilter", b"/FDecodeParms"})
        self.counts = self.is_plainly_packed and b"/Image" not in names

    def _filter(self) -> list[bytes]:
        if self.tokens.count(b"/Filter") != 1:
            return []
        after = self.tokens[self.tokens.index(b"/Filter") + 1 :]
        return after[: after.index(b"]") + 1] if after[0] == b"[" and b"]" in after else after[:1]

    def opened(self, body: bytes, most: int) -> bytes:
        """The bytes unpacked. Raises ``Unfit`` when they are too many or, of objects, cannot be had plainly."""
        if self.holds_objects:
            if self.is_told_more or not (self.is_plainly_packed or self.is_unpacked):
                _refuse(_UNUSUAL)
            if self.is_unpacked:
                return body
        machine = zlib.decompressobj()
        try:
            opened = machine.decompress(body, max(1, most))
        except zlib.error:
            if self.holds_objects:
                _refuse(_UNUSUAL)
            return b""
        if machine.unconsumed_tail:
            _refuse("the PDF unpacks to far more than it is")
        if self.holds_objects and not machine.eof:
            _refuse(_UNUSUAL)
        return opened


def _refuse(reason: str) -> NoReturn:
    raise Unfit(reason)
