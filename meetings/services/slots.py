"""People placed in a sitting, moved to another and taken out again (R54 to R57)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from agencies.access import can
from agencies.models import User
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import facts_of
from cases.models import Nominal
from cases.services.locking import locked
from meetings.chairs import chair_roles, is_free, is_outside, manages, room_is_free
from meetings.models import Booking, Sitting, Slot
from meetings.no_longer import no_longer_heard
from meetings.placing import level_to_hear, needs_a_meeting, placement_of
from meetings.queries import may_see_sitting
from meetings.records import Choice, Placing
from pages.dates import british_time
from rules.categories import category_on
from rules.core import FEWEST_WORDS, IN_WORDS, Decision, Reason, Refused, long_date
from rules.sittings import in_emergency_time, is_still_held, may_chair, may_place, sitting_ends
from rules.vocabulary import BookingPart, Handling, Level, MeetingKind, SlotVerb

from .changes import note_change, say_why
from .inviting import BY_THE_TABLE, ask_again, invite, may_choose, take_back
from .locking import hold_panels, hold_sittings, locked_slot

TAKEN = Reason("Somebody else has just been placed at that time, or the chair or room was taken. Choose again", "R55")
# The same for a sitting that is not there and for one that may not be known of.
NOT_HERE = Reason("Choose a sitting of this area", "R55")


def may_place_person(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    sitting: Sitting | None = None,
    placing: Placing | None = None,
    choice: Choice = BY_THE_TABLE,
) -> Decision:
    """Whether the person may be heard; with a sitting and a time, whether there and then.

    Refused: nobody to be heard, a sitting that is over or cancelled, a time that is taken, a chair who is away, busy or
    manages the case, a day beyond the limit without its reason. Warned of: the chair's own date, the window (R49, R51),
    a sitting that was let go (R55).
    """
    allowed = can(by, Perm.SITTING_PLAN, nominal)
    if not allowed:
        return allowed
    allowed &= needs_a_meeting(nominal, today=today)
    if not allowed or sitting is None or placing is None:
        return allowed
    allowed &= _may_be_heard(nominal, sitting, placing, None, by=by, today=today)
    return allowed & may_choose(nominal, choice, on=sitting.sits_on, today=today)


@service(event="person_placed", asks=may_place_person)
def place_person(
    *, by: Principal, today: date, nominal_id: int, sitting_id: int, placing: Placing, choice: Choice = BY_THE_TABLE
) -> Slot:
    """Place a person in a sitting: chair and room are kept busy with it, and whom the table asks for is invited, but
    for what was chosen otherwise.

    Whoever comes second to a time, a chair or a room is refused, however close behind. Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    hold_panels([sitting_id])
    sitting = hold_sittings([sitting_id]).get(sitting_id)
    if sitting is None:
        may_place_person(nominal, by=by, today=today).or_refuse()
        raise Refused(Decision.no(NOT_HERE))
    may_place_person(nominal, by=by, today=today, sitting=sitting, placing=placing, choice=choice).or_refuse()
    slot = Slot(
        sitting=sitting, nominal=nominal, starts_at=placing.starts_at, ends_at=_ends_at(sitting, placing),
        kind=placing.kind, why=placing.why.strip(), out_of_time_because=placing.out_of_time_because.strip(),
    )  # fmt: skip
    _stored(slot, sitting)
    note_change(slot, SlotVerb.PLACED, placing.why, by=by, today=today)
    invite(slot, by=by, today=today, choice=choice)
    record_event(slot, root=nominal.pk, sitting=sitting.pk, kind=placing.kind, held_on=slot.held_on)
    return slot


def may_move_slot(
    slot: Slot,
    *,
    by: Principal,
    today: date,
    sitting: Sitting | None = None,
    starts_at: datetime | None = None,
    out_of_time_because: str = "",
    reason: str | None = None,
) -> Decision:
    """Whether the person may be heard at another time; with a sitting and a time, whether there and then."""
    allowed = can(by, Perm.SITTING_PLAN, slot) & _still_ahead(slot, today)
    if reason is not None:
        allowed &= say_why(reason)
    if not allowed or sitting is None or starts_at is None:
        return allowed
    placing = replace(_placing_of(slot), starts_at=starts_at, out_of_time_because=out_of_time_because)
    return allowed & _may_be_heard(slot.nominal, sitting, placing, slot, by=by, today=today)


