"""What stands on a referral's page about paper: its documents, and the letter that answers it, each with its button."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from agencies.principal import Principal
from letters.received.unfit import sentence
from pages.offers import Offer
from rules.vocabulary import DocumentKind, DocumentState

from .models import Referral, ReferralDocument
from .referral_letter import TITLES, may_take_letter
from .services.referral_documents import may_fetch_document

_COLOURS = {DocumentState.CLEAN: "green", DocumentState.QUARANTINED: "red"}


@dataclass(frozen=True)
class DocumentLine:
    """A document in words, with the button that fetches it."""

    document: ReferralDocument
    state: str
    colour: str
    held_back: str
    size: str
    offers: Sequence[Offer]


def document_lines(referral: Referral, *, by: Principal) -> list[DocumentLine]:
    """The documents of a referral, in the order in which they came."""
    return [_line(row, by) for row in referral.documents.select_related("added_by", "referral")]


def where_it_stands(lines: Sequence[DocumentLine]) -> str:
    """Where what was not typed of a referral is to be read that was not written here."""
    if not lines:
        return "The unit registered it without a document: only what has been typed is here."
    if any(line.document.state == DocumentState.CLEAN for line in lines):
        return "It came as a document: what is not typed here stands there."
    return "No document of it can be given out: only what has been typed is here."


def _line(row: ReferralDocument, by: Principal) -> DocumentLine:
    state = DocumentState(row.state)
    url = reverse("referral-document", args=[row.pk])
    offers: tuple[Offer, ...] = ()
    if state is DocumentState.CLEAN:
        offers = (
            Offer("Download", url, may_fetch_document(row, by=by), post=True, of=f" {row.what}, document {row.pk}"),
        )
    held_back = sentence(row.reason) if row.reason else ""
    return DocumentLine(row, state.label, _COLOURS.get(state, "grey"), held_back, _size(row.size), offers)


def _size(number: int) -> str:
    return f"{number / 1_000_000:.1f} MB" if number >= 1_000_000 else f"{max(1, number // 1_000)} kB"


def letter_offers(referral: Referral, *, by: Principal) -> list[Offer]:
    """The letter as PDF and as Word, once there is one."""
    if referral.state not in TITLES:
        return []
    decision = may_take_letter(referral, by=by)
    url = reverse("referral-letter", args=[referral.pk])
    return [
        Offer(f"Letter as {kind.label}", f"{url}?file={kind.value}", decision, access=decision, post=True)
        for kind in DocumentKind
    ]
