"""What a document that came in is, and whether it may be let on: by its content, never by its name."""

from io import BytesIO

from rules.vocabulary import DocumentKind

from .archive import WORD, walk
from .pdf import look_through_pdf
from .unfit import Unfit

LARGEST = 25_000_000
_PDF, _ZIP, _OLD = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


CONTENT_TYPES = {
    DocumentKind.PDF: "application/pdf",
    DocumentKind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def kind_of(beginning: bytes, size: int) -> DocumentKind:
    """What the file is, by its first bytes. Raises ``Unfit`` for another kind, and for what is too large or empty."""
    if not size:
        raise Unfit("the file is empty")
    if size > LARGEST:
        raise Unfit(f"the file is larger than {LARGEST // 1_000_000} MB")
    if beginning.startswith(_PDF):
        return DocumentKind.PDF
    if beginning.startswith(_ZIP):
        return DocumentKind.WORD
    if beginning.startswith(_OLD):
        raise Unfit("this is an old or protected Word document: save it as .docx without a password, or as PDF")
    raise Unfit("this is neither a PDF nor a Word document (.docx)")


def look_through(content: bytes, kind: DocumentKind) -> None:
    """Look through the whole document. Raises ``Unfit`` with the reason for which it is held back."""
    if kind is DocumentKind.PDF:
        look_through_pdf(content)
    else:
        walk(BytesIO(content), WORD)
