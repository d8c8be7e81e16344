"""A document as a value: what it says, in the order it is read. `letters.pdf` and `letters.word` write it.

Blocks hold plain text and nothing else: no mark-up, no style, no picture. Text is made plain when the value is made, so
both writers say the same, and nothing that somebody typed can become a command of Typst, XML or a text's direction.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from .marking import Marking

_LINE_ENDS = ("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029")
REPLACED = "\N{REPLACEMENT CHARACTER}"


def plain(text: str) -> str:
    """The text as it may stand in a document: lines end in ``\\n``, a tab is a space.

    Control characters, half surrogates and what is no character become U+FFFD, so that a reader sees that something
    stood there. Marks that turn the direction of the text about, and those of no width, are left out: letters of
    right-to-left scripts stay, and only they say in which direction they are read.
    """
    for end in _LINE_ENDS:
        text = text.replace(end, "\n")
    return "".join(map(_plain, text.replace("\t", " "))).strip()


def _plain(char: str) -> str:
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if category == "Cf":
        return "-" if char == "\N{SOFT HYPHEN}" else ""
    if category in ("Cc", "Cs", "Co", "Cn"):
        return REPLACED
    return " " if category == "Zs" else char


class _Plain:
    """A block whose texts are made plain as it is made."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            object.__setattr__(self, name, _made_plain(value))


def _made_plain(value: object) -> object:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, tuple | list):
        return tuple(_made_plain(each) for each in value)
    return value


@dataclass(frozen=True)
class Heading(_Plain):
    """A heading below the title: `level` 1 for a part, 2 for a part of a part."""

    text: str
    level: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.level not in (1, 2) or not self.text:
            raise ValueError("A heading has words, and level 1 or 2.")


@dataclass(frozen=True)
class Paragraph(_Plain):
    """Text; its lines stay lines."""

    text: str


@dataclass(frozen=True)
class Bullets(_Plain):
    """A list without order."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Numbered(_Plain):
    """A list in order, numbered from 1."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts(_Plain):
    """Keys and values, one pair a row; `caption` says what they are about."""

    rows: tuple[tuple[str, str], ...]
    caption: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.caption or any(len(row) != 2 for row in self.rows):
            raise ValueError("Facts have a caption, and pairs of key and value.")


@dataclass(frozen=True)
class Table(_Plain):
    """Rows under heads; the first cell of a row names it. Written as `empty` when there is no row."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    empty: str = "None."

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.caption or not self.heads or any(len(row) != len(self.heads) for row in self.rows):
            raise ValueError("A table has a caption, heads, and as many cells in each row as heads.")


Block = Heading | Paragraph | Bullets | Numbered | Facts | Table


@dataclass(frozen=True)
class Document(_Plain):
    """What is printed or sent as a file: title, blocks, the marking that stands on every page (R102), a reference.

    `reference` is how the document is quoted, such as a copy's or a record's number: it stands on every page too.
    """

    title: str
    blocks: tuple[Block, ...]
    marking: Marking
    reference: str = ""
    language: str = field(default="en-GB", init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.title:
            raise ValueError("A document has a title.")


def texts(document: Document) -> Iterator[str]:
    """Every text of the document's body in the order it is read; the marking of the pages is apart."""
    yield document.title
    for block in document.blocks:
        yield from _texts_of(block)


def _texts_of(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text) | Paragraph(text=text):
            yield text
        case Bullets(items=items) | Numbered(items=items):
            yield from items
        case Facts(rows=rows, caption=caption):
            yield caption
            for key, value in rows:
                yield from (key, value)
        case Table(heads=heads, rows=rows, caption=caption, empty=empty):
            yield caption
            if not rows:
                yield empty
                return
            yield from heads
            for row in rows:
                yield from row
