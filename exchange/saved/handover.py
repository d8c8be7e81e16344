"""Shared views of a leaver: whoever takes over keeps them. One's own go to nobody."""
# ruff: noqa: ARG001 - every participant is asked in the same way, whether it needs all of it or not

from datetime import date

from django.db.models import QuerySet

from agencies.handover import HandOver, Line
from agencies.models import Membership
from agencies.principal import Principal
from agencies.roles import Perm, Role, roles_with
from exchange.models import SavedView


def preview_views(handover: HandOver) -> list[Line]:
    """How many views they share with the area."""
    return [Line("saved views that they share", _shared(handover).count())]


def move_views(handover: HandOver, by: Principal, today: date) -> None:
    """On the day; their names stay, since a name is the area's and not its keeper's."""
    if handover.to is not None and handover.on <= today:
        _shared(handover).update(owner=handover.to)


def _shared(handover: HandOver) -> QuerySet[SavedView]:
    """By a role that shares, when no other such role of theirs in the area lasts to the day."""
    member, sharing = handover.membership, roles_with(Perm.VIEW_SHARE)
    others = Membership.objects.on(handover.on).filter(user=member.user_id, area=member.area_id, role__in=sharing)
    if Role(member.role) not in sharing or others.exclude(pk=member.pk).exists():
        return SavedView.objects.none()
    return SavedView.objects.filter(area=member.area_id, owner=member.user_id)