@service(event="slot_moved", asks=may_move_slot)
def move_slot(
    *,
    by: Principal,
    today: date,
    slot_id: int,
    sitting_id: int,
    starts_at: datetime,
    reason: str,
    out_of_time_because: str = "",
) -> Slot:
    """Move a person to another time, of the same sitting or another: the invited are asked anew. Raises ``Refused``."""
    slot, sitting = locked_slot(slot_id, to=sitting_id)
    if sitting is None:
        may_move_slot(slot, by=by, today=today, reason=reason).or_refuse()
        raise Refused(Decision.no(NOT_HERE))
    may_move_slot(
        slot, by=by, today=today, sitting=sitting, starts_at=starts_at, reason=reason,
        out_of_time_because=out_of_time_because,
    ).or_refuse()  # fmt: skip
    slot.bookings.all().delete()
    left = slot.sitting if slot.sitting_id != sitting.pk else None
    slot.ends_at = _ends_at(sitting, replace(_placing_of(slot), starts_at=starts_at))
    slot.sitting, slot.starts_at, slot.out_of_time_because = sitting, starts_at, out_of_time_because.strip()
    _stored(slot, sitting)
    note_change(slot, SlotVerb.MOVED, reason, by=by, today=today)
    ask_again([slot], left=left, by=by, today=today)
    record_event(slot, root=slot.nominal_id, sitting=sitting.pk, held_on=slot.held_on)
    return slot


