"""A list on its way out as a file: who asked for it, how far it is, and, sealed, the file while it waits."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from agencies.access import GLOBAL
from agencies.models import Membership
from rules.vocabulary import Purpose, choices

from .lists import ListAddress


class FileFormat(models.TextChoices):
    """What the file can be. Open Document is the government's format for tables."""

    ODS = "ods", "Open Document spreadsheet (ODS)"
    XLSX = "xlsx", "Excel workbook (XLSX)"
    CSV = "csv", "Comma-separated values (CSV)"


class ExportEnd(models.TextChoices):
    """How an export ended: nothing of the file is kept after any of them."""

    FETCHED = "fetched", "Fetched"
    EXPIRED = "expired", "Not fetched in time"
    WITHDRAWN = "withdrawn", "Withdrawn"
    FAILED = "failed", "Could not be made"


class Export(ListAddress):
    """One list that somebody asked for as a file, in one of their roles.

    Its state follows from its moments: asked, begun, made, ended. ``lines`` counts the lines of the list, first as it
    was when asked for, then as it stands in the file.
    """

    access_root: ClassVar[str] = GLOBAL

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("list", max_length=200)
    chosen = models.CharField("filters in words", max_length=1000, blank=True)
    found_ids = ArrayField(
        models.BigIntegerField(),
        null=True,
        blank=True,
        verbose_name="what a search found",
        help_text="Keys, until the export ends; of terms nothing is kept. Empty for a list, which has an address.",
    )
    file_format = models.CharField("format", max_length=4, choices=FileFormat.choices)
    purpose = models.CharField("what for", max_length=10, choices=choices(Purpose), blank=True)
    lines = models.PositiveIntegerField("lines")
    asked_on = models.DateField("asked for on")
    asked_at = models.DateTimeField("asked for at", db_default=Now())
    attempts = models.PositiveSmallIntegerField("times begun", default=0)
    begun_at = models.DateTimeField("begun at", null=True, blank=True)
    made_at = models.DateTimeField("made at", null=True, blank=True)
    copy_number = models.BigIntegerField("copy number", null=True, blank=True)
    expires_at = models.DateTimeField("kept until", null=True, blank=True)
    ended_at = models.DateTimeField("ended at", null=True, blank=True)
    end = models.CharField("how it ended", max_length=9, choices=ExportEnd.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="export_format_known", condition=Q(file_format__in=FileFormat.values)),
            models.CheckConstraint(name="export_purpose_known", condition=Q(purpose__in=["", *Purpose])),
            models.CheckConstraint(name="export_end_known", condition=Q(end__in=["", *ExportEnd.values])),
            models.CheckConstraint(
                name="export_end_with_its_moment",
                condition=Q(end="", ended_at__isnull=True) | (~Q(end="") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="export_made_with_its_number",
                condition=Q(made_at__isnull=True, copy_number__isnull=True, expires_at__isnull=True)
                | Q(made_at__isnull=False, copy_number__isnull=False, expires_at__gt=F("made_at")),
            ),
            models.CheckConstraint(
                name="export_fetched_was_made",
                condition=~Q(end=ExportEnd.FETCHED) | Q(made_at__isnull=False),
            ),
            models.CheckConstraint(name="export_of_a_list", condition=~Q(list_name="") & ~Q(title="")),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-id"], name="export_of_person"),
            models.Index(fields=["id"], name="export_open", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def stated(self) -> str:
        """What it is for, in the words of the access log; empty when it was not said."""
        return Purpose(self.purpose).label if self.purpose else ""

    @property
    def is_waiting(self) -> bool:
        """Asked for, and not made yet."""
        return self.made_at is None and self.ended_at is None

    @property
    def is_ready(self) -> bool:
        """Made, and waiting to be fetched."""
        return self.made_at is not None and self.ended_at is None

    @property
    def file_name(self) -> str:
        """Says the list, the day and the copy; nothing about a person."""
        return f"{self.list_name}-{self.asked_on.isoformat()}-copy-{self.copy_number or 0}.{self.file_format}"


class ExportFile(models.Model):
    """The file while it waits, sealed with a key of this installation. Gone when fetched, expired or withdrawn."""

    access_root: ClassVar[str] = GLOBAL
    history_exempt: ClassVar[str] = "A sealed file that is kept a day; the access log says whom it shows."

    export = models.OneToOneField(Export, on_delete=models.CASCADE, related_name="file")
    sealed = models.BinaryField()
    row_ids = ArrayField(models.BigIntegerField(), verbose_name="rows of the list in it")
    root_ids = ArrayField(models.BigIntegerField(), verbose_name="nominals in it")

    def __str__(self) -> str:
        return f"file of export {self.export_id}"
