"""A document as a Word file: real headings, tables with header rows, the marking in head and foot of every page."""

from datetime import UTC
from io import BytesIO
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from .documents import Block, Bullets, Document, Facts, Heading, Numbered, Paragraph, Table

FONT = "Arial"


def as_word(document: Document) -> bytes:
    """The document as .docx. Every text becomes a text node: nothing typed can become a field, a link or mark-up."""
    file = docx.Document()
    _lay_out(file, document)
    _add_lines(file.add_paragraph(style="Title"), document.title)
    for block in document.blocks:
        _write(file, block)
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def _lay_out(file: Any, document: Document) -> None:
    about = file.core_properties
    about.title, about.author, about.language = document.title[:255], "MAPPA", document.language
    about.created = about.modified = document.marking.made_at.astimezone(UTC).replace(tzinfo=None)
    about.last_modified_by, about.comments = "MAPPA", ""
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(11)
    _language(normal, document.language)
    for name in ("Title", "Heading 1", "Heading 2", "Caption"):
        style = file.styles[name]
        style.font.name = FONT
        style.font.color.rgb = None
        # The theme's font would win over the named one.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    marking = document.marking
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.add_run(marking.classification).bold = True
    if document.reference:
        head.add_run().add_break()
        head.add_run(document.reference)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run(marking.caveat)
    foot.add_run().add_break()
    foot.add_run(f"{marking.origin} Page ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")
    foot.add_run(".")
    foot.add_run().add_break()
    foot.add_run(marking.classification).bold = True


def _language(style: Any, language: str) -> None:
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), language)
    style.element.get_or_add_rPr().append(mark)


def _field(paragraph: Any, name: str) -> None:
    """A number that Word works out itself."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _add_lines(paragraph: Any, text: str, *, bold: bool = False) -> None:
    for number, line in enumerate(text.split("\n")):
        if number:
            paragraph.add_run().add_break()
        paragraph.add_run(line).bold = bold or None


def _write(file: Any, block: Block) -> None:
    match block:
        case Heading(text=text, level=level):
            _add_lines(file.add_paragraph(style=f"Heading {level}"), text)
        case Paragraph(text=text):
            _add_lines(file.add_paragraph(), text)
        case Bullets(items=items):
            for item in items:
                _add_lines(file.add_paragraph(style="List Bullet"), item)
        case Numbered(items=items):
            for item in items:
                _add_lines(file.add_paragraph(style="List Number"), item)
        case Facts(rows=rows, caption=caption):
            _table(file, caption, rows, bold_keys=True)
        case Table(heads=heads, rows=rows, caption=caption, empty=empty):
            if rows:
                _table(file, caption, rows, heads=heads)
            else:
                _add_lines(file.add_paragraph(style="Caption"), caption)
                _add_lines(file.add_paragraph(), empty)


def _table(
    file: Any,
    caption: str,
    rows: tuple[tuple[str, ...], ...],
    *,
    heads: tuple[str, ...] = (),
    bold_keys: bool = False,
) -> None:
    title = file.add_paragraph(style="Caption")
    title.paragraph_format.keep_with_next = True
    _add_lines(title, caption)
    columns = len(heads) or 2
    table = file.add_table(rows=0, cols=columns, style="Table Grid")
    if heads:
        row = table.add_row()
        _fill(row, heads, bold=True)
        _mark(row._tr.get_or_add_trPr(), "w:tblHeader")
    for values in rows:
        row = table.add_row()
        _mark(row._tr.get_or_add_trPr(), "w:cantSplit")
        _fill(row, values, bold_first=bold_keys)
    file.add_paragraph()


def _fill(row: Any, values: tuple[str, ...], *, bold: bool = False, bold_first: bool = False) -> None:
    for place, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
        _add_lines(cell.paragraphs[0], value, bold=bold or (bold_first and place == 0))


def _mark(properties: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    properties.append(mark)