def may_cancel_slot(slot: Slot, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether the person may be taken out of the sitting; with a reason, whether for it."""
    allowed = can(by, Perm.SITTING_PLAN, slot) & _still_ahead(slot, today)
    return allowed if reason is None else allowed & say_why(reason)


@service(event="slot_cancelled", asks=may_cancel_slot)
def cancel_slot(*, by: Principal, today: date, slot_id: int, reason: str) -> Slot:
    """Take a person out of a sitting; they are to be placed again while something is due. Raises ``Refused``."""
    slot, _ = locked_slot(slot_id)
    may_cancel_slot(slot, by=by, today=today, reason=reason).or_refuse()
    slot.cancelled_on, slot.cancelled_because = today, reason.strip()
    slot.save(update_fields=["cancelled_on", "cancelled_because"])
    slot.bookings.all().delete()
    note_change(slot, SlotVerb.CANCELLED, reason, by=by, today=today)
    take_back([slot], by=by, today=today)
    record_event(slot, root=slot.nominal_id, sitting=slot.sitting_id)
    return slot


def may_keep_slot(slot: Slot, *, by: Principal, today: date, reason: str | None = None) -> Decision:
    """Whether a meeting for which there is nobody to hear any more may be kept; with a reason, whether for it."""
    allowed = can(by, Perm.SITTING_PLAN, slot) & _still_ahead(slot, today)
    if not allowed:
        return allowed
    found = no_longer_heard([slot], today=today).get(slot.pk)
    if found is None:
        return Decision.no(Reason("Nothing speaks against this meeting: it stands", "R26"))
    if found.kept is not None:
        return Decision.no(Reason(f"It was kept on {long_date(found.kept.happened_on)}", "R26"))
    if reason is not None and len(reason.split()) < FEWEST_WORDS:
        return Decision.no(Reason(f"Say why it is held all the same, {IN_WORDS}", "R26"))
    return allowed


@service(event="slot_kept", asks=may_keep_slot)
def keep_slot(*, by: Principal, today: date, slot_id: int, reason: str) -> Slot:
    """Keep a meeting though the person has died, or has no ground or Level 2 or 3 on its day: whoever is invited stays
    invited. Raises ``Refused``.
    """
    slot, _ = locked_slot(slot_id)
    may_keep_slot(slot, by=by, today=today, reason=reason).or_refuse()
    note_change(slot, SlotVerb.KEPT, reason, by=by, today=today)
    record_event(slot, root=slot.nominal_id, sitting=slot.sitting_id)
    return slot


def may_be_chaired(nominal: Nominal, sitting: Sitting, chair: User, *, today: date) -> Decision:
    """Whether this chair may chair this case at the sitting's level (R56), and may read of it at all (R99, R100)."""
    if is_outside(chair, nominal, on=today):
        return Decision.no(Reason("This chair may not read of the person to be heard: name another", "R100"))
    grounds = facts_of(nominal).grounds
    return may_chair(
        chair_roles(chair.pk, sitting),
        Level(sitting.level),
        category_on(grounds, today).value,
        parameters_for(sitting.area_id),
        on=sitting.sits_on,
        manages=manages(chair.pk, nominal, on=today),
    )


def keep_busy(slot: Slot, sitting: Sitting) -> None:
    """Let the slot keep the sitting's chair and room busy, and nobody else in those parts. The caller is a service."""
    slot.bookings.filter(part__in=[BookingPart.CHAIR, BookingPart.ROOM]).delete()
    time = {"slot": slot, "starts_at": slot.starts_at, "ends_at": slot.ends_at}
    if sitting.chair_id is not None:
        Booking.objects.create(part=BookingPart.CHAIR, user_id=sitting.chair_id, **time)
    if sitting.room_id is not None:
        Booking.objects.create(part=BookingPart.ROOM, room_id=sitting.room_id, **time)


def _may_be_heard(
    nominal: Nominal, sitting: Sitting, placing: Placing, moved: Slot | None, *, by: Principal, today: date
) -> Decision:
    """Whether this person may be heard in this sitting at this time; ``moved`` is their own slot, if it is moved."""
    if sitting.area_id != nominal.area_id or not may_see_sitting(by, sitting):
        return Decision.no(NOT_HERE)
    if nominal.handling == Handling.CATEGORY_4 and sitting.panel is not None and not sitting.panel.national_security:
        return Decision.no(Reason("Category 4 is heard by its own panel or in a single meeting", "R99"))
    if nominal.handling != Handling.CATEGORY_4 and sitting.panel is not None and sitting.panel.national_security:
        return Decision.no(Reason("This panel hears Category 4 only", "R99"))
    if sitting.cancelled_on is not None or sitting.sits_on < today:
        return Decision.no(Reason("This sitting is over or was cancelled", "R55"))
    begins, ends = placing.starts_at, _ends_at(sitting, placing)
    if timezone.localtime(begins).date() != sitting.sits_on or begins < sitting.starts_at:
        return Decision.no(Reason("Choose a time of the sitting's own day, from its beginning on", "R55"))
    own = [moved.pk] if moved else []
    live = sitting.slots.filter(cancelled_on=None).exclude(pk__in=own)
    decision = Decision.yes()
    closes = sitting_ends(sitting.starts_at, sitting.slot_minutes, sitting.capacity)
    if begins >= closes:
        decision &= Decision.no(Reason(f"The sitting ends at {british_time(closes)}: choose an earlier time", "R55"))
    if live.filter(starts_at__lt=ends, ends_at__gt=begins).exists():
        decision &= Decision.no(Reason("This time is taken", "R57"))
    if live.count() >= sitting.capacity:
        decision &= Decision.no(Reason(f"The sitting is full: it hears {sitting.capacity}", "R57"))
    others = Slot.objects.filter(nominal=nominal, cancelled_on=None).exclude(pk__in=own)
    if others.filter(starts_at__lt=ends, ends_at__gt=begins).exists():
        decision &= Decision.no(Reason("The person is heard elsewhere at that time", "R57"))
    if sitting.chair is not None:
        decision &= is_free(sitting.chair, [(begins, ends)], on=sitting.sits_on, sitting_id=sitting.pk)
        decision &= may_be_chaired(nominal, sitting, sitting.chair, today=today)
    if sitting.room_id is not None:
        decision &= room_is_free(sitting.room_id, [(begins, ends)], sitting_id=sitting.pk)
    if Level(sitting.level) is Level.TWO and level_to_hear(nominal, today=today) is Level.THREE:
        decision &= Decision.no(Reason("A person at Level 3 is heard by a Level 3 panel", "R34"))
    params = parameters_for(nominal.area_id)
    if sitting.panel_id is not None:
        heard = sitting.slots.filter(cancelled_on=None).count()
        decision &= is_still_held(sitting.sits_on, heard=heard, params=params, today=today)
    if placing.kind is MeetingKind.EMERGENCY and moved is None:
        decision &= in_emergency_time(sitting.sits_on, asked_on=today, params=params)
    planned = Slot(nominal=nominal, starts_at=begins)
    if (over := no_longer_heard([planned], today=today).get(planned.pk)) is not None:
        decision &= Decision.yes(warnings=over.reasons)
    return decision & may_place(placement_of(nominal, sitting.sits_on, out_of_time_because=placing.out_of_time_because))


def _still_ahead(slot: Slot, today: date) -> Decision:
    if slot.cancelled_on is not None:
        return Decision.no(Reason("This meeting was cancelled", "R55"))
    if slot.held_on < today:
        return Decision.no(Reason("This meeting is over", "R55"))
    return Decision.yes()


def _placing_of(slot: Slot) -> Placing:
    """What was asked for when the slot was made; its length stays its own."""
    length = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
    return Placing(slot.starts_at, slot.kind, slot.why, slot.out_of_time_because, length)  # type: ignore[arg-type]


def _ends_at(sitting: Sitting, placing: Placing) -> datetime:
    return placing.starts_at + timedelta(minutes=placing.minutes or sitting.slot_minutes)


def _stored(slot: Slot, sitting: Sitting) -> None:
    """Store the slot and what it keeps busy, or refuse: the database is the last to say that a time is free."""
    try:
        with transaction.atomic():
            slot.save()
            keep_busy(slot, sitting)
    except IntegrityError as error:
        raise Refused(Decision.no(TAKEN)) from error
