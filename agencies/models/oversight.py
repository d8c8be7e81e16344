"""What information governance said after looking at a day of somebody's looks at records (R101)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from agencies.roots import GLOBAL
from rules.vocabulary import AnomalyKind, choices


class LookReview(models.Model):
    """Somebody's day was looked at, because of what stood out (`kinds`); `reason` says what was found.

    About a user, never about a managed person. What stands out later on the same day wants another.
    """

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="look_reviews")
    looked_on = models.DateField()
    kinds = ArrayField(models.CharField(max_length=20, choices=choices(AnomalyKind)), verbose_name="what stood out")
    reason = models.CharField(max_length=300)
    reviewed_by = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: a command"
    )
    reviewed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["reviewed_at", "pk"]
        indexes = [models.Index(fields=["area", "looked_on", "user"], name="look_review_day")]
        constraints = [
            models.CheckConstraint(name="look_review_with_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="look_review_kinds_known",
                condition=Q(kinds__contained_by=[kind.value for kind in AnomalyKind], kinds__len__gt=0),
            ),
            models.CheckConstraint(
                name="look_review_not_of_oneself",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"review of the looks of user {self.user_id}"
