"""Open actions of a leaver, and the meetings ahead that they attend for their agency, go to the colleague.

What is closed or was held stays with whoever did it.
"""
# ruff: noqa: ARG001 - every participant is asked in the same way, whether it needs all of it or not

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from agencies.access import visible
from agencies.handover import Dated, HandOver, Journal, Line, Record, Written
from agencies.leaving import still_there
from agencies.models import User
from agencies.principal import Principal
from agencies.roles import Perm
from cases.models import Nominal, PersonalGrant
from cases.services.handover import closed_to, may_have_again
from meetings.models import Action, ActionQuerySet, Booking, Invitation, InvitationQuerySet, Sitting, Slot
from pages.dates import british_moment
from rules.core import DAY
from rules.vocabulary import BookingPart, Handling, ParticipationSource

from .inviting import follow_all, follow_invitations
from .succession import ahead_of


def preview_actions(handover: HandOver) -> list[Line]:
    """How many open actions they are responsible for; Category 4 is in no count (R99)."""
    seen = _theirs(handover).exclude(nominal__handling=Handling.CATEGORY_4)
    return [Line("open actions they are responsible for", seen.count())]


def move_actions(handover: HandOver, by: Principal, today: date) -> None:
    """Open actions are the colleague's on the day; in a case that is closed to the colleague, nobody's by name."""
    if handover.to is None or handover.on > today:
        return
    closed = closed_to(handover, acted_in(handover))
    _theirs(handover).filter(nominal__in=closed).update(responsible=None)
    _theirs(handover).update(responsible=handover.to)


def answers_still(on: date) -> Q:
    """Of memberships: those whose holder is there no more, and is responsible for an open action of that agency."""
    rows = Action.objects.waiting().exclude(nominal__handling=Handling.CATEGORY_4)
    theirs = rows.filter(responsible=OuterRef("user"), agency=OuterRef("agency"))
    return Q(Exists(theirs)) & ~Q(Exists(still_there(on)))


def acted_in(handover: HandOver) -> set[int]:
    """The people in whose cases the leaver has something to do."""
    return set(_theirs(handover).order_by().values_list("nominal", flat=True))


def preview_meetings(handover: HandOver) -> list[Line]:
    """How many meetings ahead they attend for the agency; Category 4 is in no count (R99)."""
    seen = _attended(handover).exclude(slot__nominal__handling=Handling.CATEGORY_4)
    return [Line("meetings that they attend for the agency", seen.count())]


def move_meetings(handover: HandOver, by: Principal, today: date) -> None:
    """The colleague attends instead, and has it in their calendar; the leaver's entry is cancelled.

    Where the colleague may not have the case, or sits elsewhere at that time, who comes is to be settled. Whoever is
    the contact is written to from the day on.
    """
    if handover.to is None:
        return
    reached = _reached(handover) if handover.on <= today else Invitation.objects.none()
    rows = list(_attended(handover).order_by("slot__nominal", "pk"))
    closed = closed_to(handover, sorted({row.slot.nominal_id for row in rows}))
    for row in rows:
        comes = row.slot.nominal_id not in closed and _rebooked(row, handover.to)
        if not comes:
            Booking.objects.filter(slot=row.slot_id, agency=row.agency_id, user=row.attends_id).delete()
        Invitation.objects.filter(pk=row.pk).update(attends=handover.to if comes else None)
    told = [row.slot for row in (*rows, *reached.order_by("pk"))]
    follow_all(told, by=Principal.system("hand_over", on=today), today=today)


def dated_meetings(handover: HandOver, by: Principal) -> list[Dated]:
    """Meetings from the day on at which the colleague is for the agency, their own among them."""
    attended = _attended_by(handover, handover.to.pk if handover.to is not None else None)
    rows = Slot.objects.filter(pk__in=attended.values("slot"))
    label = "Meetings from then on that the colleague attends for the agency"
    if handover.called_off:
        rows = Slot.objects.filter(invitations__in=handover.journal.rows(Invitation)).distinct()
        label = "Meetings that they were to attend for the agency"
    found = visible(by, rows.select_related("nominal"), Perm.SITTING_VIEW).order_by("starts_at", "pk")
    records = [Record(row, f"{british_moment(row.starts_at)}, {row.nominal.name}", "slot", row.pk) for row in found]
    secret = sum(row.nominal.handling == Handling.CATEGORY_4 for row in found)
    count = rows.exclude(nominal__handling=Handling.CATEGORY_4).count() + secret
    return [Dated(label, count, records)]


