"""Who takes part in a case, and who is kept out of it: the rows that ``agencies.access`` reads.

A grant row is the only participation. The tables have django-guardian's shape (direct foreign keys), with dates.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from agencies.spans import days, in_order, no_overlap
from rules.vocabulary import Handling, ParticipationSource, choices

from .nominal import Nominal

COMPARTMENT = "access"
"""Part of a record's history that only those who may know who has access are shown."""


def _one_grant(name: str, holder: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[
            (holder, RangeOperators.EQUAL),
            ("permission", RangeOperators.EQUAL),
            ("content_object", RangeOperators.EQUAL),
            ("source", RangeOperators.EQUAL),
            (days(), RangeOperators.OVERLAPS),
        ],
        deferrable=models.Deferrable.DEFERRED,
    )


class CaseParticipation(GroupObjectPermissionBase):
    """An agency (through its group) takes part in a case, from a day to a day, because of a source."""

    access_root: ClassVar[str] = "content_object"
    heading: ClassVar[tuple[str, ...]] = ("group", ", from starts_on", "to ends_on")

    content_object = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="participations")
    source = models.CharField(max_length=16, choices=choices(ParticipationSource))
    reason = models.CharField(max_length=300, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)
    end_reason = models.CharField("why it ends", max_length=300, blank=True)

    class Meta:
        unique_together: ClassVar[list[str]] = []
        constraints = [in_order("participation_in_order"), _one_grant("participation_once", "group")]
        indexes = [models.Index(fields=["group", "content_object"], name="participation_group")]

    def __str__(self) -> str:
        return f"participation in nominal {self.content_object_id}"


class PersonalGrant(UserObjectPermissionBase):
    """A person may read a case, from a day to a day: named officer, named reader of a restricted case, sample."""

    access_root: ClassVar[str] = "content_object"
    heading: ClassVar[tuple[str, ...]] = ("user", ", from starts_on", "to ends_on")

    content_object = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="personal_grants")
    source = models.CharField(max_length=16, choices=choices(ParticipationSource))
    named_reader = models.BooleanField(default=False, help_text="Opens a restricted case (R100).")
    reason = models.CharField(max_length=300, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)
    end_reason = models.CharField("why it ends", max_length=300, blank=True)

    class Meta:
        unique_together: ClassVar[list[str]] = []
        constraints = [in_order("personal_grant_in_order"), _one_grant("personal_grant_once", "user")]
        indexes = [models.Index(fields=["user", "content_object"], name="personal_grant_user")]

    def __str__(self) -> str:
        return f"grant to user {self.user_id} of nominal {self.content_object_id}"


class Exclusion(models.Model):
    """A person or an agency kept out of a case: conflict of interest, neighbour, relation. It beats every grant."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("user", "agency", ", from starts_on", "to ends_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="exclusions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300)
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)
    end_reason = models.CharField("why it ends", max_length=300, blank=True)

    class Meta:
        constraints = [
            in_order("exclusion_in_order"),
            models.CheckConstraint(
                name="exclusion_one_holder",
                condition=Q(user__isnull=False, agency__isnull=True) | Q(user__isnull=True, agency__isnull=False),
            ),
            models.CheckConstraint(name="exclusion_with_reason", condition=~Q(reason="")),
            no_overlap("exclusion_user_once", "nominal", "user", condition=Q(user__isnull=False)),
            no_overlap("exclusion_agency_once", "nominal", "agency", condition=Q(agency__isnull=False)),
        ]
        indexes = [models.Index(fields=["user", "nominal"], name="exclusion_user_nominal")]

    def __str__(self) -> str:
        return f"exclusion from nominal {self.nominal_id}"


class HandlingChange(models.Model):
    """That a record was restricted, put behind the Category 4 wall, or made ordinary again: when, by whom, why."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("handling", "on changed_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="handling_changes")
    handling = models.CharField("handled from then on as", max_length=12, choices=choices(Handling))
    reason = models.CharField("why it is handled so", max_length=300)
    changed_on = models.DateField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="handling_change_known", condition=Q(handling__in=list(Handling))),
            models.CheckConstraint(name="handling_change_with_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"change of handling of nominal {self.nominal_id}"
