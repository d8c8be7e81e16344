"""Sittings planned, generated from a panel's usual days, moved, given a chair and cancelled (R55, R56)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Sequence
from copy import copy
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from agencies.access import can, can_in_area
from agencies.models import User
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.services.locking import hold_area
from meetings.chairs import chair_roles, is_free, room_is_free
from meetings.models import Panel, Room, Sitting, Slot
from meetings.placing import placement_of
from meetings.queries import may_see_sitting, panels_of
from meetings.records import SittingRecord
from pages.dates import british_time
from rules.calendar import CalendarEnds, is_working_day
from rules.core import Decision, Period, Reason, Refused, long_date
from rules.sittings import is_late, may_place, sitting_days
from rules.vocabulary import SlotVerb

from .changes import note_change, say_why
from .inviting import ask_again, follow_invitations, take_back, tell
from .locking import locked_sitting
from .slots import TAKEN, keep_busy, may_be_chaired


def may_plan_sitting(area_id: int, *, by: Principal, today: date, sitting: SittingRecord | None = None) -> Decision:
    """Whether sittings may be planned in the area; with one, whether this."""
    allowed = can_in_area(by, Perm.SITTING_PLAN, area_id)
    if not allowed or sitting is None:
        return allowed
    return allowed & _fits(area_id, sitting, by, today)


@service(event="sitting_planned", asks=may_plan_sitting)
def plan_sitting(*, by: Principal, today: date, area_id: int, sitting: SittingRecord) -> Sitting:
    """Plan one sitting: a panel's beside its usual days, or a single meeting. Raises ``Refused``."""
    hold_area(area_id)
    may_plan_sitting(area_id, by=by, today=today, sitting=sitting).or_refuse()
    stored = Sitting.objects.create(area_id=area_id, **asdict(sitting))
    record_event(stored, root=None, panel=sitting.panel_id, sits_on=sitting.sits_on)
    return stored


def may_generate_sittings(panel: Panel, *, by: Principal, today: date, until: date | None = None) -> Decision:
    """Whether the panel's usual days may be written into the calendar up to a day."""
    allowed = can_in_area(by, Perm.SITTING_PLAN, panel.area_id)
    if panel.national_security and not by.category_4:
        return Decision.no(Reason("This panel is not known here.", "R99"))
    if not panel.ordinals:
        allowed &= Decision.no(Reason("This panel sits by arrangement: plan its sittings one by one", "R55"))
    if until is not None and until < today:
        allowed &= Decision.no(Reason("Sittings are generated ahead: choose a day to come", "R55"))
    if allowed and until is not None:
        try:
            _days_to_sit(panel, today, until)
        except CalendarEnds as ends:
            return Decision.no(Reason(str(ends), "R67"))
    return allowed


@service(event="sittings_generated", asks=may_generate_sittings)
def generate_sittings(*, by: Principal, today: date, panel_id: int, until: date) -> Sequence[Sitting]:
    """Write the panel's usual days from today to a day into the calendar, bank holidays moved; what is there already,
    cancelled and moved ones included, is left alone. Returns the new ones. Raises ``Refused``.
    """
    panel = Panel.objects.select_for_update(no_key=True).get(pk=panel_id)
    may_generate_sittings(panel, by=by, today=today, until=until).or_refuse()
    there = {row.usual_on or row.sits_on for row in Sitting.objects.filter(panel=panel)}
    standing = set(Sitting.objects.filter(panel=panel, cancelled_on=None).values_list("starts_at", flat=True))
    made = Sitting.objects.bulk_create(
        Sitting(
            area_id=panel.area_id, panel=panel, level=panel.level, capacity=panel.capacity, room_id=panel.room_id,
            slot_minutes=panel.slot_minutes, join_link=panel.join_link, usual_on=day, starts_at=begins,
        )
        for day, begins in (
            (day, timezone.make_aware(datetime.combine(day, panel.begins))) for day in _days_to_sit(panel, today, until)
        )
        if day not in there and begins not in standing
    )  # fmt: skip
    record_event(panel, root=None, sittings=[row.pk for row in made])
    return made


