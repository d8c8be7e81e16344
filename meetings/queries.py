"""Named reads of actions, panels, sittings and slots."""

from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.access import visible
from agencies.principal import Principal
from agencies.roles import Perm, Scope, scope_of
from cases.models import Nominal
from rules.vocabulary import InvitationAnswer

from .models import Action, CalendarReply, Invitation, Panel, Room, Sitting, Slot
from .models.panel import PanelQuerySet

_AHEAD = Q(cancelled_on=None, sitting__cancelled_on=None)


def actions_of(principal: Principal) -> QuerySet[Action]:
    """The actions that are the principal's business: all of the area for the unit, their own agency's for others.

    Of people whose record is open to them, as everywhere.
    """
    rows: QuerySet[Action] = visible(principal, Action.objects.all(), Perm.NOMINAL_VIEW)
    return rows if over_all(principal) else rows.filter(agency=principal.agency_id)


def over_all(principal: Principal) -> bool:
    """Whether actions of every agency are for the principal to close: the unit's, and the system's."""
    return scope_of(principal.role, Perm.ACTION_CLOSE) in (Scope.AREA, Scope.ALL)


def panels_of(principal: Principal) -> PanelQuerySet:
    """The panels of the area, for those who plan; a Category 4 panel for those cleared only (R99)."""
    if scope_of(principal.role, Perm.SITTING_PLAN) is None:
        return Panel.objects.filter(pk__in=[])
    rows = Panel.objects.all() if principal.category_4 else Panel.objects.filter(national_security=False)
    return rows if principal.area_id is None else rows.filter(area=principal.area_id)


def sittings_of(principal: Principal) -> QuerySet[Sitting]:
    """The sittings that the principal may know of: the area's, for those who plan; for others those with somebody in
    them whom they may read.

    A Category 4 panel's, and a single meeting for somebody whose record is closed to them, are nobody else's (R99).
    """
    if scope_of(principal.role, Perm.SITTING_VIEW) is None:
        return Sitting.objects.none()
    open_slots = visible(principal, Slot.objects.all(), Perm.SITTING_VIEW).filter(sitting=OuterRef("pk"))
    read = Exists(open_slots)
    if scope_of(principal.role, Perm.SITTING_PLAN) is None:
        mine = Q(chair=principal.user_id, area=principal.area_id)
        if not principal.category_4:
            mine &= ~Q(panel__national_security=True)
        return Sitting.objects.filter(read | mine)
    known = (
        read
        | Q(panel__isnull=False, panel__national_security=False)
        | ~Exists(Slot.objects.filter(sitting=OuterRef("pk")))
    )
    rows = Sitting.objects.filter(known)
    if not principal.category_4:
        rows = rows.exclude(panel__national_security=True)
    return rows if principal.area_id is None else rows.filter(area=principal.area_id)


def may_see_sitting(principal: Principal, sitting: Sitting) -> bool:
    """Whether the sitting is among those the principal may know of."""
    return sittings_of(principal).filter(pk=sitting.pk).exists()


def slots_of(principal: Principal) -> QuerySet[Slot]:
    """The slots of people whose records are open to the principal, cancelled ones included."""
    return visible(principal, Slot.objects.all(), Perm.SITTING_VIEW)


def meetings_ahead(nominal: Nominal, now: datetime) -> QuerySet[Slot]:
    """The times at which this person is heard, from the moment on, the first first."""
    return Slot.objects.filter(_AHEAD, nominal=nominal, ends_at__gt=now).order_by("starts_at", "pk")


def with_meeting_ahead(rows: QuerySet[Nominal], now: datetime) -> QuerySet[Any]:
    """Nominals with ``ahead_slot`` and ``ahead_at``: the key and the beginning of the next time at which each is heard.

    None for nobody. Costs no query more.
    """
    ahead = Slot.objects.filter(_AHEAD, nominal=OuterRef("pk"), ends_at__gt=now).order_by("starts_at", "pk")
    noted: QuerySet[Any] = rows.annotate(
        ahead_slot=Subquery(ahead.values("pk")[:1]), ahead_at=Subquery(ahead.values("starts_at")[:1])
    )
    return noted


def invitations_of(principal: Principal) -> QuerySet[Invitation]:
    """Live invitations of the principal's own agency to meetings about people whose record is open to them."""
    rows = visible(principal, Invitation.objects.live(), Perm.INVITATION_ANSWER)
    return rows.filter(agency=principal.agency_id) if principal.agency_id else rows.none()


def to_answer(principal: Principal, today: date) -> QuerySet[Invitation]:
    """Those of them to meetings of today and later that nobody has answered yet."""
    return invitations_of(principal).filter(answer=InvitationAnswer.NONE, slot__ends_at__gte=_morning(today))


def replies_of(principal: Principal) -> QuerySet[CalendarReply]:
    """Messages to the mailbox of replies for those who plan: of their area, and of nobody known; none to a sitting that
    is closed to them.
    """
    if scope_of(principal.role, Perm.SITTING_PLAN) is None:
        return CalendarReply.objects.none()
    rows = CalendarReply.objects.filter(Q(entry=None) | Q(entry__sitting__in=sittings_of(principal).values("pk")))
    return rows if principal.area_id is None else rows.filter(Q(area=None) | Q(area=principal.area_id))


def sittings_with_invitations(today: date) -> QuerySet[Sitting]:
    """Sittings from today on in which somebody is heard."""
    live = Slot.objects.filter(sitting=OuterRef("pk"), cancelled_on=None, ends_at__date__gte=today)
    return Sitting.objects.filter(Exists(live), cancelled_on=None)


def plans(principal: Principal) -> bool:
    """Whether the principal plans sittings: they know how many places are taken, also by whom they may not know."""
    return scope_of(principal.role, Perm.SITTING_PLAN) is not None


def with_heard(principal: Principal, rows: QuerySet[Sitting]) -> QuerySet[Any]:
    """The sittings with ``heard``: how many people have a place in each, or how many that the principal may read.

    ``counts_all`` says which of the two; ``last_ends_at`` is when the last of these places ends, None for none.
    """
    slots = Slot.objects.all() if plans(principal) else slots_of(principal)
    live = slots.filter(sitting=OuterRef("pk"), cancelled_on=None).order_by().values("sitting")
    return rows.annotate(
        heard=Coalesce(Subquery(live.annotate(number=Count("pk")).values("number")), 0),
        last_ends_at=Subquery(live.annotate(last=Max("ends_at")).values("last")),
        counts_all=Value(plans(principal)),
    )


def coming(rows: QuerySet[Sitting], today: date) -> QuerySet[Sitting]:
    """The sittings of today and later."""
    return rows.filter(starts_at__gte=_morning(today))


def gone(rows: QuerySet[Sitting], today: date) -> QuerySet[Sitting]:
    """The sittings of the days before today."""
    return rows.filter(starts_at__lt=_morning(today))


def rooms_of(area_id: int, *, on: date) -> QuerySet[Room]:
    """Rooms in use on the day, by name."""
    return Room.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), area=area_id).order_by("name")


def _morning(day: date) -> datetime:
    """When the day begins in England and Wales."""
    return timezone.make_aware(datetime.combine(day, time.min))
