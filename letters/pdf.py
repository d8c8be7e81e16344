"""A document as a PDF: tagged, PDF/UA-1, by Typst, with the fonts that its wheel carries and no other.

The layout stands in `templates/documents/document.typ`. The document reaches it as data (JSON), never as source.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from .documents import Document

LAYOUT = Path(settings.BASE_DIR) / "templates" / "documents" / "document.typ"
# Up to here every letter is in the fonts of the wheel; beyond, it is asked letter by letter.
_SURELY_COVERED = 0x17F


@cache
def _fonts() -> Any:
    return typst.Fonts(include_system_fonts=False)


def as_pdf(document: Document) -> bytes:
    """The document as PDF/UA-1.

    A letter that no font of the wheel has (such as an emoji) is written as its number, ``[U+1F600]``: the standard
    refuses an empty box, and a reader should see that something stood there.
    """
    data = json.dumps(_data(document), ensure_ascii=False)
    made_at = document.marking.made_at.astimezone(UTC).replace(microsecond=0)
    try:
        return _typeset(LAYOUT, {"document": data}, made_at)
    except typst.TypstError:
        readable = "".join(char if _is_covered(char) else f"[U+{ord(char):04X}]" for char in data)
        return _typeset(LAYOUT, {"document": readable}, made_at)


def _data(document: Document) -> dict[str, Any]:
    marking = document.marking
    return {
        "title": document.title,
        "reference": document.reference,
        "marking": {"classification": marking.classification, "caveat": marking.caveat, "origin": marking.origin},
        "blocks": [{"kind": type(block).__name__.lower(), **asdict(block)} for block in document.blocks],
    }


def _typeset(source: Path | bytes, inputs: dict[str, str], made_at: datetime | None = None) -> bytes:
    return typst.compile(
        source,
        root=LAYOUT.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=["ua-1"],
        timestamp=made_at,
    )


_ONE_LETTER = b"""#set document(title: "letter")
#set text(font: ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono"))
#sys.inputs.letter"""


@cache
def _is_covered(char: str) -> bool:
    if ord(char) <= _SURELY_COVERED:
        return True
    try:
        _typeset(_ONE_LETTER, {"letter": char})
    except typst.TypstError:
        return False
    return True