def _days_to_sit(panel: Panel, today: date, until: date) -> tuple[date, ...]:
    """The panel's usual days from today to a day, while it sits. Raises ``CalendarEnds``."""
    first = max(today, panel.starts_on)
    last = until if panel.ends_on is None else min(until, panel.ends_on)
    return sitting_days(panel.pattern, Period(first, last)) if first <= last else ()


def may_change_sitting(
    sitting: Sitting,
    *,
    by: Principal,
    today: date,
    starts_at: datetime | None = None,
    room_id: int | None = None,
    join_link: str = "",
    reason: str | None = None,
    out_of_time_because: str = "",
) -> Decision:
    """Whether the sitting may be moved or cancelled; with a time, whether to that; with a reason, whether for it.

    To a time: everybody heard in it within their limit, or with the reason for being out of time (R54), and the chair
    one who may chair them on that day (R56).
    """
    allowed = can_in_area(by, Perm.SITTING_PLAN, sitting.area_id)
    if not allowed or not may_see_sitting(by, sitting):
        return allowed & Decision.no(Reason("This sitting is not known here.", "R99"))
    if sitting.cancelled_on is not None:
        allowed &= Decision.no(Reason("This sitting was cancelled", "R55"))
    if sitting.sits_on < today:
        allowed &= Decision.no(Reason("This sitting is over", "R55"))
    if reason is not None:
        allowed &= say_why(reason)
    if not allowed or starts_at is None:
        return allowed
    day = timezone.localtime(starts_at).date()
    times = _moved(sitting, starts_at)
    allowed &= _on_a_working_day(day, today)
    if sitting.panel_id is not None:
        allowed &= _does_not_sit(sitting.panel_id, starts_at, sitting.pk)
    allowed &= _are_free(sitting, starts_at - sitting.starts_at)
    if sitting.chair is not None:
        allowed &= is_free(sitting.chair, times, on=day, sitting_id=sitting.pk)
    allowed &= _may_be_heard_then(sitting, starts_at, out_of_time_because, by=by, today=today)
    if room_id is not None:
        if not Room.objects.filter(pk=room_id, area=sitting.area_id).exists():
            return allowed & Decision.no(Reason("Choose a room of this area", "R55"))
        allowed &= room_is_free(room_id, times, sitting_id=sitting.pk)
    return allowed


@service(event="sitting_moved", asks=may_change_sitting)
def move_sitting(
    *,
    by: Principal,
    today: date,
    sitting_id: int,
    version: int,
    starts_at: datetime,
    reason: str,
    room_id: int | None = None,
    join_link: str = "",
    out_of_time_because: str = "",
) -> Sitting:
    """Move a sitting with everybody in it to another time, room or link. Whoever is heard too late there keeps the
    reason for it. Raises ``Refused`` and ``Conflict``.
    """
    sitting = locked_sitting(sitting_id, version, rooms=[room_id])
    may_change_sitting(
        sitting, by=by, today=today, starts_at=starts_at, room_id=room_id, join_link=join_link, reason=reason,
        out_of_time_because=out_of_time_because,
    ).or_refuse()  # fmt: skip
    shift = starts_at - sitting.starts_at
    live = list(
        sitting.slots.filter(cancelled_on=None)
        .select_related("nominal__area")
        .order_by("-starts_at" if shift.total_seconds() > 0 else "starts_at")
    )
    sitting.starts_at, sitting.room_id, sitting.join_link = starts_at, room_id, join_link
    for slot in live:
        late = is_late(placement_of(slot.nominal, sitting.sits_on))
        slot.out_of_time_because = (out_of_time_because.strip() or slot.out_of_time_because) if late else ""
    sitting.moved_because = reason.strip()
    sitting.version += 1
    try:
        with transaction.atomic():
            sitting.save(update_fields=["starts_at", "room", "join_link", "moved_because", "version"])
            for slot in live:
                slot.bookings.all().delete()
                slot.starts_at += shift
                slot.ends_at += shift
                slot.save(update_fields=["starts_at", "ends_at", "out_of_time_because"])
                keep_busy(slot, sitting)
    except IntegrityError as error:
        raise Refused(Decision.no(TAKEN)) from error
    for slot in live:
        note_change(slot, SlotVerb.MOVED, reason, by=by, today=today)
    ask_again(live, by=by, today=today)
    record_event(sitting, root=None, sits_on=sitting.sits_on, slots=[slot.pk for slot in live])
    return sitting


