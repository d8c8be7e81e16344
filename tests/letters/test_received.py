"""Documents that come in: what they are, which are held back and why, and that plain ones pass."""

import io
import stat
import zipfile
import zlib
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader, PdfWriter

from letters.documents import Document, Paragraph
from letters.marking import Marking
from letters.pdf import as_pdf
from letters.received import looking, pdf
from letters.received.archive import MOST_MEMBERS
from letters.received.looking import kind_of, look_through
from letters.received.unfit import Unfit
from letters.word import as_word
from rules.vocabulary import DocumentKind

PLAIN = Document(
    "Referral",
    (Paragraph("He is asked for at Level 2."),),
    Marking("Priya Dunnock", datetime(2026, 7, 1, tzinfo=UTC), 1),
)
WORD = as_word(PLAIN)
BODY = "word/document.xml"


def paper(*objects: bytes, root: bytes = b"", tail: bytes = b"") -> bytes:
    """A PDF of one empty page, with more objects (from number 4 on) and more in its root."""
    own = (
        b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, each in enumerate((*own, *objects), start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    file += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\n" % (size, table, size, tail)
    return file + b"startxref\n%d\n%%%%EOF\n" % file.index(b"xref\n0 ")


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
WITHIN = b"5 0 " + SCRIPT
PACKED = zlib.compress(WITHIN)
OBJECTS = b"/N 1 /First 4 "


def protected() -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(paper())))
    writer.encrypt("Toadstone")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word(*parts: tuple[str, bytes], old: bytes = b"", new: bytes = b"", name: str = BODY) -> bytes:
    """A plain Word document with more parts, or with something else in one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORD)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            target.writestr(member.filename, content.replace(old, new) if old and member.filename == name else content)
        for added, content in parts:
            target.writestr(added, content)
    return out.getvalue()


def relation(attributes: str) -> tuple[str, bytes]:
    text = f"<Relationships><Relationship Target='https://example.org' {attributes}/></Relationships>"
    return "word/_rels/header9.xml.rels", text.encode()


def with_link() -> bytes:
    link = zipfile.ZipInfo("word/link.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO(WORD)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def field(*pieces: str) -> bytes:
    """A paragraph with a field whose code is cut into these pieces."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return word(old=b"</w:body>", new=f"<w:p>{runs}</w:p></w:body>".encode())


