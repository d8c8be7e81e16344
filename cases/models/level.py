"""Level of management as spans without gap or overlap, and the meetings that count for the review clock."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from agencies.spans import in_order, no_overlap
from rules.vocabulary import DecidingBody, Level, choices

from .corrected import Corrected, corrected_with_reason
from .nominal import Nominal


class LevelSpan(Corrected):
    """One level, from the day of the decision to the day before the next (R32).

    ``decision`` is the key of what decided it in a higher layer (a referral, a meeting); no foreign key points upward.
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("level", "from starts_on", "to ends_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="levels")
    level = models.CharField(max_length=8, choices=choices(Level))
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)
    decided_by = models.CharField(max_length=18, choices=choices(DecidingBody))
    decision = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "level"
        constraints = [
            in_order("level_in_order"),
            no_overlap("level_one_a_day", "nominal"),
            corrected_with_reason("level_corrected_with_reason"),
            models.CheckConstraint(name="level_known", condition=Q(level__in=list(Level))),
            models.CheckConstraint(name="level_body_known", condition=Q(decided_by__in=list(DecidingBody))),
        ]
        indexes = [
            models.Index(fields=["nominal", "starts_on"], name="level_nominal"),
            models.Index(fields=["level", "starts_on"], name="level_level"),
        ]

    def __str__(self) -> str:
        return f"level {self.level} of nominal {self.nominal_id} from {self.starts_on}"


class QualifyingMeeting(Corrected):
    """A Level 2 or 3 meeting held about the person: the review clock runs from the last one (R51)."""

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("level", "on held_on")

    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="qualifying_meetings")
    held_on = models.DateField()
    level = models.CharField(max_length=8, choices=choices(Level))
    next_on = models.DateField("next date set by the chair", null=True, blank=True)
    source = models.CharField(max_length=60, blank=True, help_text="Key of the meeting, or where it was brought from.")

    class Meta:
        ordering = ["held_on"]
        constraints = [
            models.UniqueConstraint(fields=["nominal", "held_on"], name="qualifying_meeting_one_a_day"),
            corrected_with_reason("qualifying_meeting_corrected_with_reason"),
            models.CheckConstraint(
                name="qualifying_meeting_level_2_or_3", condition=Q(level__in=[Level.TWO, Level.THREE])
            ),
            models.CheckConstraint(
                name="qualifying_meeting_next_later", condition=Q(next_on__isnull=True) | Q(next_on__gt=F("held_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"meeting about nominal {self.nominal_id} on {self.held_on}"
