"""Sittings, the slots in them, what became of each slot, and who and what a slot keeps busy."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from agencies.roots import GLOBAL
from cases.models import Nominal
from rules.vocabulary import BookingPart, Level, MeetingKind, SlotVerb, choices

from .panel import LONGEST_SLOT, MOST_SLOTS, Panel, Room

_MULTI = [level for level in Level if level.is_multi_agency]
REASON_LENGTH = 300
COMPARTMENT = "meeting"


def minutes(starts_at: str = "starts_at", ends_at: str = "ends_at") -> Func:
    """The time from one moment to another as a PostgreSQL range: the last moment is the next one's first."""
    return Func(F(starts_at), F(ends_at), function="TSTZRANGE", output_field=DateTimeRangeField())


def one_at_a_time(name: str, *holders: str, condition: Q | None = None) -> ExclusionConstraint:
    """Two rows with the same holders never share a minute. Checked at once: whoever comes second is refused."""
    return ExclusionConstraint(
        name=name,
        expressions=[*((holder, RangeOperators.EQUAL) for holder in holders), (minutes(), RangeOperators.OVERLAPS)],
        condition=condition,
    )


class Sitting(models.Model):
    """A day and hour on which a panel sits, or a single meeting arranged for one person (``panel`` empty).

    A sitting that nobody has been placed in is a pattern: nobody is invited to it, nobody is kept busy by it, and it is
    let go some working days before (``rules.sittings.released_on``); neither is stored. ``usual_on`` stays when it is
    moved, so that the same day is not made again.
    """

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="sittings")
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, null=True, blank=True, related_name="sittings")
    level = models.CharField(max_length=10, choices=choices(Level))
    usual_on = models.DateField("usual day it was made for", null=True, blank=True, editable=False)
    starts_at = models.DateTimeField()
    moved_because = models.CharField("why it was last moved", max_length=REASON_LENGTH, blank=True)
    slot_minutes = models.PositiveSmallIntegerField("minutes a person")
    capacity = models.PositiveSmallIntegerField("people")
    chair = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    join_link = models.URLField("link to join", blank=True, max_length=500)
    cancelled_on = models.DateField(null=True, blank=True)
    cancelled_because = models.CharField("why it was cancelled", max_length=REASON_LENGTH, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(name="sitting_of_level_2_or_3", condition=Q(level__in=_MULTI)),
            models.CheckConstraint(
                name="sitting_slots_of_length", condition=Q(slot_minutes__gte=5, slot_minutes__lte=LONGEST_SLOT)
            ),
            models.CheckConstraint(name="sitting_has_capacity", condition=Q(capacity__gte=1, capacity__lte=MOST_SLOTS)),
            models.CheckConstraint(
                name="sitting_cancelled_with_reason",
                condition=Q(cancelled_on__isnull=True, cancelled_because="")
                | (Q(cancelled_on__isnull=False) & ~Q(cancelled_because="")),
            ),
            models.UniqueConstraint(
                fields=["panel", "starts_at"], name="sitting_once", condition=Q(cancelled_on__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["area", "starts_at"], name="sitting_of_area")]

    def __str__(self) -> str:
        return f"sitting {self.pk}"

    @property
    def sits_on(self) -> date:
        """Its day in England and Wales."""
        return timezone.localtime(self.starts_at).date()


class Slot(models.Model):
    """One person's time in a sitting: attendance, disclosure, actions and minutes belong to it (R57).

    It is heard in kind ``kind`` (R55). ``out_of_time_because`` is asked for beyond the limit (R54).
    """

    access_root: ClassVar[str] = "nominal"
    heading: ClassVar[tuple[str, ...]] = ("kind", "on starts_at")

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="slots")
    nominal = models.ForeignKey(Nominal, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=choices(MeetingKind))
    why = models.CharField("what it is held for", max_length=REASON_LENGTH, blank=True)
    out_of_time_because = models.CharField("why it is out of time", max_length=REASON_LENGTH, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    cancelled_because = models.CharField("why it was cancelled", max_length=REASON_LENGTH, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(name="slot_has_length", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="slot_kind_known", condition=Q(kind__in=list(MeetingKind))),
            models.CheckConstraint(
                name="slot_cancelled_with_reason",
                condition=Q(cancelled_on__isnull=True, cancelled_because="")
                | (Q(cancelled_on__isnull=False) & ~Q(cancelled_because="")),
            ),
            # What a booking follows: its time is the slot's own.
            models.UniqueConstraint(fields=["id", "starts_at", "ends_at"], name="slot_and_its_time"),
            one_at_a_time("slot_one_person_at_a_time", "sitting", condition=Q(cancelled_on__isnull=True)),
            one_at_a_time("slot_one_meeting_at_a_time", "nominal", condition=Q(cancelled_on__isnull=True)),
        ]
        indexes = [models.Index(fields=["nominal", "starts_at"], name="slot_of_nominal")]

    def __str__(self) -> str:
        return f"slot {self.pk}"

    @property
    def held_on(self) -> date:
        """Its day in England and Wales."""
        return timezone.localtime(self.starts_at).date()


class SlotChange(models.Model):
    """What was done with a slot: placed, moved, cancelled, with the day and hour it then had, and why. Only added."""

    access_root: ClassVar[str] = "slot__nominal"
    heading: ClassVar[tuple[str, ...]] = ("verb", "on happened_on")

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=10, choices=choices(SlotVerb))
    starts_at = models.DateTimeField("for")
    why = models.CharField(max_length=REASON_LENGTH, blank=True)
    happened_on = models.DateField()
    by = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="slot_change_known", condition=Q(verb__in=list(SlotVerb))),
            models.CheckConstraint(name="slot_change_with_reason", condition=Q(verb=SlotVerb.PLACED) | ~Q(why="")),
        ]

    def __str__(self) -> str:
        return f"{self.verb} slot {self.slot_id}"


class Booking(models.Model):
    """Somebody or a room that a slot keeps busy: nobody and nothing is in two slots at once.

    Its time is the slot's: a composite foreign key follows it (see the migration). A cancelled slot keeps none.
    """

    access_root: ClassVar[str] = "slot__nominal"
    heading: ClassVar[tuple[str, ...]] = ("part", ", user", ", room", ", agency", ", starts_at")

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="bookings")
    part = models.CharField(max_length=14, choices=choices(BookingPart))
    user = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="booking_of_one_thing",
                condition=Q(part=BookingPart.CHAIR, user__isnull=False, room__isnull=True, agency__isnull=True)
                | Q(part=BookingPart.REPRESENTATIVE, user__isnull=False, room__isnull=True, agency__isnull=False)
                | Q(part=BookingPart.ROOM, user__isnull=True, room__isnull=False, agency__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["slot", "part", "agency"], name="booking_once_a_part", nulls_distinct=False
            ),
            # The same person for two agencies in one slot is one person in one place.
            ExclusionConstraint(
                name="booking_one_place_a_person",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("slot", RangeOperators.NOT_EQUAL),
                    (minutes(), RangeOperators.OVERLAPS),
                ],
                condition=Q(user__isnull=False),
            ),
            ExclusionConstraint(
                name="booking_one_meeting_a_room",
                expressions=[("room", RangeOperators.EQUAL), (minutes(), RangeOperators.OVERLAPS)],
                condition=Q(room__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} of slot {self.slot_id}"
