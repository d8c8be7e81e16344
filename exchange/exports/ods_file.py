"""An Open Document spreadsheet. Every text is written as text, days and numbers as what they are.

The format is one document that is put together in memory: of the three writers, this one grows with the list.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from django.utils import timezone
from odfdo import Document, Element

from pages.cells import Value

from .sheet import Sheet, in_words, is_real_day

_DAY, _MOMENT, _BOLD, _COLUMN = "listday", "listmoment", "listbold", "listcolumn"
_WIDE = '<style:table-column-properties style:column-width="4.5cm"/>'
_LONG_DAY = (
    '<number:day/><number:text> </number:text><number:month number:style="long" number:textual="true"/>'
    '<number:text> </number:text><number:year number:style="long"/>'
)
_TIME = (
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/><number:text>:</number:text><number:seconds number:style="long"/>'
)
_BOLD_TEXT = '<style:text-properties fo:font-weight="bold"/>'


def _cell_style(name: str, more: str = "", within: str = "") -> str:
    family = 'style:family="table-cell" style:parent-style-name="Default"'
    return f'<style:style style:name="{name}" {family} {more}>{within}</style:style>'


_STYLES = (
    f'<number:date-style style:name="N901">{_LONG_DAY}</number:date-style>',
    f'<number:date-style style:name="N902">{_LONG_DAY}{_TIME}</number:date-style>',
    _cell_style(_DAY, 'style:data-style-name="N901"'),
    _cell_style(_MOMENT, 'style:data-style-name="N902"'),
    _cell_style(_BOLD, within=_BOLD_TEXT),
    f'<style:style style:name="{_COLUMN}" style:family="table-column">{_WIDE}</style:style>',
)


def write_ods(sheet: Sheet, rows: Iterable[Sequence[Value]], out: BinaryIO) -> None:
    """One sheet: title and marking, headings that stay in view and on every printed page, the rows."""
    document: Any = Document("spreadsheet")
    document.meta.title = sheet.title
    document.meta.description = " ".join(sheet.marking.lines)
    automatic = document.content.get_element("//office:automatic-styles")
    for style in _STYLES:
        automatic.append(Element.from_tag(style))
    body = document.body
    body.clear()
    body.append(Element.from_tag(_table(sheet, rows)))
    _frame(document, sheet)
    document.save(out, packaging="zip")


def _table(sheet: Sheet, rows: Iterable[Sequence[Value]]) -> str:
    width = max(len(sheet.heads), 1)
    pieces = [
        f'<table:table table:name={quoteattr(sheet.name)} table:style-name="ta1">',
        f'<table:table-column table:style-name="{_COLUMN}" table:number-columns-repeated="{width}"/>',
        *(_row([line], style=_BOLD if number < 2 else "") for number, line in enumerate(sheet.above)),
        _row([None]),
        f"<table:table-header-rows>{_row(sheet.heads, style=_BOLD)}</table:table-header-rows>",
        *(_row(row) for row in rows),
        "</table:table>",
    ]
    return "".join(pieces)


def _row(values: Sequence[Value], style: str = "") -> str:
    return f"<table:table-row>{''.join(_cell(value, style) for value in values)}</table:table-row>"


def _cell(value: Value, style: str = "") -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    words = f"<text:p>{escape(in_words(value))}</text:p>"
    if isinstance(value, datetime) and is_real_day(value):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        said = local.replace(tzinfo=None).isoformat(timespec="seconds")
        return _typed("date", f'office:date-value="{said}" table:style-name="{_MOMENT}"', words)
    if isinstance(value, date) and is_real_day(value):
        return _typed("date", f'office:date-value="{value.isoformat()}" table:style-name="{_DAY}"', words)
    if isinstance(value, int):
        return _typed("float", f'office:value="{value}"', words)
    return _typed("string", f'table:style-name="{style}"' if style else "", words)


def _typed(kind: str, attributes: str, words: str) -> str:
    return f'<table:table-cell office:value-type="{kind}" {attributes}>{words}</table:table-cell>'


def _frame(document: Any, sheet: Sheet) -> None:
    """What stands on every printed page, the language, and the rows that stay in view."""
    styles = document.styles
    for each in styles.get_elements("//style:text-properties[@fo:language]"):
        each.set_attribute("fo:language", "en")
        each.set_attribute("fo:country", "GB")
    master = styles.get_element('//style:master-page[@style:name="Default"]')
    _say(master.get_element("style:header"), " ".join(sheet.marking.lines[:2]))
    _say(master.get_element("style:footer"), sheet.marking.origin)
    settings = document.get_part("settings.xml")
    tables = settings.get_element('//config:config-item-map-named[@config:name="Tables"]/config:config-item-map-entry')
    tables.set_attribute("config:name", sheet.name)
    settings.get_element('//config:config-item[@config:name="ActiveTable"]').text = sheet.name
    frozen = len(sheet.above) + 2
    for name, kind, value in (
        ("VerticalSplitMode", "short", 2),
        ("VerticalSplitPosition", "int", frozen),
        ("PositionBottom", "int", frozen),
    ):
        for old in tables.get_elements(f'config:config-item[@config:name="{name}"]'):
            tables.delete(old)
        item = f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        tables.append(Element.from_tag(item))


def _say(part: Any, words: str) -> None:
    part.clear()
    part.append(Element.from_tag(f"<text:p>{escape(words)}</text:p>"))
