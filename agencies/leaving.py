"""Who leaves a role, what would be left in their name, and who has left with work still in it."""

from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from rules.core import DAY

from .handover import HandOver, Line, participants, preview, waiting_handovers
from .models import Membership, PlannedHandOver


def waiting_of(membership: Membership) -> QuerySet[PlannedHandOver]:
    """The hand-over of the work of this role that waits for its day."""
    return waiting_handovers().filter(
        leaver=membership.user_id, agency=membership.agency_id, role=membership.role, area=membership.area_id
    )


def left_after(membership: Membership, last_day: date) -> list[Line]:
    """What would be in the name of somebody who is there no more, if the role ended on that day; nothing when a
    colleague takes over by the day after it.
    """
    after = last_day + DAY
    if waiting_of(membership).filter(happens_on__lte=after).exists():
        return []
    return preview(HandOver(membership, after))


def leavers(on: date) -> QuerySet[Membership]:
    """The last membership of a kind by which somebody holds work who is there no more: it ended before the day, or the
    account is closed. What a colleague takes over on a day ahead is looked after. Category 4 is in no count (R99).
    """
    same = Membership.objects.filter(
        user=OuterRef("user"), agency=OuterRef("agency"), role=OuterRef("role"), area=OuterRef("area")
    )
    later = same.filter(starts_on__gt=OuterRef("starts_on"))
    said = waiting_handovers().filter(
        leaver=OuterRef("user"), agency=OuterRef("agency"), role=OuterRef("role"), area=OuterRef("area")
    )
    gone = Q(ends_on__lt=on) | Q(user__is_active=False)
    has = reduce(or_, (each.held_since(on) for each in participants()))
    return Membership.objects.filter(gone, has, ~Exists(later), ~Exists(said))


def still_there(on: date) -> QuerySet[Membership]:
    """Within a condition on memberships: those that the same person holds on the day for the same agency."""
    return Membership.objects.on(on).filter(user=OuterRef("user"), agency=OuterRef("agency"))
