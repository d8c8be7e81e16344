"""Where the person is, and who leads: spans of inclusive days."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.spans import in_order, no_overlap
from rules.vocabulary import Whereabouts, choices

from .corrected import Corrected, corrected_with_reason
from .nominal import Nominal


class WhereaboutsSpan(Corrected):
    """In the community, detained, abroad…: one kind a day. Custody pauses the review clock (R52)."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("kind", ", place", ", from starts_on", "to ends_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="whereabouts")
    kind = models.CharField(max_length=22, choices=choices(Whereabouts))
    place = models.CharField(max_length=200, blank=True, help_text="Prison, hospital or hostel.")
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)

    class Meta:
        verbose_name = "whereabouts"
        verbose_name_plural = "whereabouts"
        constraints = [
            in_order("whereabouts_in_order"),
            no_overlap("whereabouts_one_a_day", "nominal"),
            corrected_with_reason("whereabouts_corrected_with_reason"),
            models.CheckConstraint(name="whereabouts_kind_known", condition=Q(kind__in=list(Whereabouts))),
        ]
        indexes = [models.Index(fields=["nominal", "starts_on"], name="whereabouts_nominal")]

    def __str__(self) -> str:
        return f"{self.kind} of nominal {self.nominal_id} from {self.starts_on}"


class LeadAgencySpan(Corrected):
    """The one agency that leads the case, dated (R97)."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("agency", "from starts_on", "to ends_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="lead_agencies")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="led_cases")
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)

    class Meta:
        verbose_name = "lead agency"
        verbose_name_plural = "lead agencies"
        constraints = [
            in_order("lead_agency_in_order"),
            no_overlap("lead_agency_one_a_day", "nominal"),
            corrected_with_reason("lead_agency_corrected_with_reason"),
        ]
        indexes = [models.Index(fields=["nominal", "starts_on"], name="lead_agency_nominal")]

    def __str__(self) -> str:
        return f"lead of nominal {self.nominal_id} from {self.starts_on}"


class NamedOfficerSpan(Corrected):
    """The named officer who manages the person: MOSOVO officer or offender manager (Derbyshire report)."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("officer", ", agency", ", from starts_on", "to ends_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="named_officers")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="named_cases")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)

    class Meta:
        verbose_name = "named officer"
        constraints = [
            in_order("named_officer_in_order"),
            no_overlap("named_officer_one_an_agency", "nominal", "agency"),
            corrected_with_reason("named_officer_corrected_with_reason"),
        ]
        indexes = [models.Index(fields=["officer", "starts_on"], name="named_officer_person")]

    def __str__(self) -> str:
        return f"named officer of nominal {self.nominal_id} from {self.starts_on}"
