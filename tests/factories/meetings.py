"""Panels, sittings, slots and bookings, as rows."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from agencies.models import Agency, Area, User
from cases.models import Nominal
from meetings.models import (
    Booking,
    CalendarEntry,
    CalendarReply,
    Chair,
    Invitation,
    Panel,
    Sitting,
    Slot,
    SlotChange,
)
from rules.vocabulary import (
    BookingPart,
    ChairRole,
    InviteReason,
    Level,
    MeetingKind,
    ReplyState,
    SlotVerb,
    Weekday,
)

from .cases import LONG_AGO, TODAY

SOON = date(2026, 12, 8)  # a Tuesday, two weeks ahead


def at(hour: int = 10, minute: int = 0, *, on: date = SOON) -> datetime:
    """A moment of a day in England and Wales."""
    return timezone.make_aware(datetime.combine(on, time(hour, minute)))


def panel(area: Area, name: str = "Erewash", **more: Any) -> Panel:
    """A Level 2 panel that sits on second Tuesdays at ten."""
    values: dict[str, Any] = {
        "level": Level.TWO, "weekday": Weekday.TUESDAY, "ordinals": [2], "begins": time(10), "starts_on": LONG_AGO,
    }  # fmt: skip
    return Panel.objects.create(area=area, name=name, **values | more)


def sitting(area: Area, of: Panel | None = None, *, chair: User | None = None, **more: Any) -> Sitting:
    """A Level 2 sitting of four hours, two weeks ahead; its chair is among the area's coordinators."""
    values: dict[str, Any] = {"level": Level.TWO, "starts_at": at(), "slot_minutes": 60, "capacity": 4}
    if chair is not None:
        may_chair(area, chair)
    return Sitting.objects.create(area=area, panel=of, chair=chair, **values | more)


def may_chair(area: Area, user: User, role: ChairRole = ChairRole.COORDINATOR) -> Chair:
    """Somebody among the area's chairs, once."""
    return Chair.objects.get_or_create(area=area, user=user, defaults={"role": role, "starts_on": LONG_AGO})[0]


def slot(nominal: Nominal, of: Sitting | None = None, place: int = 0, **more: Any) -> Slot:
    """The person in a sitting, in its first place, or a later one."""
    held_in = of or sitting(nominal.area)
    starts_at = held_in.starts_at + timedelta(minutes=held_in.slot_minutes * place)
    values: dict[str, Any] = {
        "kind": MeetingKind.REVIEW, "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=held_in.slot_minutes),
    }  # fmt: skip
    return Slot.objects.create(nominal=nominal, sitting=held_in, **values | more)


def change(of: Slot) -> SlotChange:
    """The slot was placed."""
    return SlotChange.objects.create(slot=of, verb=SlotVerb.PLACED, starts_at=of.starts_at, happened_on=TODAY)


def booking(of: Slot, user: User) -> Booking:
    """The slot keeps its chair busy."""
    return Booking.objects.create(
        slot=of, part=BookingPart.CHAIR, user=user, starts_at=of.starts_at, ends_at=of.ends_at
    )


def invitation(of: Slot, agency: Agency | None = None, **more: Any) -> Invitation:
    """An agency, or a guest, invited to a slot and not yet answered."""
    values: dict[str, Any] = {"invited_on": TODAY, "reasons": [InviteReason.STANDING]}
    if agency is None:
        values |= {"guest_name": "Dr Alder", "guest_email": f"alder{of.pk}@example.org"}
    return Invitation.objects.create(slot=of, agency=agency, **values | more)


def reply(of: Sitting | None = None, user: User | None = None) -> CalendarReply:
    """A message in the tray: of a stranger, or about somebody's entry of a sitting."""
    entry = None if of is None else CalendarEntry.objects.create(sitting=of, user=user)
    return CalendarReply.objects.create(
        digest=uuid4().hex, entry=entry, area=None if of is None else of.area, state=ReplyState.WAITING,
        why="It answers an earlier time", read_on=TODAY,
    )  # fmt: skip