@service(event="sitting_cancelled", asks=may_change_sitting)
def cancel_sitting(*, by: Principal, today: date, sitting_id: int, version: int, reason: str) -> Sitting:
    """Cancel a sitting and every slot in it; those heard in it are to be placed again.

    Raises ``Refused`` and ``Conflict``.
    """
    sitting = locked_sitting(sitting_id, version)
    may_change_sitting(sitting, by=by, today=today, reason=reason).or_refuse()
    cancelled = list(sitting.slots.filter(cancelled_on=None).select_related("nominal__area"))
    for slot in cancelled:
        slot.cancelled_on, slot.cancelled_because = today, reason.strip()
        slot.save(update_fields=["cancelled_on", "cancelled_because"])
        slot.bookings.all().delete()
        note_change(slot, SlotVerb.CANCELLED, reason, by=by, today=today)
    sitting.cancelled_on, sitting.cancelled_because = today, reason.strip()
    sitting.version += 1
    sitting.save(update_fields=["cancelled_on", "cancelled_because", "version"])
    take_back(cancelled, by=by, today=today)
    record_event(sitting, root=None, sits_on=sitting.sits_on)
    return sitting


def may_name_chair(sitting: Sitting, *, by: Principal, today: date, chair: User | None = None) -> Decision:
    """Whether a chair may be named for the sitting; with one, whether this."""
    allowed = may_change_sitting(sitting, by=by, today=today)
    if not allowed or chair is None:
        return allowed
    if not chair_roles(chair.pk, sitting):
        return Decision.no(Reason("This person is not among the chairs of this panel on that day", "R56"))
    times = list(sitting.slots.filter(cancelled_on=None).values_list("starts_at", "ends_at"))
    allowed &= is_free(chair, times, on=sitting.sits_on, sitting_id=sitting.pk)
    for slot in sitting.slots.filter(cancelled_on=None).select_related("nominal__area"):
        said = may_be_chaired(slot.nominal, sitting, chair, today=today)
        allowed &= _as_told(said, slot, "This chair cannot chair everybody in this sitting", by)
    return allowed


@service(event="chair_named", asks=may_name_chair)
def name_chair(*, by: Principal, today: date, sitting_id: int, version: int, chair_id: int) -> Sitting:
    """Name who chairs the sitting. Raises ``Refused`` and ``Conflict``."""
    sitting = locked_sitting(sitting_id, version, users=[chair_id])
    chair = User.objects.get(pk=chair_id)
    may_name_chair(sitting, by=by, today=today, chair=chair).or_refuse()
    sitting.chair = chair
    sitting.version += 1
    sitting.save(update_fields=["chair", "version"])
    for slot in sitting.slots.filter(cancelled_on=None).select_related("nominal__area"):
        keep_busy(slot, sitting)
        follow_invitations(slot.nominal, today=today)
    tell(sitting, by=by, today=today)
    record_event(sitting, root=None, chair=chair_id)
    return sitting


