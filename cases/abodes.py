"""Finding people by where they live or lived: an address however it is spelt, a postcode or its beginning."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import QuerySet, Value
from django.db.models.functions import Upper

from .models import Address
from .models.nominal import squeezed_postcode

# A whole postcode within text; and text that is a postcode or the beginning of one.
_WHOLE = re.compile(r"(?<!\w)([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})(?!\w)")
_BEGINNING = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?(\s*[0-9][A-Z]{0,2})?")
_LETTERS = re.compile(r"[^\W\d_]{3}")
# An address is like the text when this share of the text's three-letter pieces is in one stretch of it.
LEAST_LIKE = 0.6


@dataclass(frozen=True, slots=True)
class Abode:
    """What was asked: words of an address, and a postcode without its space. Either may be empty."""

    words: str = ""
    postcode: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.postcode)


def postcode_of(text: str) -> str | None:
    """The text as a whole postcode is written, DE1 1AA; None when it is none."""
    found = _WHOLE.fullmatch(" ".join(text.upper().split()))
    return f"{found[1]} {found[2]}" if found else None


def abode_of(text: str) -> Abode:
    """The text taken apart. Words without three letters in a row find nobody, so they are left out."""
    asked = " ".join(text.replace("\x00", " ").upper().split())
    if _BEGINNING.fullmatch(asked):
        return Abode(postcode=asked.replace(" ", ""))
    postcode = ""
    if found := _WHOLE.search(asked):
        postcode = found[1] + found[2]
        asked = f"{asked[: found.start()]} {asked[found.end() :]}"
    words = " ".join(asked.replace(",", " ").split())
    return Abode(words if _LETTERS.search(words) else "", postcode)


def living_at(abode: Abode) -> QuerySet[Address]:
    """Addresses, present and past, that fit, each with ``alike`` (0 to 1). Asked of the indexes."""
    rows: QuerySet[Any, Any] = Address.objects.annotate(alike=Value(1.0))
    if abode.words:
        written = Upper("lines")
        rows = Address.objects.annotate(written=written, alike=TrigramWordSimilarity(abode.words, written))
        rows = rows.filter(written__trigram_word_similar=abode.words, alike__gte=LEAST_LIKE)
    if abode.postcode:
        rows = rows.annotate(squeezed=squeezed_postcode()).filter(squeezed__startswith=abode.postcode)
    return rows
