"""Panels: who usually sits where and when, who chairs, in which rooms."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.roots import GLOBAL
from agencies.spans import in_order, no_overlap, open_on
from rules.sittings import LAST, Pattern
from rules.vocabulary import ChairRole, Level, Weekday, choices

_MULTI = [level for level in Level if level.is_multi_agency]
LONGEST_SLOT = 240
MOST_SLOTS = 20


class Room(models.Model):
    """A room in which meetings are held: one at a time."""

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="meeting_rooms")
    name = models.CharField(max_length=100)
    ends_on = models.DateField("used until", null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="room_once_an_area"),
            models.CheckConstraint(name="room_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class PanelQuerySet(models.QuerySet["Panel"]):
    """Filters of one line."""

    def on(self, day: date) -> "PanelQuerySet":
        """Those that sit at that time."""
        return self.filter(open_on(day))


class Panel(models.Model):
    """A Level 2 or 3 panel of an area or one of its districts: its usual days, hours, place and link.

    ``ordinals`` are which of the month's weekdays it sits on, 1 to 4, and 5 for the last; without one it sits by
    arrangement. ``national_security``: only who is cleared for Category 4 sees it and its sittings (R99).
    """

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="panels")
    panel_area = models.ForeignKey(
        "agencies.PanelArea", on_delete=models.PROTECT, null=True, blank=True, related_name="panels"
    )
    name = models.CharField(max_length=100)
    level = models.CharField(max_length=10, choices=choices(Level))
    weekday = models.CharField("usual day", max_length=1, choices=choices(Weekday))
    ordinals = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name="of the month")
    begins = models.TimeField("begins at")
    slot_minutes = models.PositiveSmallIntegerField("minutes a person", default=60)
    capacity = models.PositiveSmallIntegerField("people in a sitting", default=4)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    join_link = models.URLField("link to join", blank=True, max_length=500)
    national_security = models.BooleanField("Category 4", default=False)
    starts_on = models.DateField("sits from")
    ends_on = models.DateField("to", null=True, blank=True)

    objects = PanelQuerySet.as_manager()

    class Meta:
        ordering = ["level", "name"]
        constraints = [
            # Each side of the Category 4 wall has its own names: a refusal would betray the panel on the other.
            models.UniqueConstraint(fields=["area", "name", "national_security"], name="panel_once_an_area"),
            in_order("panel_in_order"),
            models.CheckConstraint(name="panel_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="panel_of_level_2_or_3", condition=Q(level__in=_MULTI)),
            models.CheckConstraint(name="panel_weekday_known", condition=Q(weekday__in=list(Weekday))),
            models.CheckConstraint(
                name="panel_ordinals_known", condition=Q(ordinals__contained_by=list(range(1, LAST + 1)))
            ),
            models.CheckConstraint(
                name="panel_slots_of_length", condition=Q(slot_minutes__gte=5, slot_minutes__lte=LONGEST_SLOT)
            ),
            models.CheckConstraint(name="panel_has_capacity", condition=Q(capacity__gte=1, capacity__lte=MOST_SLOTS)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def pattern(self) -> Pattern:
        """Its usual days, as the rule takes them."""
        return Pattern(Weekday(self.weekday).number, frozenset(self.ordinals))


class PanelAgency(models.Model):
    """A standing member of a panel, from a day to a day: invited to every case it hears."""

    access_root: ClassVar[str] = GLOBAL

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="members")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "standing member"
        constraints = [in_order("panel_agency_in_order"), no_overlap("panel_agency_once", "panel", "agency")]

    def __str__(self) -> str:
        return f"agency {self.agency_id} in panel {self.panel_id}"


class Chair(models.Model):
    """Somebody who may chair meetings of an area, as far as their role is allowed for the level (R56).

    ``panel`` empty: any panel of the area, and single meetings.
    """

    access_root: ClassVar[str] = GLOBAL

    area = models.ForeignKey("agencies.Area", on_delete=models.PROTECT, related_name="chairs")
    user = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=choices(ChairRole))
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, null=True, blank=True, related_name="chairs")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["user__family_name", "user__given_name", "id"]
        constraints = [
            in_order("chair_in_order"),
            models.CheckConstraint(name="chair_role_known", condition=Q(role__in=list(ChairRole))),
            no_overlap("chair_once_a_panel", "area", "user", "panel", condition=Q(panel__isnull=False)),
            no_overlap("chair_once_an_area", "area", "user", condition=Q(panel__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"chair {self.pk} of area {self.area_id}"
