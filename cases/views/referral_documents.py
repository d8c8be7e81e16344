"""What goes in and out with a referral: documents that came with it, and the letter that answers it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

from agencies.access import can
from agencies.roles import Perm
from audit.reads import AccessKind
from cases.forms.referral import DocumentForm
from cases.models import Referral, ReferralDocument
from cases.naming import written_name
from cases.referral_letter import letter_of, may_take_letter
from cases.services.referral_documents import attach_document, content_of, may_fetch_document
from letters.documents import Document
from letters.marking import marking_for
from letters.pdf import as_pdf
from letters.received.looking import CONTENT_TYPES
from letters.word import as_word
from pages.base import show
from pages.files import Attachment, FilePage
from rules.vocabulary import DocumentKind

from .referral import AboutReferral, referral_url, say_what_came_of

WRITERS: Mapping[DocumentKind, Callable[[Document], bytes]] = {DocumentKind.PDF: as_pdf, DocumentKind.WORD: as_word}


class ReferralDocumentAdd(AboutReferral):
    """Add a document to a referral, before it is decided."""

    permission = Perm.REFERRAL_WRITE
    form_class = DocumentForm
    title = "Add a document"
    submit_label = "Add"

    @property
    def stored_version(self) -> int | None:
        return None

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        document = attach_document(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            what=said["what"],
            content=said["document"].read(),
        )
        say_what_came_of(self.request, document)
        return self.get_cancel_url()


class ReferralDocumentFetch(FilePage[ReferralDocument]):
    """Hand a document over as it came, when it has been looked through."""

    permission = Perm.REFERRAL_VIEW
    seen_by = Perm.REFERRAL_VIEW
    model = ReferralDocument
    title = "Download a document"

    def get_queryset(self) -> QuerySet[ReferralDocument]:
        return ReferralDocument.objects.select_related("referral")

    def get_cancel_url(self) -> str:
        return referral_url(self.object.referral_id)

    def file(self) -> Attachment:
        may_fetch_document(self.object, by=self.principal).or_refuse()
        show([self.object], AccessKind.PRINT)
        kind = DocumentKind(self.object.kind)
        return Attachment(self.object.file_name, CONTENT_TYPES[kind], content_of(self.object))


class ReferralLetter(FilePage[Referral]):
    """The letter to whoever referred, as a marked and numbered copy (R102)."""

    permission = Perm.REFERRAL_VIEW
    seen_by = Perm.REFERRAL_VIEW
    model = Referral
    title = "Letter to the referrer"

    def get_queryset(self) -> QuerySet[Referral]:
        return Referral.objects.select_related("nominal", "agency")

    def get_cancel_url(self) -> str:
        return referral_url(self.object.pk)

    def file(self) -> Attachment:
        referral, by = self.object, self.principal
        may_take_letter(referral, by=by).or_refuse()
        wanted = self.request.GET.get("file")
        kind = DocumentKind.WORD if wanted == DocumentKind.WORD.value else DocumentKind.PDF
        marking = marking_for(by, at=self.now, what="referral_letter", root=referral.nominal_id)
        opens = referral.nominal is not None and bool(can(by, Perm.NOMINAL_VIEW, referral.nominal))
        letter = letter_of(referral, person=written_name(referral), today=self.today, marking=marking, opens=opens)
        show([referral], AccessKind.PRINT)
        name = f"referral-{referral.pk}-letter-copy-{marking.copy_number}.{kind.value}"
        return Attachment(name, CONTENT_TYPES[kind], WRITERS[kind](letter))
