"""One document, two writers: the same words, the same marking, and nothing typed becomes anything but text."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from letters.documents import Block, Bullets, Document, Facts, Heading, Numbered, Paragraph, Table, plain, texts
from letters.marking import Marking
from letters.pdf import as_pdf
from letters.word import as_word

from .reading import body_of_pdf, body_of_word, furniture_of_word, pages_of, squeezed

MARKING = Marking(
    who="Edith Wren, MAPPA coordinator", made_at=datetime(2026, 7, 1, 12, 5, 0, 417, tzinfo=UTC), copy_number=417
)
EVERY_BLOCK: tuple[Block, ...] = (
    Heading("Where things stand"),
    Paragraph("First line.\nSecond line."),
    Facts((("Category", "Category 2"), ("Level", "Level 3, since 1 May 2026")), "Category and level"),
    Heading("Since when", level=2),
    Table(("Level", "From"), (("Level 1", "1 May 2025"), ("Level 2", "1 May 2026")), "Levels over time"),
    Table(("Address",), (), "Addresses", empty="No address is recorded."),
    Bullets(("A thing", "Another")),
    Numbered(("First", "Then")),
)
HOSTILE = (
    "#panic(\"out\") #let x = 1 $x^2$ *bold* _thin_ <label> @ref [content] // gone? /* gone? */ \\u{41} ```raw```",
    "<w:t>&lt;b&gt;</w:t> ]]> <!-- --> <?xml?> &amp; &#65; {{ title }} {% if %}",
    'sys.inputs.document ", "marking": {"caveat": ""}',
    "=HYPERLINK(\"http://example.org\") +1 -1 @SUM(A1)",
    "a\u202etxt.exe\u202c b\u2066c\u2069 \u200f\u200b",
    "שלום עולם, مرحبا",
    "bell \x07, nothing \x00, escape \x1b[31m, half \ud800, none \ufffe \U0010ffff",
    "an emoji 😀 and 漢字",
)  # fmt: skip


def document(*blocks: Block, title: str = "Summary", reference: str = "Record 12") -> Document:
    return Document(title, blocks, MARKING, reference)


def in_order(wanted: list[str], body: str) -> None:
    """Each text stands in the body, after the one before."""
    place, squashed = 0, squeezed(body)
    for text in wanted:
        found = squashed.find(squeezed(text), place)
        assert found >= 0, f"{text!r} is missing after {squashed[:place][-60:]!r}"
        place = found + len(squeezed(text))


class TestBothWriters:
    def test_say_the_same_in_the_same_order(self) -> None:
        made = document(*EVERY_BLOCK)
        pdf, word = body_of_pdf(as_pdf(made), head=2, foot=3), body_of_word(as_word(made))
        in_order(list(texts(made)), pdf)
        in_order(list(texts(made)), word)
        # Nothing besides, but what draws lists and pairs.
        drawn = str.maketrans("", "", "•:12.")
        assert squeezed(pdf).translate(drawn) == squeezed(word).translate(drawn)

    def test_keep_lines(self) -> None:
        made = document(Paragraph("One\r\nTwo\u2028Three"))
        for body in (body_of_pdf(as_pdf(made), head=2, foot=3), body_of_word(as_word(made))):
            assert "One\nTwo\nThree" in body

    @pytest.mark.parametrize("text", HOSTILE)
    def test_text_stays_text(self, text: str) -> None:
        made = document(
            Heading(text), Paragraph(text), Bullets((text,)), Facts(((text, text),), text),
            Table((text,), ((text,),), text), title=text, reference=text,
        )  # fmt: skip
        word = body_of_word(as_word(made))
        assert word.count(plain(text)) == 10
        pdf = squeezed("".join(pages_of(as_pdf(made))))
        if text.isascii():
            assert pdf.count(squeezed(plain(text))) >= 11  # the reference too, on every page
        else:
            # How far a reader of PDF puts right-to-left words back is its own affair: the letters are there.
            shown = {char for char in squeezed(plain(text)) if ord(char) < 0x3000}
            assert shown <= set(pdf)

    @given(text=st.text(min_size=1, max_size=40))
    @settings(max_examples=40)
    def test_any_text_can_be_written(self, text: str) -> None:
        made = document(Paragraph(text), Table(("A",), ((text,),), "Rows"))
        assert plain(text) in body_of_word(as_word(made))
        assert pages_of(as_pdf(made))


class TestPlain:
    @pytest.mark.parametrize(
        ("typed", "shown"),
        [
            ("a\tb", "a b"),
            ("a\u00a0b", "a b"),
            ("a\u202eb", "ab"),
            ("a\x00b", "a\ufffdb"),
            ("a\ud800b", "a\ufffdb"),
            ("co\u00adop", "co-op"),
            ("a\r\nb\rc\u2029d", "a\nb\nc\nd"),
            ("  a ", "a"),
            ("naïve Ŵŷn", "naïve Ŵŷn"),
        ],
    )
    def test_text(self, typed: str, shown: str) -> None:
        assert plain(typed) == shown

    @pytest.mark.parametrize(
        "make",
        [
            lambda: Heading(""),
            lambda: Heading("Deep", level=3),
            lambda: Facts((("a", "b"),), ""),
            lambda: Table(("a", "b"), (("only one",),), "Rows"),
            lambda: Table((), (), "Rows"),
            lambda: document(title=" "),
        ],
    )
    def test_a_document_without_structure_is_none(self, make: Any) -> None:
        with pytest.raises(ValueError, match=r"has|have"):
            make()


LONG = document(Table(("Number", "What"), tuple((f"Row {n}", "Schist and gneiss") for n in range(120)), "Many rows"))


class TestMarking:
    """R102, on every page."""

    WHOLE = ("OFFICIAL-SENSITIVE", "Need to know", "Edith Wren, MAPPA coordinator. 1 July 2026 at 1:05pm. Copy 417.")

    def test_every_page_of_the_pdf_carries_it(self) -> None:
        pages = pages_of(as_pdf(LONG))
        assert len(pages) > 2
        for number, page in enumerate(pages, start=1):
            for line in (*self.WHOLE, "Record 12", f"Page {number} of {len(pages)}"):
                assert line in page

    def test_every_page_of_the_word_file_carries_it(self) -> None:
        furniture = furniture_of_word(as_word(LONG))
        for line in (*self.WHOLE, "Record 12"):
            assert line in furniture

    def test_it_is_said_in_lines_for_a_sheet(self) -> None:
        assert MARKING.lines == (MARKING.classification, MARKING.caveat, MARKING.origin)


class TestAccessibility:
    def test_the_pdf_claims_its_standard_and_is_tagged(self) -> None:
        reader = PdfReader(BytesIO(as_pdf(document(*EVERY_BLOCK))))
        root: Any = reader.trailer["/Root"]
        assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == "en-GB"
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert reader.metadata is not None
        assert reader.metadata.title == "Summary"
        assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/L", "/LI", "/Caption"} <= kinds_of(
            root["/StructTreeRoot"]
        )

    def test_fonts_travel_with_the_pdf(self) -> None:
        for page in PdfReader(BytesIO(as_pdf(document(*EVERY_BLOCK)))).pages:
            fonts: Any = page["/Resources"]["/Font"]
            for font in fonts.values():
                (inner,) = font.get_object()["/DescendantFonts"]
                assert {"/FontFile2", "/FontFile3"} & set(inner.get_object()["/FontDescriptor"])

    def test_the_same_document_makes_the_same_pdf(self) -> None:
        assert as_pdf(document(*EVERY_BLOCK)) == as_pdf(document(*EVERY_BLOCK))

    def test_the_word_file_has_headings_and_header_rows(self) -> None:
        file: Any = docx.Document(BytesIO(as_word(document(*EVERY_BLOCK))))
        styles = [paragraph.style.name for paragraph in file.paragraphs]
        assert styles[:2] == ["Title", "Heading 1"]
        assert {"Heading 2", "List Bullet", "List Number", "Caption"} <= set(styles)
        _facts, table = file.tables
        assert [cell.text for cell in table.rows[0].cells] == ["Level", "From"]
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert file.core_properties.title == "Summary"
        assert file.core_properties.language == "en-GB"

    def test_the_word_file_leads_nowhere(self) -> None:
        with ZipFile(BytesIO(as_word(document(Paragraph("http://example.org \\\\host\\share"))))) as archive:
            for name in archive.namelist():
                if name.endswith(".rels"):
                    assert b'TargetMode="External"' not in archive.read(name)


def kinds_of(node: Any) -> set[str]:
    """The kinds of element in a tree of tags."""
    node = node.get_object()
    if isinstance(node, list):
        return {kind for child in node for kind in kinds_of(child)}
    if not hasattr(node, "get"):
        return set()
    found = {str(node["/S"])} if "/S" in node else set()
    return found | kinds_of(node["/K"]) if "/K" in node else found
