"""Reads back what the writers made."""

import re
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn
from pypdf import PdfReader


def squeezed(text: str) -> str:
    """Without white space: where a line breaks is the layout's business."""
    return re.sub(r"\s+", "", text)


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def body_of_pdf(pdf: bytes, *, head: int, foot: int) -> str:
    """The text between the head and the foot of each page, given in lines."""
    return "\n".join("\n".join(page.split("\n")[head : -foot or None]) for page in pages_of(pdf))


def body_of_word(word: bytes) -> str:
    """Paragraphs and cells in the order they stand."""
    file: Any = docx.Document(BytesIO(word))
    return "\n".join(_text(paragraph) for paragraph in file.element.body.iter(qn("w:p")))


def _text(paragraph: Any) -> str:
    parts = {qn("w:t"): lambda node: node.text or "", qn("w:br"): lambda _node: "\n"}
    return "".join(parts[node.tag](node) for node in paragraph.iter() if node.tag in parts)


def furniture_of_word(word: bytes) -> str:
    """Head and foot, which Word repeats on every page."""
    file: Any = docx.Document(BytesIO(word))
    (section,) = file.sections
    assert not section.different_first_page_header_footer
    parts = [*section.header.paragraphs, *section.footer.paragraphs]
    return "\n".join(_text(paragraph._p) for paragraph in parts)