def _fits(area_id: int, sitting: SittingRecord, by: Principal, today: date) -> Decision:
    """Whether panel, chair and room belong to the area, and the day is one to sit on."""
    decision = _on_a_working_day(sitting.sits_on, today)
    if sitting.panel_id is not None:
        if not panels_of(by).filter(pk=sitting.panel_id, area=area_id).exists():
            return decision & Decision.no(Reason("Choose a panel of this area", "R55"))
        decision &= _does_not_sit(sitting.panel_id, sitting.starts_at)
    if sitting.room_id is not None and not Room.objects.filter(pk=sitting.room_id, area=area_id).exists():
        decision &= Decision.no(Reason("Choose a room of this area", "R55"))
    if sitting.chair_id is not None:
        chair = User.objects.filter(pk=sitting.chair_id).first()
        planned = Sitting(area_id=area_id, panel_id=sitting.panel_id, starts_at=sitting.starts_at, level=sitting.level)
        if chair is None or not chair_roles(chair.pk, planned):
            return decision & Decision.no(Reason("Choose somebody who may chair on that day", "R56"))
        decision &= is_free(chair, (), on=sitting.sits_on, sitting_id=None)
    return decision


def _on_a_working_day(day: date, today: date) -> Decision:
    if day < today:
        return Decision.no(Reason("Choose a day to come", "R55"))
    try:
        works = is_working_day(day)
    except CalendarEnds as ends:
        return Decision.no(Reason(str(ends), "R67"))
    return Decision.yes() if works else Decision.no(Reason(f"{long_date(day)} is no working day", "R55"))


def _does_not_sit(panel_id: int, starts_at: datetime, sitting_id: int | None = None) -> Decision:
    """Whether the panel has no other sitting that begins then."""
    then = Sitting.objects.filter(panel=panel_id, starts_at=starts_at, cancelled_on=None)
    if (then if sitting_id is None else then.exclude(pk=sitting_id)).exists():
        return Decision.no(Reason("The panel sits then already", "R55"))
    return Decision.yes()


def _are_free(sitting: Sitting, shift: timedelta) -> Decision:
    """Whether nobody who is heard in the sitting is heard elsewhere at their time as it would be then."""
    people = sitting.slots.filter(cancelled_on=None).values_list("nominal", "starts_at", "ends_at")
    elsewhere = Slot.objects.filter(cancelled_on=None).exclude(sitting=sitting)
    for nominal, begins, ends in people:
        if elsewhere.filter(nominal=nominal, starts_at__lt=ends + shift, ends_at__gt=begins + shift).exists():
            return Decision.no(Reason("Somebody in this sitting is heard elsewhere at that time", "R57"))
    return Decision.yes()


def _may_be_heard_then(
    sitting: Sitting, starts_at: datetime, out_of_time_because: str, *, by: Principal, today: date
) -> Decision:
    """Whether everybody in the sitting may be heard then, by its chair. Each is called by their time, not by name."""
    then = copy(sitting)
    then.starts_at = starts_at
    decision = Decision.yes()
    for slot in sitting.slots.filter(cancelled_on=None).select_related("nominal__area"):
        because = out_of_time_because or slot.out_of_time_because
        asked = may_place(placement_of(slot.nominal, then.sits_on, out_of_time_because=because))
        if sitting.chair is not None:
            asked &= may_be_chaired(slot.nominal, then, sitting.chair, today=today)
        asked = _as_told(asked, slot, "Not everybody in this sitting can be heard then without a reason", by)
        whom = f"Who is heard at {british_time(slot.starts_at)}"
        decision &= Decision.of(
            [Reason(f"{whom}: {each.text}", each.rule) for each in asked.reasons],
            [Reason(f"{whom}: {each.text}", each.rule) for each in asked.warnings],
        )
    return decision


def _as_told(said: Decision, slot: Slot, instead: str, by: Principal) -> Decision:
    """What was said of a slot, to somebody who may read it; to others only that it cannot be."""
    if said or can(by, Perm.SITTING_VIEW, slot):
        return said
    return Decision.no(Reason(instead, said.reasons[0].rule))


def _moved(sitting: Sitting, starts_at: datetime) -> list[tuple[datetime, datetime]]:
    shift = starts_at - sitting.starts_at
    live = sitting.slots.filter(cancelled_on=None).values_list("starts_at", "ends_at")
    return [(begins + shift, ends + shift) for begins, ends in live]