def written_meetings(handover: HandOver) -> list[Written]:
    """Who attends each meeting for the agency, and is busy then."""
    rows = _attended(handover)
    keys, slots = set(rows.values_list("pk", flat=True)), set(rows.values_list("slot", flat=True))
    busy = Booking.objects.filter(slot__in=slots, part=BookingPart.REPRESENTATIVE).select_related("slot")

    def knot(row: Invitation | Booking) -> str:
        return f"{row.slot_id}:{row.agency_id}"

    def person(row: Invitation | Booking) -> int:
        return row.slot.nominal_id

    return [
        Written(Invitation.objects.filter(pk__in=keys).select_related("slot"), knot, person),
        Written(busy, knot, person),
    ]


def may_attend_again(handover: HandOver, journal: Journal, by: Principal, today: date) -> None:
    """Raises ``Refused`` where the leaver may not have the case any more."""
    may_have_again(handover, journal.people()).or_refuse()


def tell_who_comes(handover: HandOver, by: Principal, today: date) -> None:
    """Called off: parts in the cases and calendars follow whoever attends and chairs now."""
    journal = handover.journal
    for nominal in Nominal.objects.filter(pk__in=_reading_of(handover)).order_by("pk"):
        follow_invitations(nominal, today=today)
    again = Q(invitations__in=journal.rows(Invitation)) | Q(sitting__in=journal.rows(Sitting), cancelled_on=None)
    slots = Slot.objects.filter(again).select_related("nominal", "sitting").order_by("pk").distinct()
    follow_all(slots, by=Principal.system("hand_over", on=today), today=today)


def attends_still(on: date) -> Q:
    """Of memberships: those whose holder is there no more, and is to attend a meeting ahead for that agency."""
    rows = ahead_of(on).exclude(slot__nominal__handling=Handling.CATEGORY_4)
    for_agency = Q(agency=OuterRef("agency")) | Q(agency__teams=OuterRef("agency"))
    theirs = rows.filter(for_agency, attends=OuterRef("user"))
    return Q(Exists(theirs)) & ~Q(Exists(still_there(on)))


def met_in(handover: HandOver) -> set[int]:
    """The people heard in these meetings, and in those to which the agency is invited; and of what goes back."""
    rows = _attended(handover) | _reached(handover)
    back = _reading_of(handover) if handover.journal.lines else set()
    return back | set(rows.order_by().values_list("slot__nominal", flat=True))


def _reading_of(handover: HandOver) -> set[int]:
    """Of whom the leaver read for a meeting until the day, or the colleague reads from it on."""
    member, to = handover.membership, handover.to
    until = Q(user=member.user_id, ends_on=handover.on - DAY) | Q(user=to, starts_on=handover.on)
    rows = PersonalGrant.objects.filter(until, source=ParticipationSource.MEETING)
    return set(rows.order_by().values_list("content_object", flat=True))


def sittings_of_theirs(handover: HandOver) -> set[int]:
    """The sittings of these meetings, and of those that go back."""
    rows = _attended(handover) | _reached(handover)
    back = Slot.objects.filter(invitations__in=handover.journal.rows(Invitation))
    found = set(rows.order_by().values_list("slot__sitting", flat=True))
    return found | set(back.values_list("sitting", flat=True))


def _reached(handover: HandOver) -> InvitationQuerySet:
    return ahead_of(handover.meets_from).filter(agency=handover.membership.agency_id)


def _rebooked(row: Invitation, to: User) -> bool:
    """Keep the colleague busy instead of the leaver; False when they sit in another meeting at that time."""
    try:
        with transaction.atomic():
            Booking.objects.filter(slot=row.slot_id, agency=row.agency_id, user=row.attends_id).update(user=to)
    except IntegrityError:
        return False
    return True


def _attended(handover: HandOver) -> InvitationQuerySet:
    return _attended_by(handover, handover.membership.user_id)


def _attended_by(handover: HandOver, user_id: int | None) -> InvitationQuerySet:
    """For the agency of the role, or, from a team, for the body that it is part of."""
    member = handover.membership
    for_agency = Q(agency=member.agency_id) | Q(agency__teams=member.agency_id)
    return ahead_of(handover.meets_from).filter(for_agency, attends__isnull=False, attends=user_id)


def _theirs(handover: HandOver) -> ActionQuerySet:
    member = handover.membership
    return Action.objects.waiting().filter(responsible=member.user_id, agency=member.agency_id)
