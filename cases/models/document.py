"""Documents that came with a referral: what each is, whether it is let on, and, apart, its bytes."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from agencies.roots import Kept, Owned
from rules.vocabulary import DocumentKind, DocumentState, choices

from .referral import KEPT_WITH_IT, OF_A_REFERRAL, Referral

_PEOPLE = ("document__referral__author", "document__referral__endorser")


class ReferralDocument(models.Model):
    """One document of a referral. It is received, looked through, and then clean or held back; rows are only added.

    The name it had is not kept: it may say whom it is about. ``digest`` is its SHA-256, by which it is known again.
    """

    access_root: ClassVar[str] = "referral__nominal"
    heading: ClassVar[tuple[str, ...]] = ("what", ", added added_on")
    access_unrooted: ClassVar[Owned] = OF_A_REFERRAL
    access_kept: ClassVar[Kept] = KEPT_WITH_IT

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="documents")
    what = models.CharField("what it is", max_length=80)
    kind = models.CharField(max_length=4, choices=choices(DocumentKind))
    state = models.CharField(max_length=11, choices=choices(DocumentState), default=DocumentState.RECEIVED)
    reason = models.CharField("why it is held back", max_length=200, blank=True)
    size = models.PositiveIntegerField("bytes")
    digest = models.CharField(max_length=64)
    added_by = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    added_on = models.DateField()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "document of a referral"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="referral_document_kind_known", condition=Q(kind__in=list(DocumentKind))),
            models.CheckConstraint(name="referral_document_state_known", condition=Q(state__in=list(DocumentState))),
            models.CheckConstraint(
                name="referral_document_held_back_with_reason",
                condition=(Q(state=DocumentState.QUARANTINED) & ~Q(reason=""))
                | (~Q(state=DocumentState.QUARANTINED) & Q(reason="")),
            ),
            models.CheckConstraint(name="referral_document_says_what", condition=~Q(what="") & Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return f"document {self.pk} of referral {self.referral_id}"

    @property
    def file_name(self) -> str:
        """Says which document of which referral; nothing about a person."""
        return f"referral-{self.referral_id}-document-{self.pk}.{self.kind}"


class ReferralFile(models.Model):
    """A piece of the bytes of a document, as they came, apart from the row that lists show.

    In pieces, so that no single statement takes long over a large one. Of a document held back none are kept.
    """

    access_root: ClassVar[str] = "document__referral__nominal"
    heading: ClassVar[tuple[str, ...]] = ("number",)
    access_unrooted: ClassVar[Owned] = Owned(
        "document__referral__area", "document__referral__agency", _PEOPLE, "document__referral__family_name"
    )
    access_kept: ClassVar[Kept] = Kept("document__referral__received_on", "document__referral__agency", _PEOPLE)

    document = models.ForeignKey(ReferralDocument, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveSmallIntegerField(help_text="The place among the pieces, from 0.")
    content = models.BinaryField()

    class Meta:
        verbose_name = "piece of a referral's document"
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="referral_file_piece_once")]

    def __str__(self) -> str:
        return f"piece {self.number} of document {self.document_id}"
