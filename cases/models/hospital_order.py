"""Hospital and guardianship orders, and what they let the person do over time."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from agencies.spans import in_order, no_overlap
from rules.vocabulary import HospitalSection, HospitalStage, choices

from .corrected import Corrected, corrected_with_reason
from .ground import Ground
from .nominal import Nominal


class HospitalOrder(models.Model):
    """One order or transfer: section, court, and who looks after it. Days and disposal are those of its ground.

    The next tribunal is a key date of the person. An order outlives a ground that is taken out and brought in again.
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("section", ", court")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="hospital_orders")
    ground = models.OneToOneField(
        Ground, on_delete=models.SET_NULL, null=True, blank=True, related_name="hospital_order"
    )
    section = models.CharField(max_length=16, choices=choices(HospitalSection))
    court = models.CharField(max_length=150, blank=True)
    restriction_ended_on = models.DateField("restriction ended", null=True, blank=True)
    responsible_clinician = models.CharField("Responsible Clinician", max_length=150, blank=True)
    social_supervisor = models.CharField(max_length=150, blank=True)
    ministry_reference = models.CharField("Ministry of Justice casework reference", max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "hospital order"
        constraints = [
            models.CheckConstraint(name="hospital_order_section_known", condition=Q(section__in=list(HospitalSection)))
        ]
        indexes = [models.Index(fields=["nominal"], name="hospital_order_nominal")]

    def __str__(self) -> str:
        return f"hospital order of nominal {self.nominal_id}"


class OrderStage(Corrected):
    """Leave, discharge, recall: what the order lets the person do from a day on; one stage a day."""

    access_root: ClassVar[str] = "order__nominal"
    heading: ClassVar[tuple[str, ...]] = ("kind", "from starts_on", "to ends_on")

    order = models.ForeignKey(HospitalOrder, on_delete=models.CASCADE, related_name="stages")
    kind = models.CharField("stage", max_length=22, choices=choices(HospitalStage))
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "stage of a hospital order"
        constraints = [
            in_order("order_stage_in_order"),
            no_overlap("order_stage_one_a_day", "order"),
            models.CheckConstraint(name="order_stage_known", condition=Q(kind__in=list(HospitalStage))),
            corrected_with_reason("order_stage_corrected_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of hospital order {self.order_id} from {self.starts_on}"

    @property
    def nominal(self) -> Nominal:
        """Whose order it is."""
        return self.order.nominal
