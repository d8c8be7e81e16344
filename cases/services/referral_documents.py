"""Documents of a referral: taken in, looked through, and only then given to whoever reads it."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

import hashlib
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import Referral, ReferralDocument, ReferralFile
from cases.panel_standing import votes_of
from letters.received.looking import kind_of, look_through
from letters.received.unfit import Unfit, sentence
from rules.core import Decision, Reason
from rules.vocabulary import DocumentKind, DocumentState, ReferralState

from .locking import locked_referral
from .referrals import is_author

MOST = 20
PIECE = 1_000_000
_RULE = "documents"
_ENDED = (ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.WITHDRAWN)


def may_attach_document(referral: Referral, *, by: Principal, today: date, content: bytes | None = None) -> Decision:
    """Whether a document may be added: before the decision, by its author, and by the unit once it has the referral;
    to nobody's hand while a manager is asked, and to the panel's by the unit alone, before the first vote.

    With ``content``: whether this one may, which is a PDF or a Word document and not too large.
    """
    decision = can(by, Perm.REFERRAL_WRITE, referral)
    if not decision:
        return decision
    state = ReferralState(referral.state)
    if state in _ENDED:
        return Decision.no(Reason("A document is added before the referral is decided.", "R45"))
    if state is ReferralState.AWAITING_ENDORSEMENT:
        return Decision.no(
            Reason("The manager endorses what is here: nothing is added until they have answered.", "R44")
        )
    if state is ReferralState.UNDER_PANEL and votes_of(referral):
        return Decision.no(Reason("The panel votes on what is here: return the referral to add to it.", "R46"))
    if not is_author(referral, by=by) or state is ReferralState.UNDER_PANEL:
        decision &= can(by, Perm.REFERRAL_HANDLE, referral)
        if decision and state is ReferralState.DRAFT:
            return Decision.no(Reason("Only its author adds to a referral before it is submitted.", "R44"))
    if content is None or not decision:
        return decision
    try:
        kind_of(content[:16], len(content))
    except Unfit as unfit:
        decision &= Decision.no(Reason(sentence(unfit.reason), _RULE))
    if ReferralDocument.objects.filter(referral=referral).count() >= MOST:
        decision &= Decision.no(Reason(f"A referral has at most {MOST} documents.", _RULE))
    return decision


@service(event="referral_document_attached", asks=may_attach_document)
def attach_document(*, by: Principal, today: date, referral_id: int, what: str, content: bytes) -> ReferralDocument:
    """Take a document in, and look it through at once. What it is, is told from its content.

    The version of the referral rises: whoever had it open reads it anew. A document that does not pass is held back
    with the reason; another may be added in its place. Raises ``Refused``.
    """
    referral = locked_referral(referral_id)
    may_attach_document(referral, by=by, today=today, content=content).or_refuse()
    document = ReferralDocument.objects.create(
        referral=referral,
        what=what.strip(),
        kind=kind_of(content[:16], len(content)),
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        added_by_id=by.user_id,
        added_on=today,
    )
    for number, start in enumerate(range(0, len(content), PIECE)):
        ReferralFile.objects.create(document=document, number=number, content=content[start : start + PIECE])
    referral.version += 1
    referral.save(update_fields=["version"])
    system = Principal.system("received_documents", on=by.on, request_id=by.request_id)
    document = look_through_document(by=system, today=today, document_id=document.pk)
    record_event(document, root=referral.nominal_id, kind=document.kind, size=document.size)
    return document


def may_look_through_document(document: ReferralDocument, *, by: Principal, today: date) -> Decision:
    """Whether the document is to be looked through: once."""
    decision = can(by, Perm.REFERRAL_HANDLE, document)
    if decision and DocumentState(document.state) is not DocumentState.RECEIVED:
        return Decision.no(Reason("This document has been looked through.", _RULE))
    return decision


@service(event="referral_document_looked_through", asks=may_look_through_document)
def look_through_document(*, by: Principal, today: date, document_id: int) -> ReferralDocument:
    """Let the document on, or hold it back and keep none of its bytes. Raises ``Refused``."""
    document = ReferralDocument.objects.select_for_update(no_key=True).get(pk=document_id)
    may_look_through_document(document, by=by, today=today).or_refuse()
    try:
        look_through(content_of(document), DocumentKind(document.kind))
    except Unfit as unfit:
        document.state, document.reason = DocumentState.QUARANTINED, unfit.reason
        ReferralFile.objects.filter(document=document).delete()
    else:
        document.state = DocumentState.CLEAN
    document.save(update_fields=["state", "reason"])
    record_event(document, root=document.referral.nominal_id, state=document.state)
    return document


def content_of(document: ReferralDocument) -> bytes:
    """The bytes of a document, put together."""
    return b"".join(bytes(piece.content) for piece in ReferralFile.objects.filter(document=document).order_by("number"))


def may_fetch_document(document: ReferralDocument, *, by: Principal) -> Decision:
    """Whether the document may be read: by whoever reads the referral, once it has been looked through."""
    decision = can(by, Perm.REFERRAL_VIEW, document.referral)
    if decision and DocumentState(document.state) is not DocumentState.CLEAN:
        why = sentence(document.reason) if document.reason else "It has not been looked through."
        return Decision.no(Reason(f"This document is held back. {why}", _RULE))
    return decision
