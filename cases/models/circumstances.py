"""What surrounds the person: background in their own words, people about them, other processes, warnings to staff."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from agencies.spans import in_order
from rules.vocabulary import ContactAllowed, Immigration, ProcessKind, WarningKind, choices

from .nominal import Nominal

# Whose history of processes it is: theirs who record them, because of victim contact.
COMPARTMENT = "process"


class Background(models.Model):
    """Nationality, language, and what the person says of themselves, in words (R5). Empty means not asked.

    ``immigration`` is the answer from which it follows whether Immigration Enforcement is invited (R57).
    ``abuse`` is what is known of domestic abuse or stalking whatever the offence was (R50), and since when.
    """

    access_root: ClassVar[str] = "nominal"

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="backgrounds")
    nationality = models.CharField(max_length=100, blank=True)
    immigration = models.CharField(
        "foreign national or removal", max_length=8, choices=choices(Immigration), blank=True
    )
    immigration_status = models.CharField(max_length=300, blank=True)
    interpreter = models.BooleanField("needs an interpreter", default=False)
    language = models.CharField("language, or way of communicating", max_length=100, blank=True)
    ethnicity = models.CharField(max_length=150, blank=True)
    ethnic_group = models.CharField("ethnic group, as they describe it", max_length=150, blank=True)
    religion = models.CharField("religion or belief", max_length=150, blank=True)
    disability = models.CharField(max_length=300, blank=True)
    sexual_orientation = models.CharField(max_length=150, blank=True)
    gender_identity = models.CharField(max_length=150, blank=True)
    abuse = models.CharField("domestic abuse or stalking, the pattern in words", max_length=300, blank=True)
    abuse_known_on = models.DateField("known since", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nominal"], name="background_one_a_person"),
            models.CheckConstraint(
                name="background_interpreter_for_language", condition=Q(interpreter=False) | ~Q(language="")
            ),
            models.CheckConstraint(name="background_immigration_known", condition=Q(immigration__in=list(Immigration))),
            models.CheckConstraint(
                name="background_immigration_words_answered",
                condition=Q(immigration_status="") | ~Q(immigration=Immigration.NOT_ASKED),
            ),
            models.CheckConstraint(
                name="background_abuse_with_day",
                condition=Q(abuse="", abuse_known_on__isnull=True) | (~Q(abuse="") & Q(abuse_known_on__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"background of nominal {self.nominal_id}"


class ConnectedPerson(models.Model):
    """Somebody about the person: partner, child, landlord, employer. Never a victim (R82)."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("name", ", relationship")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="connected_people")
    name = models.CharField(max_length=150)
    relationship = models.CharField(max_length=100)
    child = models.BooleanField("a child", default=False)
    at_risk = models.BooleanField("may be at risk from the person", default=False)
    contact = models.CharField(max_length=16, choices=choices(ContactAllowed), default=ContactAllowed.NOT_DECIDED)
    note = models.CharField(max_length=300, blank=True)
    ended_on = models.DateField("no longer connected since", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "connected person"
        verbose_name_plural = "connected people"
        constraints = [
            models.CheckConstraint(name="connected_person_named", condition=~Q(name="") & ~Q(relationship="")),
            models.CheckConstraint(
                name="connected_person_contact_known", condition=Q(contact__in=list(ContactAllowed))
            ),
        ]
        indexes = [models.Index(fields=["nominal"], name="connected_person_nominal")]

    def __str__(self) -> str:
        return f"connected person {self.pk} of nominal {self.nominal_id}"


class ParallelProcess(models.Model):
    """Something that runs beside MAPPA, as a reference with its dates; what was said there stays there.

    ``agency`` is who runs it, when it is known: the monitoring provider, the victim liaison unit. It is the one that is
    invited for it. Of victim contact no word is kept (R82).
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("kind", ", agency", ", from starts_on", "to ends_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="parallel_processes")
    kind = models.CharField("process", max_length=16, choices=choices(ProcessKind))
    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="who runs it"
    )
    reference = models.CharField(max_length=80, blank=True)
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)
    next_on = models.DateField("next date", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "other process"
        verbose_name_plural = "other processes"
        constraints = [
            in_order("parallel_process_in_order"),
            models.CheckConstraint(name="parallel_process_kind_known", condition=Q(kind__in=list(ProcessKind))),
            models.CheckConstraint(
                name="parallel_process_no_word_of_victims",
                condition=~Q(kind=ProcessKind.VICTIM_CONTACT) | Q(reference="", note=""),
            ),
        ]
        indexes = [models.Index(fields=["nominal", "starts_on"], name="parallel_process_nominal")]

    def __str__(self) -> str:
        return f"{self.kind} of nominal {self.nominal_id} from {self.starts_on}"


class StaffWarning(models.Model):
    """What staff must know before they meet the person; shown above every part of the record while it holds."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("kind", "from starts_on", "to ends_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="staff_warnings")
    kind = models.CharField("warning", max_length=12, choices=choices(WarningKind))
    text = models.CharField("what staff must know", max_length=300)
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "warning to staff"
        verbose_name_plural = "warnings to staff"
        constraints = [
            in_order("staff_warning_in_order"),
            models.CheckConstraint(name="staff_warning_with_text", condition=~Q(text="")),
            models.CheckConstraint(name="staff_warning_kind_known", condition=Q(kind__in=list(WarningKind))),
        ]
        indexes = [models.Index(fields=["nominal", "starts_on"], name="staff_warning_nominal")]

    def __str__(self) -> str:
        return f"warning about nominal {self.nominal_id} from {self.starts_on}"