def starting_as_pdf() -> bytes:
    """A Word document that programs which forgive much open as a PDF."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target, zipfile.ZipFile(io.BytesIO(WORD)) as source:
        target.writestr("docProps/first.xml", b"<a><!-- " + paper() + b" --></a>")
        for member in source.infolist():
            target.writestr(member.filename, source.read(member))
    return out.getvalue()


HELD_BACK = [
    pytest.param(paper(root=b"/OpenAction " + SCRIPT), "script", id="script"),
    pytest.param(paper(b"<< /S /J#61vaScript /JS 5 0 R >>"), "script", id="script by an escaped name"),
    pytest.param(paper(b"<< /S/Other /J#53 (x) >>"), "script", id="script by its key"),
    pytest.param(paper(b"<< /S /Rendition /R 5 0 R >>"), "plays", id="media that plays"),
    pytest.param(paper(root=b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "another program", id="launch"),
    pytest.param(paper(stream(b"MZ", b"/Type /EmbeddedFile")), "attached", id="embedded file"),
    pytest.param(paper(b"<< /Type /Filespec /EF << /F 5 0 R >> >>"), "attached", id="embedded file by its key"),
    pytest.param(paper(b"<< /Subtype /FileAttachment >>"), "attached", id="file attached to a page"),
    pytest.param(paper(root=b"/AcroForm << /XFA 5 0 R >>"), "form", id="form with a program"),
    pytest.param(protected(), "password", id="protected PDF"),
    pytest.param(paper(stream(PACKED, b"/Type /ObjStm /Filter /FlateDecode " + OBJECTS)), "script", id="packed script"),
    pytest.param(paper(stream(PACKED, b"/Filter[/FlateDecode]" + OBJECTS)), "script", id="packed without a type"),
    pytest.param(paper(stream(PACKED, b"/Filter /FlateDecode /#4e 1 /Fir#73t 4")), "script", id="packed by escapes"),
    pytest.param(
        paper(stream(WITHIN.hex().encode() + b">", b"/Filter /ASCIIHexDecode " + OBJECTS)), "unusual", id="in hex"
    ),
    pytest.param(
        paper(stream(PACKED, b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >> " + OBJECTS)), "unusual",
        id="with a predictor",
    ),
    pytest.param(paper(stream(PACKED[:-9], b"/Filter /FlateDecode " + OBJECTS)), "unusual", id="packed and cut off"),
    pytest.param(
        paper(b"<< /N 1 /First 4 obj /Filter /ASCIIHexDecode >>\nstream\n00>\nendstream"), "unusual",
        id="a dictionary cut in two",
    ),
    pytest.param(paper(stream(b"9 0 obj " + SCRIPT)), "script", id="an object within a stream"),
    pytest.param(paper(b"(9 0 obj << /N 1 /First 4 >> stream\nx\nendstream)"), "unusual", id="a stream in a text"),
    pytest.param(paper(b"<< /A (never closed >>"), "unusual", id="a text without end"),
    pytest.param(
        paper(stream(zlib.compress(bytes(101_000_000), 9), b"/Filter /FlateDecode")), "far more", id="packed bomb"
    ),
    pytest.param(paper(b"<<" * 9), "unusual", id="nothing closed"),
    pytest.param(b"%PDF-1.7\nno page\nstartxref\n0\n%%EOF", "damaged", id="no page"),
    pytest.param(paper()[:-30], "damaged", id="PDF cut off"),
    pytest.param(paper() + b"<script>x</script>", "damaged", id="something behind the PDF"),
    pytest.param(paper(stream(b"PK\x05\x06" + bytes(18))), "two kinds", id="PDF and archive in one"),
    pytest.param(starting_as_pdf(), "two kinds", id="archive and PDF in one"),
    pytest.param(WORD + b"MZ", "before or behind", id="something behind the archive"),
    pytest.param(b"PK\x03\x04" + WORD, "before or behind", id="something before the archive"),
    pytest.param(word(("word/vbaProject.bin", b"x")), "macros", id="macros"),
    pytest.param(
        word(old=b"document.main+xml", new=b"document.macroEnabled.main+xml", name="[Content_Types].xml"), "macros",
        id="a type that allows macros",
    ),
    pytest.param(word(relation('TargetMode="External"')), "elsewhere", id="relation to elsewhere"),
    pytest.param(word(relation("TargetMode = 'External'")), "elsewhere", id="relation with spaces"),
    pytest.param(word(relation('TargetMode="&#69;xternal"')), "elsewhere", id="relation with an escape"),
    pytest.param(word(("word/media/image9.png", b"PK\x03\x04")), "another archive", id="archive within"),
    pytest.param(word(("word/embeddings/sheet.xlsx", b"PK")), "embedded", id="embedded sheet"),
    pytest.param(word(("word/afchunk.mht", b"<html>")), "another kind", id="a web page within"),
    pytest.param(word(("../outside.xml", b"<a/>")), "leads out", id="a name that climbs"),
    pytest.param(word(("WORD/DOCUMENT.XML", b"<a/>")), "same name", id="one name twice"),
    pytest.param(with_link(), "a link", id="symbolic link"),
    pytest.param(word(("word/bomb.xml", b"<a>" + b" " * 30_000_000)), "far more", id="bomb by ratio"),
    pytest.param(word(*((f"word/{n}.xml", b"<a/>") for n in range(MOST_MEMBERS))), "parts", id="bomb by number"),
    pytest.param(field("DDEAUTO c:\\\\windows\\\\system32 calc"), "field", id="field that starts a program"),
    pytest.param(field("PAGE", "D", "DE", "AUTO cmd"), "field", id="such a field in pieces"),
    pytest.param(word(old=b"<w:body>", new=b"<w:body><w:p"), "damaged", id="text that is no XML"),
    pytest.param(word(old=b"wordprocessingml.document.main", new=b"other", name="[Content_Types].xml"), "no Word",
                 id="another type"),
    pytest.param(WORD[:-40], "damaged", id="archive cut off"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "why"), HELD_BACK)
def test_what_could_do_something_is_held_back_with_a_reason(content: bytes, why: str) -> None:
    kind = kind_of(content[:16], len(content))
    with pytest.raises(Unfit) as unfit:
        look_through(content, kind)
    assert why in unfit.value.reason


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(as_pdf(PLAIN), DocumentKind.PDF, id="PDF of our own"),
        pytest.param(
            paper(stream(b"BT (by hand) Tj ET"), tail=b"/Info << /Title (A \\(plain\\) one) >>"), DocumentKind.PDF,
            id="PDF by hand",
        ),
        pytest.param(
            paper(stream(zlib.compress(b"4 0 << /A /B >>"), b"/Filter /FlateDecode /Type /ObjStm " + OBJECTS)),
            DocumentKind.PDF, id="PDF with packed objects",
        ),
        pytest.param(WORD, DocumentKind.WORD, id="Word document"),
        pytest.param(field('HYPERLINK \\l "_Toc1"'), DocumentKind.WORD, id="link within the document"),
    ],
)  # fmt: skip
def test_plain_documents_pass(content: bytes, kind: DocumentKind) -> None:
    assert kind_of(content[:16], len(content)) is kind
    look_through(content, kind)


@pytest.mark.parametrize(
    ("beginning", "size", "why"),
    [
        pytest.param(b"", 0, "empty", id="empty"),
        pytest.param(b"%PDF-1.7", looking.LARGEST + 1, "larger than 25 MB", id="too large"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", 9, "old or protected", id="old Word document"),
        pytest.param(b"MZ\x90\x00", 9, "neither", id="a program"),
        pytest.param(b"<html>%PDF-", 9, "neither", id="a page that says it is a PDF"),
        pytest.param(b"\xff\xd8\xff\xe0", 9, "neither", id="a picture"),
    ],
)
def test_another_kind_is_not_taken(beginning: bytes, size: int, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        kind_of(beginning, size)
    assert kind_of(b"%PDF-1.7", looking.LARGEST) is DocumentKind.PDF


def test_a_file_of_endless_parts_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_STEPS", 1_000)
    with pytest.raises(Unfit, match="too many parts"):
        look_through(paper(b"[" + b"1 " * 1_000 + b"]"), DocumentKind.PDF)
