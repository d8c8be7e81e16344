"""What meetings hold for an agency goes to its successor on the day: open actions, invitations to meetings ahead, its
place in panels and in the table of invitations. What is closed or held stays with the agency that did it.
"""
# ruff: noqa: ARG001 - every participant is asked in the same way, whether it needs the day or not

from datetime import date, datetime, time

from django.db.models import Q
from django.utils import timezone

from agencies.principal import Principal
from agencies.services.moving import move_spans
from agencies.succession import Change, Going, Line
from cases.models import Nominal
from meetings.models import (
    Action,
    ActionQuerySet,
    Booking,
    Invitation,
    InvitationQuerySet,
    InviteRule,
    Panel,
    PanelAgency,
)
from rules.vocabulary import Handling

from .inviting import follow_all
from .locking import hold_invitations


def preview_actions(going: Going) -> list[Line]:
    """How many open actions move; Category 4 is in no count (R99)."""
    return [Line("open actions", _open(going).exclude(nominal__handling=Handling.CATEGORY_4).count())]


def move_actions(change: Change, today: date) -> None:
    """The part in the case that comes with them moves like every other part, with the cases themselves."""
    concerned = _open(change.going).values("nominal")
    list(Nominal.objects.select_for_update(no_key=True).filter(pk__in=concerned).order_by("pk").values_list("pk"))
    _open(change.going).update(agency=change.successor)


def preview_meetings(going: Going) -> list[Line]:
    """How many invitations and places in panels move; Category 4 is in no count (R99)."""
    seen = ahead_of(going.on).filter(agency__in=going.agency_ids)
    lasting = Q(ends_on=None) | Q(ends_on__gte=going.on)
    members = PanelAgency.objects.filter(lasting, agency__in=going.agency_ids, panel__national_security=False)
    return [
        Line("invitations to meetings ahead", seen.exclude(slot__nominal__handling=Handling.CATEGORY_4).count()),
        Line("places as standing member of a panel", members.count()),
    ]


def move_meetings(change: Change, today: date) -> None:
    """Invitations to meetings from the day on are the successor's, with their answers; everybody's calendar follows.

    Where the successor is invited already, its own invitation stays and takes the reasons over.
    """
    going, to = change.going, change.successor
    for agency in going.agencies:
        members = PanelAgency.objects.filter(agency=agency)
        move_spans(members, on=going.on, holder="agency_id", to=to.pk, beside=lambda row: Q(panel=row.panel_id))
    if change.panel_area is not None:
        Panel.objects.filter(panel_area__in=going.panel_areas).update(panel_area=change.panel_area)
    _table(going, to.pk)
    concerned = ahead_of(going.on).filter(agency__in=going.agency_ids).order_by("slot__nominal", "pk")
    hold_invitations(concerned.values_list("pk", flat=True))
    rows = list(concerned)
    for row in rows:
        own = row.slot.invitations.filter(withdrawn_on=None, agency=to).first()
        bookings = Booking.objects.filter(slot=row.slot_id, agency=row.agency_id)
        if own is None:
            bookings.update(agency=to)
            Invitation.objects.filter(pk=row.pk).update(agency=to)
        else:
            bookings.delete()
            reasons = [*dict.fromkeys([*own.reasons, *row.reasons])]
            Invitation.objects.filter(pk=own.pk).update(reasons=reasons, because=own.because or row.because)
            Invitation.objects.filter(pk=row.pk).update(withdrawn_on=max(today, row.invited_on))
    follow_all([row.slot for row in rows], by=Principal.system("succession", on=today), today=today)


def ahead_of(day: date) -> InvitationQuerySet:
    """Live invitations to meetings of the day and later."""
    begins = timezone.make_aware(datetime.combine(day, time.min))
    live = Invitation.objects.live().filter(slot__starts_at__gte=begins)
    return live.select_related("slot__nominal", "slot__sitting", "agency")


def _table(going: Going, agency_id: int) -> None:
    """Where the table of invitations names the agency, it names the successor, once."""
    for rule in InviteRule.objects.filter(agency__in=going.agency_ids).order_by("pk"):
        if InviteRule.objects.filter(area=rule.area_id, reason=rule.reason, agency=agency_id).exists():
            rule.delete()
        else:
            InviteRule.objects.filter(pk=rule.pk).update(agency=agency_id)


def _open(going: Going) -> ActionQuerySet:
    return Action.objects.waiting().filter(agency__in=going.agency_ids)
